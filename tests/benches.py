"""A bench of the twin for tests: meters, a run, a sheet of the shipped library, a server that only remembers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from plc.clock import Clock
from plc.meters.soft_box import SoftBox
from simulation.bench.bench import Habit, VirtualBench
from simulation.clock import JumpLoop
from simulation.meters.defects import with_defect
from simulation.meters.model import MeterModel
from simulation.meters.nature import MeterNature, nature
from simulation.physics import Physics
from wcs.bench.client import BenchClient
from wcs.bench.errors import ServerAway, ServerRefused
from wcs.bench.habits import Habits
from wcs.bench.records import Instruction, MeterType, MeterVerdict, Outcome, Place, Report, Run
from wcs.bench.sheet import RunSheet
from wcs.bench.spool import Spool
from wms.schemes import seeding
from wms.schemes.content import Scheme
from wms.schemes.resolve import Parts, plan_of, sheet_of
from wms.schemes.rules import Plan

START_S = 1_780_000_000.0
HABITS = Habits(watch_s=5)
PHYSICS = Physics(seed=7)


def shipped_sheet(code: str, number: int = 1) -> RunSheet:
    """Return the run sheet of a scheme of the shipped library."""
    bundle = seeding.shipped()
    scheme = bundle.of("scheme")[code]
    assert isinstance(scheme, Scheme)
    plan = plan_of(scheme, Parts(bundle.blocks, bundle.cases))
    assert isinstance(plan, Plan)
    return sheet_of(code, 1, scheme, plan, formal=True).model_copy(update={"number": number})


def bar_code(number: int) -> str:
    """Return the asset bar code of the n-th meter, its check digit left at 0."""
    return f"14300010{number:013d}0"


def kind_of(model: MeterModel) -> MeterType:
    """Return what is printed on meters of a model."""
    return MeterType(
        model=model.name, accuracy_class=model.accuracy_class, phase=model.phase, connection=model.connection,
        rated_voltage_v=str(model.rated_voltage_v), current_spec=model.current_spec,
        constant_imp_kwh=str(model.constant_imp_kwh),
    )  # fmt: skip


@dataclass(slots=True)
class Memory:
    """A line server that remembers what it is told, each part once, and can be away."""

    sheets: dict[int, RunSheet]
    runs: list[Run] = field(default_factory=list[Run])
    parts: dict[tuple[str, int], Report] = field(default_factory=dict[tuple[str, int], Report])
    away: bool = False
    says: Instruction = field(default_factory=Instruction)
    refuses: set[int] = field(default_factory=set[int])
    """Parts that it will not have."""

    async def next_run(self, bench: str) -> Run | None:
        self._here()
        done = {report.run for report in self.parts.values() if report.state in ("finished", "aborted")}
        return next((run for run in self.runs if run.bench == bench and run.id not in done), None)

    async def sheet(self, number: int) -> RunSheet:
        self._here()
        return self.sheets[number]

    async def report(self, report: Report) -> Instruction:
        self._here()
        if report.part in self.refuses:
            raise ServerRefused("invalid_input")
        known = self.parts.setdefault((report.run, report.part), report)
        assert known == report
        return self.says

    def _here(self) -> None:
        if self.away:
            raise ServerAway("away")

    def of(self, run: str) -> list[Report]:
        """Return the parts of a run in their order."""
        return [report for (name, _), report in sorted(self.parts.items()) if name == run]

    def outcomes(self, run: str) -> list[Outcome]:
        return [outcome for report in self.of(run) for outcome in report.outcomes]

    def notices(self, run: str) -> list[dict[str, Any]]:
        return [notice for report in self.of(run) for notice in report.notices]

    def verdicts(self, run: str) -> dict[int, MeterVerdict]:
        return {one.position: one for one in self.of(run)[-1].verdicts}


@dataclass(slots=True)
class Rig:
    """A bench, its clock, its meters and its server."""

    clock: Clock
    sheet: RunSheet
    positions: int = 6
    bench: str = "BN1"
    model: MeterModel = field(default_factory=MeterModel)
    physics: Physics = PHYSICS
    near_share: float = 0
    natures: dict[str, MeterNature] = field(default_factory=dict[str, MeterNature])
    habits: Habits = HABITS
    habit: Habit = field(default_factory=Habit)
    hung: dict[int, str] = field(init=False)
    server: Memory = field(init=False)
    virtual: VirtualBench = field(init=False)
    spool: Spool = field(default_factory=Spool)

    def __post_init__(self) -> None:
        self.hung = {number: bar_code(number) for number in range(1, self.positions + 1)}
        self.server = Memory({self.sheet.number: self.sheet})
        self.virtual = VirtualBench(
            self.bench, self.positions, lambda: self.hung, self.nature_of, clock=self.clock, habit=self.habit
        )

    def nature_of(self, code: str) -> MeterNature:
        return self.natures.get(code) or nature(self.physics, code, self.model, near_share=self.near_share)

    def change(self, position: int, **fields: Any) -> None:
        """Let the meter at a position be otherwise."""
        code = self.hung[position]
        self.natures[code] = replace(self.nature_of(code), **fields)

    def spoil(self, position: int, defect: str) -> MeterNature:
        """Give the meter at a position a defect of the twin."""
        code = self.hung[position]
        self.natures[code] = with_defect(self.nature_of(code), defect, Random(defect))
        return self.natures[code]

    def order(self, run: str = "r1", **fields: Any) -> Run:
        """Order a run of whatever hangs on the bench."""
        stations = {"withstand": "pass", "imaging": "pass"}
        places = tuple(
            Place(
                position=position, bar_code=code, comm_address=self.nature_of(code).address, lot="L1",
                protocol=self.model.protocol, stations=stations,
            )
            for position, code in self.hung.items()
        )  # fmt: skip
        ordered = Run(
            id=run, line="VL1", bench=self.bench, sheet=self.sheet.number, lot="L1", kind=kind_of(self.model),
            places=places,
        ).model_copy(update=fields)  # fmt: skip
        self.server.runs.append(ordered)
        return ordered

    def client(self) -> BenchClient:
        return BenchClient(
            self.bench, self.server, equipment=self.virtual.equipment(), spool=self.spool, clock=self.clock,
            box=SoftBox(), habits=self.habits,
        )  # fmt: skip

    async def until(self, done: Callable[[], bool], *, longest_s: float = 40_000) -> None:
        """Let plant time pass until something is so."""
        until_s = self.clock.now_s() + longest_s
        while not done():
            assert self.clock.now_s() < until_s, "not done in time"
            await self.clock.sleep(1)

    def ended(self, run: str = "r1") -> bool:
        parts = self.server.of(run)
        return bool(parts) and parts[-1].state in ("finished", "aborted")

    async def finish(self, run: str = "r1") -> None:
        """Let a client work until a run has ended."""
        client = self.client()
        working = asyncio.create_task(client.run_forever())
        await self.until(lambda: self.ended(run) or working.done())
        client.stop()
        await working


def play(story: Callable[[Clock], Coroutine[Any, Any, None]]) -> None:
    """Let a story happen at infinite speed."""
    loop = JumpLoop()
    try:
        loop.run_until_complete(story(Clock.started(loop, start_s=START_S)))
    finally:
        loop.close()
