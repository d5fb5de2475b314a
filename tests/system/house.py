"""A site and its twin as processes on real sockets, for tests that end them as nobody should."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from api import plant_time
from api.cli.plant import load_plant
from api.demo import errands
from api.demo.memory import physical
from api.demo.processes import Site
from api.demo.report import DemoReport, make_report
from api.twin import WORLD
from plc.plant.model import Plant
from simulation.study import Study, load_study
from simulation.world import World
from tests.contract.rigs import free_port
from tests.system.plants import Files, write_files
from wcs import journal

DOOMED = Path(__file__).with_name("doomed.py")
POLITE_S = 15.0


@dataclass(slots=True)
class House:
    """The two processes of a plant; what is killed is started again only when asked."""

    files: Files
    speed: float
    plant: Plant = field(init=False)
    study: Study = field(init=False)
    demand: tuple[errands.Demand, ...] = field(init=False)
    engine: Engine = field(init=False)
    port: int = field(init=False, default_factory=free_port)
    key: str = field(init=False, repr=False, default_factory=lambda: secrets.token_urlsafe(24))
    children: dict[str, subprocess.Popen[str]] = field(init=False, default_factory=dict[str, "subprocess.Popen[str]"])

    def __post_init__(self) -> None:
        """Announce the delivery, order what is wanted, and begin plant time."""
        files = self.files
        self.plant = load_plant(files.plant)
        self.study, self.demand = load_study(files.study, self.plant), errands.read_demand(files.demand)
        site = Site(
            self.plant, files.plant, self.study, files.study, self.demand, files.folder, self.speed, free_port()
        )  # fmt: skip
        site.prepare(fresh=True)
        self.engine = site.engine
        plant_time.start_shared(files.folder, speed=self.speed, start_s=0.0)

    def start_twin(self) -> None:
        """Start the twin as its command does."""
        study = ["--study", str(self.files.study)]
        self._start("twin", ["-m", "api.cli", "twin", str(self.files.plant), "--shared-time", *study])

    def start_serve(self) -> None:
        """Start the site as its command does."""
        self._start("serve", ["-m", "api.cli", "serve", str(self.files.plant), "--shared-time"])

    def start_benches(self) -> None:
        """Start the clients of all benches as their command does."""
        url = ["--server", f"http://127.0.0.1:{self.port}", "--plant", str(self.files.plant)]
        self._start("bench", ["-m", "api.cli", "bench", *self.plant.benches, *url, "--shared-time", "--soft-box"])

    def start_doomed(self, gap: str, plc: str, occasion: int) -> None:
        """Start a site that will kill itself."""
        self._start("serve", [str(DOOMED), str(self.files.plant), gap, plc, str(occasion)])

    def alive(self, name: str) -> bool:
        """Return whether a process runs."""
        return self.children[name].poll() is None

    def kill(self, name: str) -> str:
        """End a process with SIGKILL if it lives; return what it said on standard output."""
        child = self.children[name]
        child.kill()
        said, _ = child.communicate()
        assert child.returncode == -signal.SIGKILL, f"{name} ended by itself: {self.last_words(name)}"
        return said.strip()

    def stop(self) -> None:
        """End what still runs, politely."""
        for child in self.children.values():
            child.terminate()
        for child in self.children.values():
            try:
                child.communicate(timeout=POLITE_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.communicate()

    def unfinished(self) -> bool:
        """Return whether anything is still to be done."""
        with Session(self.engine) as session:
            return errands.unfinished(session)

    def finish(self, longest_s: float) -> None:
        """Wait until everything is done; raises TimeoutError with the reasons."""
        deadline = time.monotonic() + longest_s
        while self.unfinished():
            self.tend()
            if time.monotonic() > deadline:
                raise TimeoutError(self.why())
            time.sleep(0.5)

    def tend(self) -> None:
        """Do what staff do on a line."""
        with Session(self.engine) as session:
            errands.tend(session, journal.last_ms(session))
            session.commit()

    def why(self) -> str:
        """Return why what is unfinished is not finished."""
        with Session(self.engine) as session:
            return "\n".join(errands.reasons(session))

    def report(self) -> tuple[DemoReport, World]:
        """Return what came of it, and the world."""
        world = World(self.files.folder / WORLD)
        with Session(self.engine) as session:
            return make_report(session, self.plant, physical(world, self.study), {}, 0.0), world

    def last_words(self, name: str) -> str:
        """Return the end of a process's log."""
        return (self.files.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-2000:]

    def _start(self, name: str, arguments: list[str]) -> None:
        environment = os.environ | {
            "METROSTACK_DATA_DIR": str(self.files.folder),
            "METROSTACK_PORT": str(self.port),
            "METROSTACK_BENCH_KEY": self.key,
        }
        environment.pop("METROSTACK_DATABASE_URL", None)
        with (self.files.folder / f"{name}.log").open("ab") as log:
            self.children[name] = subprocess.Popen(
                [sys.executable, "-P", *arguments], env=environment, stdout=subprocess.PIPE, stderr=log, text=True
            )


def new_house(folder: Path, speed: float) -> House:
    """Return a house in `folder` with nothing running yet."""
    return House(write_files(folder), speed)
