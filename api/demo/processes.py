"""The demo on real sockets: a process for the twin, one for the site, one for the benches, and who minds them."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from api import database, lock, plant_time, ports
from api.demo import errands
from api.demo.memory import LONGEST_S, physical
from api.demo.report import DemoReport, Telegrams, make_report
from api.security import accounts
from api.security.roles import Role
from api.twin import SCANNERS, WORLD
from plc.plant.model import Plant
from simulation.study import Study
from simulation.world import World
from wcs import journal
from wcs.store import make_engine

FINISHED, LOGS = "finished.json", "logs"
LOOK_S = 0.5
START_S = 60.0
STOP_S = 10.0
DEATHS = 5
LINES_OF_A_PROCESS = 120
OPERATOR = "operator"


class DemoTrouble(Exception):
    """The demo cannot go on; says why."""


@dataclass(slots=True)
class Site:
    """A demo on sockets: its files, its processes, and what is asked of it."""

    plant: Plant
    plant_path: Path
    study: Study
    study_path: Path
    demand: tuple[errands.Demand, ...]
    folder: Path
    speed: float
    port: int
    progress: Callable[[Session, float], None] | None = None
    longest_s: float = LONGEST_S
    purpose: str = "demo"
    engine: Engine = field(init=False)
    _deaths: int = 0
    _bench_key: str = field(init=False, repr=False, default_factory=lambda: secrets.token_urlsafe(24))
    _children: dict[str, subprocess.Popen[bytes]] = field(
        init=False, default_factory=dict[str, "subprocess.Popen[bytes]"]
    )

    def prepare(self, *, fresh: bool) -> bool:
        """Begin anew, or go on with an unfinished run; return whether it goes on."""
        deadline = time.monotonic() + STOP_S  # what a killed demo has left behind ends by itself
        while lock.find(self.folder) is not None and time.monotonic() < deadline:
            time.sleep(0.2)
        if lock.find(self.folder) is not None:
            raise DemoTrouble(f"a demo runs in {self.folder} already")
        if fresh or (self.folder / FINISHED).exists():
            shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / SCANNERS).mkdir(parents=True, exist_ok=True)  # there before the site looks for the twin's lines
        self.engine = make_engine(f"sqlite:///{self.folder / 'site.db'}")
        database.prepare(self.engine, self.plant)
        with Session(self.engine) as session:
            goes_on = journal.last_ms(session) > 0
            errands.place(session, self.plant, self.study, self.demand, journal.last_ms(session), purpose=self.purpose)
            session.commit()
        return goes_on

    def account(self) -> str:
        """Return the throw-away password of the account `operator`, new for each start."""
        password = secrets.token_urlsafe(12)
        with Session(self.engine) as session:
            accounts.add_account(session, OPERATOR, password, Role.OPERATOR)
            session.commit()
        return password

    def start(self) -> str:
        """Start both processes and return the address of the console."""
        listening = ports.of_plcs(self.plant) | ports.of_benches(self.plant)
        ports.must_be_free(listening | {"the console": ("127.0.0.1", self.port)})
        world = World(self.folder / WORLD)
        with Session(self.engine) as session:
            start_s = max(world.high_water_s, journal.last_ms(session) / 1000)
        world.close()
        plant_time.start_shared(self.folder, speed=self.speed, start_s=start_s)
        self.spawn("twin")
        self.spawn("serve")
        url = self._wait_for_face()
        for group in self._groups():
            self.spawn(f"bench {group}")
        return url

    def spawn(self, name: str) -> None:
        """Start one of the processes."""
        kind, _, benches = name.partition(" ")
        command = [sys.executable, "-P", "-m", "api.cli", kind, *self._arguments(kind, benches), "--shared-time"]
        environment = os.environ | {
            "METROSTACK_DATA_DIR": str(self.folder), "METROSTACK_PORT": str(self.port),
            "METROSTACK_BENCH_KEY": self._bench_key,
        }  # fmt: skip
        environment.pop("METROSTACK_DATABASE_URL", None)
        (self.folder / LOGS).mkdir(exist_ok=True)
        with (self.folder / LOGS / _log_of(name)).open("ab") as log:
            self._children[name] = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
            )

    def _arguments(self, kind: str, benches: str) -> list[str]:
        if kind == "twin":
            return [str(self.plant_path), "--study", str(self.study_path)]
        if kind == "bench":
            url = f"http://127.0.0.1:{self.port}"
            return [*benches.split(), "--server", url, "--plant", str(self.plant_path), "--soft-box"]
        return [str(self.plant_path)]

    def _groups(self) -> list[str]:
        """Return the benches that share a process: so many that 1,024 open files will do."""
        groups: list[tuple[int, list[str]]] = []
        for bench in self.plant.benches.values():
            if not groups or groups[-1][0] + bench.positions > LINES_OF_A_PROCESS:
                groups.append((0, []))
            lines, names = groups[-1]
            groups[-1] = (lines + bench.positions, [*names, bench.id])
        return [" ".join(names) for _, names in groups]

    def mind(self) -> bool:
        """Watch until everything is done; a process that dies is started again. Returns False if the time is up."""
        while True:
            time.sleep(LOOK_S)
            self._revive()
            with Session(self.engine) as session:
                now_s = journal.last_ms(session) / 1000
                if self.progress is not None:
                    self.progress(session, now_s)
                if not errands.unfinished(session):
                    return True
                if errands.tend(session, round(now_s * 1000)):
                    session.commit()
                if now_s > self.longest_s:
                    return False

    def _revive(self) -> None:
        """Start again whatever has died; give up on what keeps dying."""
        for name, child in list(self._children.items()):
            if child.poll() is not None:
                self._deaths += 1
                if self._deaths > DEATHS:
                    raise DemoTrouble(f"the process {name} keeps ending: {self._last_words(name)}")
                self.spawn(name)

    def telegrams(self) -> dict[str, Telegrams]:
        """Return what the running site counts of its telegrams, by PLC."""
        served = lock.find(self.folder)
        if served is None:
            return {}
        answer = httpx.get(f"{served.url}/api/v1/plcs", headers={"authorization": f"Bearer {served.token}"}, timeout=10)
        return {
            name: Telegrams.model_validate({k: link[k] for k in Telegrams.model_fields})
            for name, link in answer.json().items()
        }

    def stop(self) -> None:
        """End both processes, politely first."""
        for child in self._children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in self._children.values():
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._children.clear()

    def report(self, telegrams: dict[str, Telegrams], wall_s: float, *, ended: bool) -> DemoReport:
        """Return the report, and remember that the run is finished if it is."""
        world = World(self.folder / WORLD)
        with Session(self.engine) as session:
            report = make_report(session, self.plant, physical(world, self.study), telegrams, wall_s)
            late = [] if ended else [f"not done after {self.longest_s:.0f} s of plant time", *errands.reasons(session)]
        world.close()
        if ended:
            (self.folder / FINISHED).write_text(json.dumps({"trace_hash": report.trace_hash}), encoding="utf-8")
        return report.model_copy(update={"problems": [*report.problems, *late]})

    def _wait_for_face(self) -> str:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            dead = [name for name, child in self._children.items() if child.poll() is not None]
            if dead:
                raise DemoTrouble(f"the process {dead[0]} ended at once: {self._last_words(dead[0])}")
            served = lock.find(self.folder)
            if served is not None and _answers(served.url):
                return served.url
            time.sleep(0.2)
        raise DemoTrouble(f"the site did not answer within {START_S:.0f} s; see {self.folder / LOGS}")

    def _last_words(self, name: str) -> str:
        text = (self.folder / LOGS / _log_of(name)).read_text(encoding="utf-8", errors="replace")
        return text.strip()[-400:]


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v1/health", timeout=1).is_success
    except httpx.HTTPError:
        return False


def _log_of(name: str) -> str:
    """Return the name of the file that a process says things in.

    >>> _log_of("bench BN1 BN2")
    'bench-BN1-BN2.log'
    """
    return f"{name.replace(' ', '-')}.log"
