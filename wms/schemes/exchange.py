"""Schemes as YAML files: written with everything that they build on, read as a whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from wcs.bench.sheet import Case
from wms.errors import Refused
from wms.schemes import drafts, library
from wms.schemes.access_rules import Person, may_begin, may_edit, may_keep
from wms.schemes.bundle import Bundle, parse, write
from wms.schemes.content import Block, Content, Scheme, TestCase, text_of
from wms.schemes.drafts import EDITABLE, Ref
from wms.schemes.duties import Work
from wms.schemes.findings import Finding, Unsound
from wms.schemes.library import Held
from wms.schemes.resolve import Parts, expand

MOST_SCHEMES = 100


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one thing of a file: created, changed or unchanged, and the version that holds it."""

    kind: str
    code: str
    outcome: str
    version: int


def import_yaml(work: Work, content: bytes | str, *, visibility: str = "private", project: str = "") -> list[Taken]:
    """Take a file into the library as drafts and return what became of each thing in it.

    What says the same as the library stays as it is. Raises Unsound with every bad place and its line; then nothing
    of the transaction may be kept. `visibility` and `project` are of what is new.
    """
    bundle = parse(content, known_parts(work.session, work.person))
    barred = [finding for kind, code, _ in bundle.each() if (finding := _barred(work, Ref(kind, code), bundle))]
    if barred:
        raise Unsound("scheme_file_refused", barred)
    return [_take(work, Ref(kind, code), said, (visibility, project)) for kind, code, said in bundle.each()]


def export_yaml(session: Session, codes: Sequence[str], *, person: Person | None = None) -> str:
    """Return schemes as YAML with their cases and blocks, as approved together; drafts with what the person may see.

    `person` None takes only what is approved. Raises Refused for an unknown scheme, and where two schemes hold
    different versions of the same case: they must be written apart.
    """
    if not 0 < len(codes) <= MOST_SCHEMES:
        raise Refused("too_many_schemes", most=MOST_SCHEMES)
    bundle = Bundle()
    for code in dict.fromkeys(codes):
        state = "approved" if person is None else ""
        found = library.newest(session, "scheme", code, state=state, person=person)
        if found is None:
            raise Refused("unknown_scheme", scheme=code)
        _gather(session, found, bundle, person)
    return write(bundle)


def known_parts(session: Session, person: Person) -> Parts:
    """Return every block and case that a person may build on, each in its newest version."""
    blocks, cases = dict[str, Block](), dict[str, TestCase]()
    for one in library.newest_of_all(session, person):
        if isinstance(one.content, Block):
            blocks[one.code] = one.content
        elif isinstance(one.content, TestCase):
            cases[one.code] = one.content
    return Parts(blocks, cases)


def _barred(work: Work, ref: Ref, bundle: Bundle) -> Finding | None:
    """Return why a thing of the file may not be written into the library, or None."""
    line, last = bundle.lines.get((ref.kind, ref.code), 0), library.newest(work.session, ref.kind, ref.code)
    if last is None or _same(last, bundle.of(ref.kind)[ref.code]):
        return None
    if last.state == "submitted":
        return Finding(str(ref), "in_review", {"code": ref.code}, line)
    may = may_begin(work.person, last.standing) if last.state == "approved" else may_edit(work.person, last.standing)
    if last.state in EDITABLE:
        may = may and may_keep(work.person, last.standing)
    return None if may else Finding(str(ref), "not_yours", {"code": ref.code}, line)


def _take(work: Work, ref: Ref, content: Content, access: tuple[str, str]) -> Taken:
    last = library.newest(work.session, ref.kind, ref.code)
    if last is None:
        made = drafts.create(work, ref, content, visibility=access[0], project=access[1])
        return Taken(ref.kind, ref.code, "created", made.version)
    if _same(last, content):
        return Taken(ref.kind, ref.code, "unchanged", last.version)
    if last.state == "approved":
        last = drafts.revise(work, ref)
    changed = drafts.edit(work, ref, content, revision=last.revision)
    return Taken(ref.kind, ref.code, "changed", changed.version)


def _same(last: Held, content: Content) -> bool:
    return text_of(last.content) == text_of(content)


def _gather(session: Session, found: Held, bundle: Bundle, person: Person | None) -> None:
    """Put a scheme and what it builds on into a bundle; a case with other blocks than the bundle's is expanded."""
    assert isinstance(found.content, Scheme)
    bundle.schemes[found.code] = found.content
    for case in library.below(session, found, person=person):
        assert isinstance(case.content, TestCase)
        content, blocks = case.content, _blocks(library.below(session, case, person=person))
        if any(bundle.blocks.get(code, block) != block for code, block in blocks.items()):
            whole = expand(case.code, content, blocks)
            assert isinstance(whole, Case)
            content = content.model_copy(update={"steps": whole.steps})
        else:
            bundle.blocks.update(blocks)
        if bundle.cases.get(case.code, content) != content:
            raise Refused("export_mixes_versions", kind="case", name=case.code)
        bundle.cases[case.code] = content


def _blocks(found: Sequence[Held]) -> dict[str, Block]:
    return {one.code: one.content for one in found if isinstance(one.content, Block)}
