"""demo, serve and twin: the processes of a plant."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from api import database, lock
from api.cli.plant import load_plant
from api.cli.say import DEFAULT_PLANT, Json, Trouble
from api.ports import PortTaken
from api.settings import Settings
from simulation.study import StudyError

STUDY = Path("studies/demo.yaml")
ORDERS = Path("plants/demo/distribution.yaml")
Plant = Annotated[Path, typer.Argument(help="The plant file.")]


def _speed(text: str) -> float:
    try:
        speed = math.inf if text == "inf" else float(text)
    except ValueError:
        speed = math.nan
    if not speed > 0:
        raise typer.BadParameter("a number above 0, or inf")
    return speed


def demo(  # noqa: PLR0917 - a command line has as many options as people need
    plant: Annotated[Path, typer.Option("--plant", help="The plant file.")] = DEFAULT_PLANT,
    study: Annotated[Path, typer.Option("--study", help="Deliveries, faults and noise of the twin.")] = STUDY,
    orders: Annotated[Path, typer.Option("--orders", help="What the districts ask for.")] = ORDERS,
    speed: Annotated[float, typer.Option(parser=_speed, metavar="X|inf", help="Plant seconds per second.")] = 60.0,
    wire: Annotated[
        str, typer.Option(help="plant: OPC UA, S7 and serial as the plant file says; or memory.")
    ] = "plant",
    purpose: Annotated[
        str, typer.Option(help="Schemes that verify the lots: demo (short), or first (all of a first verification).")
    ] = "demo",
    headless: Annotated[bool, typer.Option("--headless", help="No console, no keyboard; ends by itself.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget an unfinished run and start anew.")] = False,
    json: Json = False,
) -> None:
    """Run three deliveries through a whole plant: in, verified, sealed, stored, shipped.

    Soft PLCs listen on real OPC UA and S7 ports, scanners on serial lines. A stand-in for the marketing system, on the
    port behind METROSTACK_PORT, asks for the lots and is told of everything. Every fault that the plant file has a
    reaction for happens once. An unfinished run goes on where it was; a finished one is replaced.

      metrostack demo                                  watch it at 60x in the console

      metrostack demo --headless --speed 60 --json     for scripts: one JSON object, exit code 0 if the sum is right

      metrostack demo --headless --speed inf --wire memory    the same in seconds
    """
    from api.demo.run import DemoOptions, run_demo

    if wire not in ("plant", "memory"):
        raise Trouble(f"there is no wire {wire!r}", remedy="--wire plant or --wire memory")
    if purpose not in ("demo", "first"):
        raise Trouble(f"there is no purpose {purpose!r}", remedy="--purpose demo or --purpose first")
    if math.isinf(speed) and wire != "memory":
        raise Trouble("infinite speed needs the memory wire: sockets take real time", remedy="add --wire memory")
    settings = Settings()
    options = DemoOptions(
        plant_path=plant, study_path=study, demand_path=orders, folder=settings.data_dir / "demo", speed=speed,
        memory=wire == "memory", headless=headless, fresh=fresh, as_json=json, port=settings.port,
        purpose=purpose,
    )  # fmt: skip
    raise typer.Exit(run_demo(load_plant(plant), options))


def serve(
    plant: Plant = DEFAULT_PLANT,
    shared_time: Annotated[bool, typer.Option("--shared-time", help="Take plant time from the data folder.")] = False,
) -> None:
    """Run the WCS, the WMS and the console of a site against the PLCs of its plant file, until stopped.

    Settings come from the environment: METROSTACK_DATA_DIR, METROSTACK_DATABASE_URL, METROSTACK_HOST,
    METROSTACK_PORT, METROSTACK_MARKETING. Create the first account with `metrostack user add NAME --role admin`.
    """
    from api.marketing.receivers import MarketingError
    from api.serve import Options, run_serve

    try:
        run_serve(Options(load_plant(plant), Settings(), shared_time))
    except lock.AlreadyServed as error:
        raise Trouble(str(error), remedy="Stop it first, or set METROSTACK_DATA_DIR to another folder.") from error
    except PortTaken as error:
        raise Trouble(str(error), remedy="Set METROSTACK_PORT to another port.") from error
    except database.OldDatabase as error:
        raise Trouble(str(error), remedy="metrostack db upgrade") from error
    except MarketingError as error:
        raise Trouble(str(error), remedy="Put the file right that METROSTACK_MARKETING names.") from error


def twin(
    plant: Plant = DEFAULT_PLANT,
    study: Annotated[Path, typer.Option("--study", help="Deliveries, faults and noise.")] = STUDY,
    only: Annotated[str, typer.Option(help="Only these PLCs are soft, e.g. PLC1,PLC3; the others are real.")] = "",
    speed: Annotated[float, typer.Option(parser=_speed, metavar="X", help="Plant seconds per second.")] = 1.0,
    shared_time: Annotated[bool, typer.Option("--shared-time", help="Take plant time from the data folder.")] = False,
) -> None:
    """Run the machines of a plant behind soft PLCs and scanners, until stopped.

    Its world is kept in the data folder: a twin that is killed goes on where it stood.
    """
    from api.open_files import TooFewFiles
    from api.twin import TwinOptions, UnknownPlc, run_twin

    if math.isinf(speed):
        raise Trouble("a twin on sockets needs a finite speed", remedy="e.g. --speed 60")
    names = tuple(name.strip() for name in only.split(",") if name.strip())
    try:
        run_twin(load_plant(plant), TwinOptions(study, Settings().data_dir, names, speed, shared_time))
    except (UnknownPlc, StudyError, TooFewFiles) as error:
        raise Trouble(str(error)) from error
    except PortTaken as error:
        raise Trouble(str(error), remedy="End what listens there, or change the ports in the plant file.") from error
