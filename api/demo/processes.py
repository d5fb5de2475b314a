"""The demo on real sockets: processes for the twin, the site, the benches and marketing, and who minds them."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from api import database, lock, plant_time, ports
from api.demo import errands, told
from api.demo.children import Children
from api.demo.counterpart import PROCESS, Counterpart
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
PATIENCE_S = 120.0
"""Of wall time, for the last letters once everything else is done."""
LINES_OF_A_PROCESS = 120
OPERATOR = "operator"


class DemoTrouble(Exception):
    """The demo cannot go on; says why."""


@dataclass(slots=True)
class Site:
    """A demo on sockets: its files, its processes, and what is asked of it.

    `marketing_port`: where a stand-in for marketing listens that asks for the verifications; 0: they are ordered here.
    """

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
    marketing_port: int = 0
    restarts: int = 0
    engine: Engine = field(init=False)
    other: Counterpart | None = field(init=False, default=None)
    _deaths: int = 0
    _bench_key: str = field(init=False, repr=False, default_factory=lambda: secrets.token_urlsafe(24))
    children: Children = field(init=False)

    def __post_init__(self) -> None:
        """Nothing runs yet."""
        self.children = Children(self.folder / LOGS)

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
            at_ms = journal.last_ms(session)
            self._place(session, at_ms)
            session.commit()
        return at_ms > 0

    def _place(self, session: Session, at_ms: int) -> None:
        """Announce and order what is wanted, once; marketing is entered before, so that it hears of everything."""
        if not self.marketing_port:
            errands.place(session, self.plant, self.study, self.demand, at_ms, purpose=self.purpose)
            return
        self.other = Counterpart(self.plant, self.folder, self.marketing_port, self.port, self.purpose)
        self.other.enter(session, at_ms)
        errands.place(session, self.plant, self.study, self.demand, at_ms, purpose="")
        self.other.plan(session)

    def account(self) -> str:
        """Return the throw-away password of the account `operator`, new for each start."""
        password = secrets.token_urlsafe(12)
        with Session(self.engine) as session:
            accounts.add_account(session, OPERATOR, password, Role.OPERATOR)
            session.commit()
        return password

    def start(self) -> str:
        """Start all processes and return the address of the console."""
        ports.must_be_free(self._listening())
        world = World(self.folder / WORLD)
        with Session(self.engine) as session:
            start_s = max(world.high_water_s, journal.last_ms(session) / 1000)
        world.close()
        plant_time.start_shared(self.folder, speed=self.speed, start_s=start_s)
        for name in ("twin", "serve", *([PROCESS] if self.other else [])):
            self.spawn(name)
        url = self._wait_for_face()
        for group in self._groups():
            self.spawn(f"bench {group}")
        return url

    def _listening(self) -> dict[str, tuple[str, int]]:
        wanted = ports.of_plcs(self.plant) | ports.of_benches(self.plant) | {"the console": ("127.0.0.1", self.port)}
        if self.other is not None:
            wanted["the stand-in for marketing"] = ("127.0.0.1", self.other.port)
        return wanted

    def spawn(self, name: str) -> None:
        """Start one of the processes."""
        self.children.start(name, self._words(name), self._environment(name))

    def _environment(self, name: str) -> dict[str, str]:
        known = os.environ | {
            "METROSTACK_DATA_DIR": str(self.folder), "METROSTACK_PORT": str(self.port),
            "METROSTACK_BENCH_KEY": self._bench_key,
        }  # fmt: skip
        for elsewhere in ("METROSTACK_DATABASE_URL", "METROSTACK_MARKETING"):
            known.pop(elsewhere, None)
        return known | (self.other.environment(name) if self.other else {})

    def _words(self, name: str) -> list[str]:
        """Return the command of a process."""
        if self.other is not None and name == PROCESS:
            return [*name.split(), *self.other.arguments()]
        kind, _, benches = name.partition(" ")
        words = [str(self.plant_path)]
        if kind == "twin":
            words += ["--study", str(self.study_path)]
        if kind == "bench":
            url = f"http://127.0.0.1:{self.port}"
            words = [*benches.split(), "--server", url, "--plant", str(self.plant_path), "--soft-box"]
        return [kind, *words, "--shared-time"]

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
        waited_s = 0.0
        while True:
            time.sleep(LOOK_S)
            self._revive()
            with Session(self.engine) as session:
                now_s = journal.last_ms(session) / 1000
                if self.progress is not None:
                    self.progress(session, now_s)
                self._disturb(session)
                if not errands.unfinished(session):
                    waited_s += LOOK_S
                    if not self._is_told(session) and waited_s < PATIENCE_S:
                        continue
                    return True
                if errands.tend(session, round(now_s * 1000)):
                    session.commit()
                if now_s > self.longest_s:
                    return False

    def _is_told(self, session: Session) -> bool:
        return self.other is None or not told.unfinished(session)

    def _disturb(self, session: Session) -> None:
        """Kill the stand-in for marketing once, when half of everything is done: nothing may be lost by that."""
        if self.other is None or self.restarts or not errands.half_done(session):
            return
        self.children.kill(PROCESS)
        self.restarts += 1
        self.spawn(PROCESS)

    def _revive(self) -> None:
        """Start again whatever has died; give up on what keeps dying."""
        for name in self.children.dead():
            self._deaths += 1
            if self._deaths > DEATHS:
                raise DemoTrouble(f"the process {name} keeps ending: {self.children.last_words(name)}")
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
        """End all processes, politely first."""
        self.children.stop()

    def report(self, telegrams: dict[str, Telegrams], wall_s: float, *, ended: bool) -> DemoReport:
        """Return the report, and remember that the run is finished if it is."""
        world = World(self.folder / WORLD)
        with Session(self.engine) as session:
            truth = physical(world, self.study)
            report = make_report(session, self.plant, truth, telegrams, wall_s)
            late = [] if ended else [f"not done after {self.longest_s:.0f} s of plant time", *errands.reasons(session)]
            marketing = None
            if self.other is not None:
                marketing = told.account(session, self.other.store, truth.boxes)
                marketing = marketing.model_copy(update={"restarts": self.restarts})
                late += marketing.problems()
        world.close()
        if ended:
            (self.folder / FINISHED).write_text(json.dumps({"trace_hash": report.trace_hash}), encoding="utf-8")
        return report.model_copy(update={"marketing": marketing, "problems": [*report.problems, *late]})

    def _wait_for_face(self) -> str:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if dead := self.children.dead():
                raise DemoTrouble(f"the process {dead[0]} ended at once: {self.children.last_words(dead[0])}")
            served = lock.find(self.folder)
            if served is not None and _answers(served.url):
                return served.url
            time.sleep(0.2)
        raise DemoTrouble(f"the site did not answer within {START_S:.0f} s; see {self.folder / LOGS}")


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v1/health", timeout=1).is_success
    except httpx.HTTPError:
        return False
