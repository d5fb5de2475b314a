"""study: scenarios of a plant run many times over, until what is asked is known well enough."""

from __future__ import annotations

import json as json_text
import os
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml
from rich.markup import escape

from api.cli.say import Json, Language, Trouble, err, out, read_file, tell
from api.settings import Settings

if TYPE_CHECKING:
    from simulation.studies.experiment import Experiment
    from simulation.studies.findings import Findings
    from simulation.studies.places.crew import Places
    from simulation.studies.plan import Plan

INTERRUPTED = 130
SHORT = 12
MOST, MAX_BYTES = 10_000, 1_000_000

File = Annotated[Path, typer.Argument(help="The study file.")]
Out = Annotated[Path | None, typer.Option("--out", help="Result folder; else studies/NAME-HASH in the data folder.")]
Workers = Annotated[int, typer.Option("--workers", min=0, max=256, help="Processes; 0: one for each core.")]
Cluster = Annotated[str, typer.Option("--cluster", metavar="tcp://HOST:PORT", help="Run on this Dask cluster instead.")]
Replications = Annotated[
    int | None, typer.Option("--replications", min=2, max=MOST, help="Exactly so many, whatever the file says.")
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Forget what is in the result folder and begin anew.")]
Check = Annotated[bool, typer.Option("--check", help="Only say whether the study can be run.")]


def study(
    file: File,
    *,
    folder: Out = None,
    workers: Workers = 0,
    cluster: Cluster = "",
    replications: Replications = None,
    fresh: Fresh = False,
    check: Check = False,
    json: Json = False,
    lang: Language = "en",
) -> None:
    """Run the scenarios of a study file on its plant until what it asks is known well enough, and write the report.

      metrostack study studies/peak.yaml --workers 2

      metrostack study studies/peak.yaml --cluster tcp://10.0.0.5:8786     on the workers of a Dask cluster

    It can be stopped at any time (Ctrl-C, or worse): the same command goes on where it was. A study file that has been
    changed, or another version of the program, gets a folder of its own.

    The folder: findings.json, report.html, report-en.xlsx, report-zh.xlsx; replicas.parquet and samples.parquet have
    every replication. --json prints one JSON value with the responses, their intervals and the comparisons.
    """
    experiment, plan = _read(file, replications)
    if lang not in ("en", "zh"):
        raise Trouble(f"there is no language {escape(lang)!r}", remedy="--lang en or --lang zh")
    if check:
        _say_checked(experiment, plan, as_json=json)
        return
    here = folder or Settings().data_dir / "studies" / f"{_slug(experiment.name)}-{plan.content[:SHORT]}"
    options = _Options(here, fresh=fresh, quiet=json, language=lang)
    _run(experiment, plan, _places(cluster, workers), options)


def _read(file: Path, replications: int | None) -> tuple[Experiment, Plan]:
    """Return a study and what it comes to; raises Trouble with everything that is wrong with it."""
    from simulation.studies.experiment import load_experiment
    from simulation.studies.plan import plan
    from simulation.study import StudyError

    _not_old(file)
    try:
        experiment = load_experiment(file)
        if replications:
            rule = {**experiment.replications.model_dump(), "least": replications, "most": replications}
            fixed = type(experiment.replications).model_validate(rule)
            experiment = experiment.model_copy(update={"replications": fixed})
        return experiment, plan(experiment)
    except StudyError as bad:
        raise Trouble(f"{escape(str(file))} cannot be run", remedy="\n  ".join(bad.problems)) from None


def _not_old(file: Path) -> None:
    """Raise Trouble for a file that says only what happens outside of a plant, as `demo` and `twin` read."""
    text = read_file(file)
    try:
        raw: Any = yaml.safe_load(text) if len(text) <= MAX_BYTES else None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        return  # said better, and with its place, when it is read
    if isinstance(raw, dict) and "plant" not in raw and {"deliveries", "faults"} & raw.keys():
        raise Trouble(
            f"{escape(str(file))} says what happens around a plant (deliveries, faults); it is no study",
            remedy="Run it by `metrostack demo --study FILE`; a study file names its `plant: FILE`.",
        )


def _slug(name: str) -> str:
    """Return a name as part of a path.

    >>> _slug("Peak, 3 cranes/../x")
    'Peak-3-cranes-x'
    """
    words = "".join(letter if letter.isalnum() else " " for letter in name).split()
    return "-".join(words)[:60] or "study"


def _places(cluster: str, workers: int) -> Places:
    from simulation.studies.places.cluster import ClusterPlaces
    from simulation.studies.places.local import LocalPlaces

    if cluster:
        return ClusterPlaces(cluster)
    return LocalPlaces(workers or len(os.sched_getaffinity(0)))


def _say_checked(experiment: Experiment, plan: Plan, *, as_json: bool) -> None:
    rule, names = experiment.replications, [scenario.name for scenario in plan.scenarios]
    if as_json:
        tell(
            {
                "name": experiment.name,
                "scenarios": names,
                "least": rule.least,
                "most": rule.most,
                "content": plan.content,
            }
        )
        return
    out.print(
        f"{escape(experiment.name)}: {len(names)} scenarios, {rule.least} to {rule.most} replications of "
        f"{experiment.hours:g} h each",
        highlight=False,
    )
    for name in names:
        out.print(f"  {escape(name)}", highlight=False)


@dataclass(frozen=True, slots=True)
class _Options:
    """How a study is run and told."""

    folder: Path
    fresh: bool
    quiet: bool
    language: str


def _run(experiment: Experiment, plan: Plan, places: Places, options: _Options) -> None:
    from api.cli.studied import show_findings, tell_findings
    from api.cli.studying import Onlooker
    from simulation.studies.errors import OtherStudy, StudyFailed
    from simulation.studies.runner import run_study
    from simulation.study import StudyError

    folder, onlooker = (
        options.folder,
        Onlooker(options.folder, experiment.replications.responses[0], quiet=options.quiet),
    )
    try:
        with _stoppable(), onlooker.shown():
            findings = run_study(experiment, places, folder, onlooker, fresh=options.fresh)
            onlooker.put_down("report")
            files = _report(findings, plan, options)
            onlooker.put_down("done")
    except KeyboardInterrupt:
        _say_stopped(onlooker.last.done if onlooker.last else 0, folder)
        raise typer.Exit(INTERRUPTED) from None
    except OtherStudy as other:
        raise Trouble(escape(str(other)), remedy="Choose another --out, or add --fresh to forget it.") from None
    except StudyError as bad:
        raise Trouble("the study cannot be run", remedy="\n  ".join(bad.problems)) from None
    except StudyFailed as failed:
        remedy = "What was finished is kept; the same command goes on from there."
        raise Trouble(escape(str(failed)), remedy=remedy, exit_code=1) from None
    if options.quiet:
        tell_findings(findings, folder, files)
    else:
        show_findings(findings, folder, files, language=options.language)


def _report(findings: Findings, plan: Plan, options: _Options) -> list[Path]:
    """Write the report with the first run of the first scenario as it moved, which takes as long as a replication."""
    from api.papers.study import replay_of, write_reports
    from simulation.studies.store import write

    file = options.folder / "trail.json"
    if not file.is_file():
        write(file, json_text.dumps(replay_of(plan.scenarios[0])).encode())
    moved = json_text.loads(file.read_bytes())
    return write_reports(findings, options.folder, trail=moved, language=options.language)


def _say_stopped(done: int, folder: Path) -> None:
    err.print(
        f"stopped; {done} replications are kept in {escape(str(folder))}. Go on with:\n  {escape(_again())}",
        highlight=False, soft_wrap=True,
    )  # fmt: skip


@contextmanager
def _stoppable() -> Iterator[None]:
    """Make SIGTERM stop the study as Ctrl-C does: whoever supervises it wants to go on later."""

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _again() -> str:
    """Return the command as it was given, without `--fresh`, which would forget what is kept."""
    return shlex.join(["metrostack", *(word for word in sys.argv[1:] if word != "--fresh")])
