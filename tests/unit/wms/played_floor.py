"""A floor that is played: it takes what the WMS asks at the door, and reports what became of it in the journal.

No mechanics, no conveyors: each transport goes on by one stage whenever a test says so, and may go wrong there.
What stands in which slot is kept apart from the books, to compare them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from plc.plant.model import Plant
from plc.plant.places import is_slot
from wcs import journal
from wcs.journal import Fact
from wcs.store import OrderRow, RequestRow
from wms.consumer import consume
from wms.rows import table

_order, _request = table(OrderRow), table(RequestRow)


@dataclass
class Transport:
    """A transport order as the floor carries it out."""

    number: int
    key: str
    kind: str
    unit: str
    source: str
    destination: str
    par1: int
    at: str
    stage: str = "new"


@dataclass
class PlayedFloor:
    """Everything that stands or moves, and the journal that tells of it."""

    engine: Engine
    plant: Plant
    now_ms: int = 1_000
    transports: dict[int, Transport] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    standing: dict[str, str] = field(default_factory=dict)
    in_line: dict[int, list[tuple[str, list[tuple[str, list[str]]]]]] = field(default_factory=dict)
    asked: dict[str, tuple[str, int]] = field(default_factory=dict)
    taken_back: dict[int, str] = field(default_factory=dict)
    serial: int = 0
    failing: frozenset[str] = frozenset()
    line_name: str = "VL1"
    packer: Callable[[int], tuple[list[Fact], list[str]]] | None = None
    """Says what boxes the rest of a lot comes out in, on which pallets; without it each box as it went in."""

    def tell(self, *facts: Fact) -> None:
        """Book facts, let the WMS read them, and take what it answers."""
        self.now_ms += 1_000
        with Session(self.engine) as session:
            journal.append(session, self.now_ms, facts)
            session.commit()
        self.listen()

    def listen(self) -> None:
        """Let the WMS read the journal, one transaction a batch; then take what the door has."""
        while True:
            with Session(self.engine) as session:
                done = consume(session, self.plant, self.now_ms, limit=50)
                session.commit()
            if not done:
                break
        self.take()

    def take(self) -> None:
        """Take new transport orders and answers from the door."""
        with Session(self.engine) as session:
            new = sa.select(_order).where(_order.c.state == "submitted").order_by(_order.c.number)
            for row in session.connection().execute(new).all():
                par1 = json.loads(row.params).get("par1", 0)
                args = (row.number, row.key, row.kind, row.unit, row.source, row.destination, par1)
                self.transports[row.number] = Transport(*args, at=row.source)
                self.standing.pop(row.unit, None)
            session.connection().execute(sa.update(_order).where(_order.c.state == "submitted").values(state="moving"))
            for row in session.connection().execute(sa.select(_request).where(sa.not_(_request.c.taken))).all():
                self._answered(row.kind, row.subject, json.loads(row.payload))
            session.connection().execute(sa.update(_request).values(taken=True))
            session.commit()

    def _answered(self, kind: str, subject: str, payload: dict[str, Any]) -> None:
        if kind == "cancel":
            self.taken_back[int(subject)] = payload["reason"]
        if kind == "direct" and subject in self.asked:
            _, order = self.asked.pop(subject)
            transport = self.transports[order]
            transport.destination, transport.stage = payload["destination"], "directed"

    def arrive(self, unit: str, at: str = "GI", faults: tuple[str, ...] = (), weight_g: int = 300_000) -> None:
        """A unit stands at a station and is asked for."""
        self.tell(self._where(unit, at, faults, weight_g))

    def _where(self, unit: str, at: str, faults: tuple[str, ...] = (), weight_g: int = 300_000) -> Fact:
        self.standing[unit] = at
        return self._ask("where", unit, at, order=0, faults=faults, weight_g=weight_g)

    def _ask(self, ask: str, unit: str, at: str, *, order: int, slot: str | None = None, **more: Any) -> Fact:
        self.serial += 1
        question = f"{ask}:{self.serial}"
        self.asked[question] = (unit, order)
        payload = {"question": question, "ask": ask, "station": at, "unit": unit, "code": unit, "profile": 0}
        payload |= {"weight_g": more.get("weight_g", 0), "faults": list(more.get("faults", ()))}
        return Fact("DirectionRequested", unit, payload | {"order": order or None, "slot": slot})

    def go_on(self, number: int, *, wrong: bool = False) -> bool:
        """Bring one transport a stage further (`wrong`: what can fail there does); return whether it could go."""
        t = self.transports[number]
        if number in self.taken_back and t.kind == "verify":
            self._come_back(t)
        elif t.kind == "pack":
            self._pack(t)
        elif t.kind == "empty_pallet":
            self.serial += 1
            t.unit = f"E{self.serial:06}"
            self.tell(self._ended(t, "TransportFinished"), self._where(t.unit, t.destination))
        elif t.kind == "box_move":
            self.tell(self._ended(t, "TransportFailed" if wrong else "TransportFinished", reason="gripper"))
        elif is_slot(self.plant, t.at):
            self._leave_slot(t, wrong)
        elif is_slot(self.plant, t.destination):
            return self._put_away(t, wrong)
        else:
            self._reach(t)
        return True

    def _come_back(self, t: Transport) -> None:
        """A transport that was taken back ends where it is; a pallet that a crane has taken is asked for again."""
        moves = not is_slot(self.plant, t.at)
        ended = self._ended(t, "TransportCancelled", reason="taken_back", args={"why": self.taken_back[t.number]})
        self.tell(ended, *([self._where(t.unit, "LO")] if moves else []))

    def _leave_slot(self, t: Transport, wrong: bool) -> None:
        if wrong or self.contents.get(t.at) != t.unit:
            self.contents.pop(t.at, None)
            payload = {"order": t.number, "unit": t.unit, "key": t.key}
            self.tell(Fact("SlotFoundEmpty", t.at, payload), self._ended(t, "TransportFailed", reason="slot_empty"))
            return
        del self.contents[t.at]
        payload = {"order": t.number, "key": t.key, "kind": t.kind, "source": t.at, "device": "SC1"}
        t.at = "moving"
        self.tell(Fact("UnitPicked", t.unit, payload))

    def _put_away(self, t: Transport, wrong: bool) -> bool:
        if t.stage == "new":
            t.stage = "asking"
            self.tell(self._ask("slot", t.unit, "AI", order=t.number, slot=t.destination))
        elif t.stage == "directed" and (wrong or t.destination in self.contents):
            t.stage = "asking"
            found = Fact("SlotFoundOccupied", t.destination, {"order": t.number, "unit": t.unit})
            self.tell(found, self._ask("other_slot", t.unit, "SC1", order=t.number, slot=t.destination))
        elif t.stage == "directed":
            self.contents[t.destination] = t.unit
            self.tell(self._ended(t, "TransportFinished"))
        else:
            return False
        return True

    def _reach(self, t: Transport) -> None:
        ended = self._ended(t, "TransportFinished")
        if t.kind == "verify":
            self._unload(t)
            self.tell(ended)
        elif t.kind == "dispatch":
            self.tell(ended)
        elif t.kind == "clarify":
            self.standing[t.unit] = t.destination
            self.tell(ended)
        else:
            self.tell(ended, self._where(t.unit, t.destination))

    def _unload(self, t: Transport) -> None:
        with Session(self.engine) as session:
            query = sa.text(
                "SELECT b.code, a.bar_code FROM box b JOIN asset a ON a.box = b.code WHERE b.pallet = :p ORDER BY 1, 2"
            )
            boxes: dict[str, list[str]] = {}
            for box, code in session.connection().execute(query, {"p": t.unit}):
                boxes.setdefault(box, []).append(code)
        self.in_line.setdefault(t.par1, []).append((t.unit, sorted(boxes.items())))

    def _pack(self, t: Transport) -> None:
        facts: list[Fact] = []
        if self.packer is not None:
            facts, pallets = self.packer(t.par1)
            facts += [self._where(pallet, "LO") for pallet in pallets]
        for pallet, boxes in self.in_line.pop(t.par1, []):
            for n, (box, meters) in enumerate(boxes):
                failed = bool(self.failing.intersection(meters))
                kept = [m for m in meters if (m in self.failing) == failed]
                verdict = 2 if failed else 1
                payload = {"line": self.line_name, "box": box, "pallet": pallet, "pile": n // 5 + 1, "verdict": verdict}
                listed = [[m, verdict, f"S{m[-6:]}"] for m in kept]
                facts.append(Fact("BoxPacked", box, payload | {"meters": listed}))
            facts.append(self._where(pallet, "LO"))
        self.tell(*facts, self._ended(t, "TransportFinished"))

    def _ended(self, t: Transport, kind: str, reason: str = "", args: dict[str, Any] | None = None) -> Fact:
        del self.transports[t.number]
        payload = {"order": t.number, "key": t.key, "kind": t.kind, "unit": t.unit, "source": t.source}
        payload |= {"destination": t.destination, "at": t.destination if kind == "TransportFinished" else t.source}
        with Session(self.engine) as session:
            ended = sa.update(_order).where(_order.c.number == t.number)
            session.connection().execute(ended.values(state="finished" if kind == "TransportFinished" else "failed"))
            session.commit()
        return Fact(
            kind, t.unit or t.destination, payload | ({"reason": reason, "reason_args": args or {}} if reason else {})
        )

    def release_from_clarification(self) -> None:
        """A clerk lets go on whatever stands at clarification and belongs to no order."""
        for unit in [u for u, at in self.standing.items() if at == "CL"]:
            self.arrive(unit, "CL")

    def settle(self, rounds: int = 400, trouble: int = 0) -> None:
        """Let everything go on until nothing can any more; every `trouble`-th stage goes wrong where it can."""
        turn = 0
        for _ in range(rounds):
            moved = False
            for number in sorted(self.transports):
                if number in self.transports:
                    turn += 1
                    wrong = bool(trouble) and turn % trouble == 0 and self.transports[number].kind != "pack"
                    moved = self.go_on(number, wrong=wrong) or moved
            if not moved:
                return
        raise AssertionError("the floor never comes to rest")
