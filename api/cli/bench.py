"""bench: the clients of verification benches."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from api.cli.plant import load_plant
from api.cli.say import DEFAULT_PLANT, Trouble
from api.settings import Settings

KEY = "METROSTACK_BENCH_KEY"


def bench(
    benches: Annotated[list[str], typer.Argument(metavar="ID...", help="Benches of the plant file, e.g. BN1 BN2.")],
    server: Annotated[str, typer.Option(help="The line server.")] = "http://127.0.0.1:8470",
    plant: Annotated[Path, typer.Option("--plant", help="The plant file.")] = DEFAULT_PLANT,
    shared_time: Annotated[bool, typer.Option("--shared-time", help="Take plant time from the data folder.")] = False,
    soft_box: Annotated[
        bool, typer.Option("--soft-box", help="Use the stand-in for an encryption machine; for the twin only.")
    ] = False,
) -> None:
    """Run the clients of benches, until stopped; one that is killed goes on where it stood.

    It fetches runs and their sheets from the line server, runs them on the equipment and serial lines that the
    plant file names, and sends results in order, however late: without a server it goes on with what it has.

    The key of bench clients comes from METROSTACK_BENCH_KEY, the spools are in METROSTACK_DATA_DIR/benches.

      METROSTACK_BENCH_KEY=... metrostack bench BN1 BN2 --server http://10.0.0.2:8470 --plant site.yaml
    """
    from api.bench.station import BenchTaken, StationOptions, UnknownBench, run_station
    from api.open_files import TooFewFiles

    key = os.environ.get(KEY, "")
    if not key:
        raise Trouble(f"{KEY} is not set", remedy="Give the bench client the key that the line server has.")
    try:
        folder = Settings().data_dir
    except ValueError as error:
        raise Trouble(f"the settings cannot be used: {error}") from error
    options = StationOptions(tuple(dict.fromkeys(benches)), server, key, folder, shared_time, soft_box)
    try:
        run_station(load_plant(plant), options)
    except (UnknownBench, TooFewFiles) as error:
        raise Trouble(str(error)) from error
    except BenchTaken as error:
        raise Trouble(str(error), remedy="Stop it first, or set METROSTACK_DATA_DIR to another folder.") from error
