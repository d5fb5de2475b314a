"""Who brings and wants things in a study: trucks with pallets, lots called to lines, districts that order.

Every call goes through the door that staff and marketing use: a delivery file, an order to verify, an order to
distribute. Lots are called off in the order of their age; a line takes the next one that has the least to do.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from plc.plant.cells import CellLine
from plc.plant.model import Plant
from plc.plant.stations import GoodsIn as GoodsInSpec
from simulation.devices.goods_in import Arrival, GoodsIn
from simulation.hall import Hall
from simulation.loads import Load
from simulation.studies.ground import Ground
from simulation.studies.pallets import Family, families, full_pallets
from simulation.studies.stream import Call
from wms.errors import Refused
from wms.inbound import service as inbound
from wms.inbound.rules import REQUIRED
from wms.outbound import service as outbound
from wms.outbound import views as owed

MADE_ON = "2026-01-01"
GAP_S = 60.0
DELIVERED = 10_000_000
"""Pallets from this number on are those that come; the stock has the ones before."""


@dataclass(slots=True)
class Marketing:
    """Who asks; `asked` and `ended` tell what each line still has to do."""

    plant: Plant
    hall: Hall
    piles: int
    purpose: str
    asked: Callable[[str, int], None]
    problems: Counter[str] = field(default_factory=Counter[str])
    _lots: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque[str]))
    _owed: Counter[str] = field(default_factory=Counter[str])
    _work: Counter[str] = field(default_factory=Counter[str])
    _brought: int = DELIVERED
    _trucks: int = 0
    _short: deque[Call] = field(default_factory=deque[Call])

    def take_over(self, session: Session, ground: Ground) -> None:
        """Take note of what waits at plant time 0: lots in stock, lots called to lines, and pallets announced."""
        for family, lot in ground.lots:
            self._lots[family].append(lot)
        for order in owed.orders(session):
            if order.kind == "verification" and order.state not in owed.OVER:
                self._work[order.line] += 1
                self.asked(order.line, 1)
        if ground.coming:
            self._unload(ground.coming, at_s=0.0, gap_s=GAP_S)

    def place(self, session: Session, call: Call, at_ms: int) -> None:
        """Do what a call says; raises nothing: what is refused is counted among the problems."""
        try:
            match call.kind:
                case "inbound":
                    self._bring(session, call, at_ms)
                case "verification":
                    self._verify(session, call, at_ms)
                case "distribution":
                    self._distribute(session, call, at_ms)
        except Refused as refused:
            self.problems[f"{call.kind} {call.family}: {refused.code}"] += 1

    def lot_ended(self, line: str) -> None:
        """Take note that a line is done with a lot."""
        if self._work[line] > 0:
            self._work[line] -= 1
            self.asked(line, -1)

    def _bring(self, session: Session, call: Call, at_ms: int) -> None:
        family = families(self.piles)[call.family]
        loads = full_pallets(family, list(call.names), self._brought)
        self._brought += len(loads)
        lot = f"{call.family}-{call.key}"
        taken = inbound.import_delivery(session, _announced(family, lot, loads), at_ms=at_ms)
        if taken.problems:
            self.problems[f"inbound {call.family}: {taken.problems[0].code}"] += 1
            return
        self._unload(loads, at_s=at_ms / 1000, gap_s=call.gap_s)
        self._lots[call.family].append(lot)
        waiting = [call for call in self._short if call.family == family.code]
        if waiting:
            self._short.remove(waiting[0])
            self._verify(session, waiting[0], at_ms)

    def _unload(self, loads: Sequence[Load], *, at_s: float, gap_s: float) -> None:
        """Let a truck stand at the next goods-in station in turn."""
        stations = [s.id for s in self.plant.stations.values() if isinstance(s, GoodsInSpec)]
        machine = self.hall.machines[stations[self._trucks % len(stations)]]
        assert isinstance(machine, GoodsIn)
        self._trucks += 1
        for load in loads:
            self.hall.world.add(load, "yard")
        machine.expect([Arrival(load.code, at_s, gap_s) for load in loads])

    def _verify(self, session: Session, call: Call, at_ms: int) -> None:
        """Call the oldest lot that waits to a line; with none in the books, the next that is announced."""
        if not self._lots[call.family]:
            self._short.append(call)
            return
        line = min(self._lines(call), key=lambda name: (self._work[name], name))
        lot = self._lots[call.family].popleft()
        outbound.create_verification(
            session, key=f"verify-{call.key}", lot=lot, line=line, purpose=self.purpose, at_ms=at_ms
        )
        self._work[line] += 1
        self.asked(line, 1)

    def _distribute(self, session: Session, call: Call, at_ms: int) -> None:
        meters = call.pallets * families(self.piles)[call.family].meters
        wish = (call.district, call.family, meters)
        outbound.create_distribution(session, key=f"distribute-{call.key}", lines=[wish], at_ms=at_ms)

    def _lines(self, call: Call) -> list[str]:
        """Return the lines that may take a lot: those that the study names, else every one of its phase."""
        phase = families(self.piles)[call.family].phase
        fitting = [
            line.id for line in self.plant.lines.values() if not isinstance(line, CellLine) or line.phase == phase
        ]
        return list(call.lines) or fitting


def _announced(family: Family, lot: str, loads: Sequence[Load]) -> bytes:
    """Return a delivery file (ASN) for the pallets of one lot."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    printed = dict(family.printed)
    rows.writerow(REQUIRED)
    for load in loads:
        for pile, boxes in enumerate(load.piles, 1):
            for box in boxes:
                for code in box.meters:
                    row = {
                        "asn": lot, "lot": lot, "pallet": load.code, "pile": f"{load.code}-{pile}", "box": box.code,
                        "bar_code": code, "comm_address": code[9:21], "model": family.code, "made_on": MADE_ON,
                    } | printed  # fmt: skip
                    rows.writerow([row[name] for name in REQUIRED])
    return out.getvalue().encode()
