"""`metrostack demo`: choose the wire, run to the end, say what came out."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from api.cli.say import Trouble, err, out, tell
from api.demo.errands import ErrandError, read_demand
from api.demo.memory import Run, run_in_memory
from api.demo.processes import OPERATOR, DemoTrouble, Site
from api.demo.report import DemoReport
from api.demo.show import Show, summary
from api.ports import PortTaken
from api.texts import text
from plc.plant.model import Plant
from simulation.study import StudyError, load_study

LAST_PORT = 65_535
OTHER_PORTS = "End what listens there, or change the ports in the plant file; METROSTACK_PORT moves the console."


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What a demo is asked to do."""

    plant_path: Path
    study_path: Path
    demand_path: Path
    folder: Path
    speed: float
    memory: bool
    headless: bool
    fresh: bool
    as_json: bool
    port: int
    purpose: str = "demo"


def run_demo(plant: Plant, options: DemoOptions) -> int:
    """Run the demo and return the exit code: 0 only if everything came out as it must."""
    try:
        study, demand = load_study(options.study_path, plant), read_demand(options.demand_path)
        if options.memory:
            with _show(options) as show:
                progress = show.progress if show else None
                report = run_in_memory(
                    Run(plant, study, demand, options.speed, progress=progress, purpose=options.purpose)
                )
        else:
            site = Site(
                plant,
                options.plant_path,
                study,
                options.study_path,
                demand,
                options.folder,
                options.speed,
                options.port,
                purpose=options.purpose,
                marketing_port=beside(options.port),
            )
            report = _on_sockets(site, options)
    except (StudyError, ErrandError, DemoTrouble) as error:
        raise Trouble(str(error)) from error
    except PortTaken as error:
        raise Trouble(str(error), remedy=OTHER_PORTS) from error
    _say(report, options)
    return 0 if not report.problems else 1


def _on_sockets(site: Site, options: DemoOptions) -> DemoReport:
    goes_on = site.prepare(fresh=options.fresh)
    password = site.account()
    began_s = time.monotonic()
    try:
        url = site.start()
        quiet = options.as_json
        if not quiet:
            out.print(text(language(), "demo.goes_on" if goes_on else "demo.begins", {"speed": f"{options.speed:g}"}))
            out.print(text(language(), "demo.console", {"url": url, "name": OPERATOR, "password": password}))
        with _show(options) as show:
            site.progress = show.progress if show else None
            ended = site.mind()
        telegrams, wall_s = site.telegrams(), time.monotonic() - began_s
        if not options.headless and not quiet and out.is_terminal:
            out.print(text(language(), "demo.look_around"))
            with contextlib.suppress(KeyboardInterrupt):
                while True:
                    time.sleep(1)
    except KeyboardInterrupt:
        site.stop()
        raise Trouble(text(language(), "demo.interrupted"), exit_code=130) from None
    finally:
        site.stop()
    return site.report(telegrams, wall_s, ended=ended)


@contextlib.contextmanager
def _show(options: DemoOptions) -> Iterator[Show | None]:
    console: Console = err if options.as_json else out
    if not console.is_terminal:
        yield None
        return
    with Show(console, language()) as show:
        yield show


def _say(report: DemoReport, options: DemoOptions) -> None:
    if options.as_json:
        tell(report.model_dump(mode="json"))
    else:
        out.print(summary(report, language()))
    for problem in report.problems:
        err.print(f"[red]!![/] {problem}", highlight=False)


def beside(port: int) -> int:
    """Return the port on which marketing listens: the one behind the console's, or before it where that is the last.

    >>> beside(8470), beside(65535)
    (8471, 65534)
    """
    return port + 1 if port < LAST_PORT else port - 1


def language() -> str:
    """Return the language of the terminal: METROSTACK_LANG, else that of the locale, else English."""
    wanted = os.environ.get("METROSTACK_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh" if wanted.lower().startswith("zh") else "en"
