"""Schemes from the command line: list, show, check, import, export, compile, try."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, cast

import typer

from api.cli import remote
from api.cli.acting import Actor, As, Call, Stdin, actor_of, do, tell_findings
from api.cli.say import Json, Language, out, read_file, table, tell
from api.security.roles import Role
from api.texts import text
from wms.schemes import exchange, seeding, sheets, views
from wms.schemes.bundle import parse
from wms.schemes.content import Kind
from wms.schemes.drafts import Ref
from wms.schemes.duties import Work
from wms.schemes.findings import Unsound
from wms.schemes.resolve import Parts

app = typer.Typer(no_args_is_help=True, help="Schemes: list, show, try, import, export, submit, approve.")
KindOption = Annotated[Kind, typer.Option("--kind", help="block, case or scheme.")]
Code = Annotated[str, typer.Argument(help="Its code, e.g. jjg596-1ph-first.")]
File = Annotated[Path, typer.Argument(help="Schemes as YAML.")]
Visibility = Annotated[Literal["public", "project", "private"], typer.Option(help="Who may see what is new.")]
MOST = 1000


@app.command("list")
def list_entries(kind: KindOption = "scheme", json: Json = False, lang: Language = "en") -> None:
    """List schemes, cases or blocks, with the version in use.

    metrostack scheme list --kind case
    """

    def direct(work: Work) -> Any:
        found = views.entries(work.session, work.person, kind=kind, limit=MOST)
        return [one.model_dump(mode="json") for one in found]

    call = Call(Role.VIEWER, "GET", "/library", direct)
    found = do(Actor(), call, params={"kind": kind, "limit": MOST})
    if json:
        tell(found)
        return
    columns = ("code", "name", "approved", "newest", "state", "owner", "for")
    table(columns, ((one["code"], one[lang] or one["en"], one["approved"] or "-", one["version"],
                     text(lang, f"version_state.{one['state']}"), one["owner"], _about(one["about"]))
                    for one in found))  # fmt: skip


@app.command()
def show(code: Code, kind: KindOption = "scheme", version: int = 0, json: Json = False, lang: Language = "en") -> None:
    """Show a scheme, case or block, and what is wrong in it.

    metrostack scheme show demo-1ph
    """

    def direct(work: Work) -> Any:
        return views.version(work, Ref(kind, code), number=version).model_dump(mode="json")

    found = do(Actor(), Call(Role.VIEWER, "GET", f"/library/{kind}/{code}", direct), params={"version": version})
    if json:
        tell(found)
        return
    entry = found["entry"]
    state = text(lang, f"version_state.{found['state']}")
    out.print(f"{code} version {found['version']}: {state}, {entry[lang] or entry['en']}", highlight=False)
    content = found["content"]
    table(("#", "content"), enumerate(content.get("cases") or [_step(step) for step in content["steps"]], start=1))
    for one in [*found["findings"], *found["remarks"]]:
        out.print(
            f"{one['place']}: {text(lang, 'finding.' + one['code'], one['params'])}", highlight=False, markup=False
        )


@app.command()
def check(file: File, json: Json = False) -> None:
    """Check a file by itself and with what comes with the software; nothing is stored.

    metrostack scheme check our-schemes.yaml
    """
    shipped = seeding.shipped()
    try:
        bundle = parse(read_file(file), Parts(shipped.blocks, shipped.cases))
    except Unsound as unsound:
        findings = [one.plain() for one in unsound.findings]
        refusal = remote.Refusal("", {"code": unsound.code, "params": {"findings": findings}})
        _refused(file, refusal, as_json=json)
    counts = {kind: len(bundle.of(kind)) for kind in ("block", "case", "scheme")}
    if json:
        tell({"ok": True, **counts})
    else:
        out.print(f"{file} is fine: {counts['block']} blocks, {counts['case']} cases, {counts['scheme']} schemes")


@app.command("import")
def import_file(
    file: File, *, visibility: Visibility = "private", project: str = "", as_: As = "", stdin: Stdin = False,
    json: Json = False,
) -> None:  # fmt: skip
    """Take a file into the library as drafts: whole, or refused with every bad line named.

    metrostack scheme import our-schemes.yaml --visibility public
    """
    content = read_file(file)

    def direct(work: Work) -> Any:
        taken = exchange.import_yaml(work, content, visibility=visibility, project=project)
        return {"stored": True, "taken": [asdict(one) for one in taken]}

    call = Call(Role.ENGINEER, "POST", "/library/import", direct)
    try:
        found = do(
            actor_of(as_, stdin=stdin), call, content=content, params={"visibility": visibility, "project": project}
        )
    except remote.Refusal as refusal:
        _refused(file, refusal, as_json=json)
    if json:
        tell(found)
    else:
        table(("kind", "code", "outcome", "version"), (tuple(one.values()) for one in found["taken"]))


@app.command()
def export(
    codes: Annotated[list[str], typer.Argument(help="Schemes; their cases and blocks come along.")],
    to: Annotated[Path | None, typer.Option("--to", help="A file; without it the YAML is printed.")] = None,
    drafts: Annotated[bool, typer.Option("--drafts", help="The newest versions, approved or not.")] = False,
) -> None:
    """Write schemes as YAML with everything that they build on.

    metrostack scheme export demo-1ph --to demo-1ph.yaml
    """

    def direct(work: Work) -> Any:
        return exchange.export_yaml(work.session, codes, person=work.person if drafts else None)

    call = Call(Role.VIEWER, "GET", "/library/export", direct)
    said = do(Actor(), call, params={"scheme": codes, "drafts": drafts})
    if to is None:
        typer.echo(said, nl=False)
    else:
        to.write_text(said, encoding="utf-8")
        out.print(f"{to}: {len(codes)} scheme(s)")


@app.command("try")
def try_scheme(code: Code, as_: As = "", stdin: Stdin = False, json: Json = False) -> None:
    """Compile a scheme that need not be approved; its results never enter a formal report.

    metrostack scheme try my-draft --as li
    """
    _compile(code, actor_of(as_, stdin=stdin), trial=True, json=json)


@app.command("sheet")
def compile_sheet(code: Code, json: Json = False) -> None:
    """Compile an approved scheme for the benches and say its number.

    metrostack scheme sheet jjg596-1ph-first
    """
    _compile(code, Actor(), trial=False, json=json)


def _compile(code: str, actor: Actor, *, trial: bool, json: bool) -> None:
    def direct(work: Work) -> Any:
        made = sheets.compile_sheet(work.session, code, trial=trial, by=work.person.name)
        return {"number": made.number, "scheme": made.scheme, "version": made.version, "formal": made.formal,
                "digest": made.digest}  # fmt: skip

    call = Call(Role.OPERATOR, "POST", f"/schemes/{code}/sheet", direct)
    try:
        made = do(actor, call, json={"trial": trial})
    except remote.Refusal as refusal:
        tell_findings(refusal, code)
        raise
    kind = "formal" if made["formal"] else "on trial only"
    tell(made) if json else out.print(
        f"run sheet {made['number']}: {code} version {made['version']}, {kind}", highlight=False
    )


def _refused(file: Path, refusal: remote.Refusal, *, as_json: bool) -> NoReturn:
    """Say every bad line of a file, and end non-zero."""
    if not refusal.body.get("params", {}).get("findings"):
        raise refusal
    if as_json:
        tell({"ok": False, **refusal.body["params"]})
    else:
        tell_findings(refusal, str(file))
    raise typer.Exit(1)


def _about(about: dict[str, Any]) -> str:
    """Return what a thing is for, in short."""
    told = (", ".join(value) if isinstance(value, list) else value for value in about.values())
    return " · ".join(cast("list[str]", [one for one in told if one]))


def _step(step: dict[str, Any]) -> str:
    return f"{step['do']}  " + " ".join(f"{key}={value}" for key, value in step.items() if key != "do")
