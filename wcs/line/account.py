"""What a line has done, told by the journal alone: yield, takt, and how its cells have spent their time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import BaseModel

from plc.plant.cells import CellLine
from wcs.journal import Booked

READY_MOST = 3  # carriers that find room behind an unloading cell
SENT, DONE, FAILED = "MissionSent", "MissionDone", "MissionFailed"


class CellShare(BaseModel):
    """Shares of the time a line was at work: a cell works, is blocked by the next one, or starved by the one before."""

    busy: float = 0.0
    blocked: float = 0.0
    starved: float = 0.0


class LineAccount(BaseModel):
    """What came out of a line. Takt is the mean time from one packed meter to the next, in s of plant time."""

    line: str
    meters: int = 0
    passed: int = 0
    rejected: int = 0
    unverified: int = 0
    """Meters that left without a verdict."""
    retested: int = 0
    runs: int = 0
    at_work_s: float = 0.0
    takt_s: float | None = None
    first_pass_yield: float | None = None
    """Meters that passed at the first time, of all that were sorted."""
    benches: list[str] = []
    cells: dict[str, CellShare] = {}


@dataclass(slots=True)
class _Cell:
    """A cell while the journal is read."""

    inside: set[str] = field(default_factory=set[str])
    missions: set[int] = field(default_factory=set[int])
    pallets: set[int] = field(default_factory=set[int])
    run: bool = False
    since_ms: int = 0
    spent_ms: dict[str, int] = field(default_factory=dict[str, int])


class Accountant:
    """Reads facts in their order, one by one; `account` says what came of them."""

    def __init__(self, line: CellLine) -> None:
        """Begin with an empty line."""
        self._line = line
        self._cells = {name: _Cell() for name in line.cells}
        self._began_ms: int | None = None
        self._last_ms = 0
        self._again: set[str] = set()  # meters that were tested more than once
        self._first = 0  # meters that passed at the first time
        self._sum = LineAccount(line=line.id, benches=[bench.id for bench in line.benches])

    def read(self, fact: Booked) -> None:
        """Take a fact in; one that is not about this line changes nothing."""
        if fact.kind in (SENT, DONE, FAILED) and fact.subject in self._cells:
            self._mission(fact)
        elif fact.payload.get("line") == self._line.id:
            self._of_line(fact)

    def account(self) -> LineAccount:
        """Return what the facts so far come to."""
        began_ms = self._last_ms if self._began_ms is None else self._began_ms
        whole_ms = max(1, self._last_ms - began_ms)
        for name in self._cells:
            self._spend(name, self._last_ms)
        done = self._sum.model_copy()
        done.cells = {
            name: CellShare(**{k: round(ms / whole_ms, 4) for k, ms in cell.spent_ms.items()})
            for name, cell in self._cells.items()
        }
        done.at_work_s = round(whole_ms / 1000, 3)
        if done.meters:
            done.takt_s = round(whole_ms / 1000 / done.meters, 3)
        if sorted_out := done.passed + done.rejected + done.unverified:
            done.first_pass_yield = round(self._first / sorted_out, 4)
        return done

    def _mission(self, fact: Booked) -> None:
        if self._began_ms is None:
            self._began_ms = fact.at_ms
            for cell in self._cells.values():
                cell.since_ms = fact.at_ms
        self._last_ms = fact.at_ms
        cell, number, order = self._cells[fact.subject], int(fact.payload["mission"]), int(fact.payload["order"])
        self._spend(fact.subject, fact.at_ms)
        open_ones = cell.pallets if order else cell.missions
        if fact.kind != SENT:
            open_ones.discard(number)
            return
        open_ones.add(number)
        unit, source = str(fact.payload["unit"]), str(fact.payload["source"])
        if source in self._cells and source != fact.subject and not order:
            self._spend(source, fact.at_ms)
            self._cells[source].inside.discard(unit)
            cell.inside.add(unit)

    def _of_line(self, fact: Booked) -> None:
        said = self._sum
        match fact.kind:
            case "CarrierFilled":
                self._spend(self._line.entry, fact.at_ms)
                self._cells[self._line.entry].inside.add(fact.subject)
            case "CarrierSorted":
                said.retested += len(fact.payload["again"])
                self._again.update(fact.payload["again"])
                self._first += sum(1 for code in fact.payload["passed"] if code not in self._again)
                said.passed += len(fact.payload["passed"])
                said.rejected += len(fact.payload["rejected"])
                said.unverified += len(fact.payload.get("unverified", ()))
            case "BoxPacked":
                said.meters += len(fact.payload["meters"])
            case "RunOrdered" | "RunFinished":
                bench = str(fact.payload["bench"])
                self._spend(bench, fact.at_ms)
                self._cells[bench].run = fact.kind == "RunOrdered"
                said.runs += fact.kind == "RunFinished"
            case _:
                return
        self._last_ms = fact.at_ms

    def _spend(self, name: str, now_ms: int) -> None:
        """Book the time since the last change under what the cell was doing."""
        cell = self._cells[name]
        if self._began_ms is not None:
            doing = self._doing(name, cell)
            cell.spent_ms[doing] = cell.spent_ms.get(doing, 0) + now_ms - cell.since_ms
        cell.since_ms = now_ms

    def _doing(self, name: str, cell: _Cell) -> str:
        if name == self._line.entry:
            if len(cell.inside) >= READY_MOST:
                return "blocked"
            return "busy" if cell.pallets else "starved"
        if cell.run or cell.missions:
            return "busy"
        return "blocked" if cell.inside and name != self._line.packer else "starved"


def account(line: CellLine, facts: Iterable[Booked]) -> LineAccount:
    """Return what a line has done by all `facts` of the journal."""
    accountant = Accountant(line)
    for fact in facts:
        accountant.read(fact)
    return accountant.account()
