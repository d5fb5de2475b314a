"""A house that marketing asks things of: the real books and letters, a played floor, a line whose benches are real.

It does one thing at a time, and keeps apart from the books what they are compared with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests import lab
from tests.plants import small_plant
from tests.unit.wms.deliveries import delivery
from tests.unit.wms.played_floor import PlayedFloor
from wcs.bench.records import MeterVerdict
from wcs.journal import Fact
from wcs.store import BenchRunRow, create_tables, make_engine
from wms import setup
from wms.desk import Desk
from wms.errors import Refused
from wms.inbound.service import import_delivery
from wms.marketing import receivers, stream
from wms.marketing.receivers import Receiver
from wms.results import desk as benches
from wms.rows import table
from wms.seals import service as seals
from wms.standards import service as standards

MODEL, FULL = "DDZY2026", 15
UNVERIFIED, PASS, FAIL = 0, 1, 2
WORDS = {UNVERIFIED: "not_tested", PASS: "pass", FAIL: "fail"}
SEALS = 100_000
DAY_MS = 86_400_000
_of_lot = """
    SELECT t.key, t.state, o.number FROM outbound_order o JOIN verification_task t ON t."order" = o.number
    WHERE o.lot = :lot AND o.ended_ms = 0 ORDER BY o.number LIMIT 1
"""


class MarketingAtWork:
    """Stock, floor and line, and somebody who hears of everything that marketing is told."""

    def __init__(self, *, on_benches: bool, prompt: bool) -> None:
        """Begin with an empty site: `on_benches` each meter is tested by a run, else the line says it by the box.

        `prompt`: letters are written at once, else only when somebody calls `write`.
        """
        self.engine = make_engine("sqlite://")
        create_tables(self.engine)
        plant = small_plant()
        with Session(self.engine) as session:
            setup.seed(session, plant)
            receivers.seed(session, [Receiver("marketing", "own")], at_ms=0)
            if on_benches:
                lab.staff(session, "BN1")
                seals.receive_range(session, prefix="BJ", first=1, last=SEALS, by="li", at_ms=0)
                seals.load(session, cell="SE1", count=SEALS, at_ms=0)
            session.commit()
        self.on_benches, self.prompt = on_benches, prompt
        self.floor = PlayedFloor(self.engine, plant, packer=self.pack_rest)
        self.pool: dict[int, list[str]] = defaultdict(list)  # meters of a lot that are on the line
        self.empty: dict[int, list[str]] = defaultdict(list)  # boxes that they came in
        self.pallets: dict[int, list[str]] = defaultdict(list)  # pallets that those came on
        self.filling: dict[tuple[int, int], str] = {}  # the pallet on which boxes of a lot and verdict are set
        self.told: dict[str, list[tuple[str, bool]]] = defaultdict(list)  # of whom, for which task, whether late
        self.meters = self.serial = 0

    def act(self, do: Callable[[Desk], Any]) -> Any:
        """Do something at a desk in its own transaction, and let the floor hear of it; a refusal changes nothing."""
        with Session(self.engine) as session:
            desk = Desk(session, self.floor.now_ms)
            try:
                found = do(desk)
            except Refused as no:
                return no
            desk.close()
            session.commit()
        self.floor.listen()
        if self.prompt:
            self.write()
        return found

    def read(self, query: str, **of: Any) -> list[tuple[Any, ...]]:
        """Return rows."""
        with Session(self.engine) as session:
            return [tuple(row) for row in session.connection().execute(sa.text(query), of)]

    def write(self) -> None:
        """Let everything that has happened become letters."""
        with Session(self.engine) as session:
            while stream.consume(session, self.floor.now_ms):
                session.commit()
            session.commit()

    def deliver(self, lot: int, pallets: int, boxes: int) -> None:
        """A maker announces a lot."""
        content = delivery(asn=f"ASN-{lot}", lot=f"LOT-{lot}", first=lot, pallets=pallets, boxes=boxes)
        with Session(self.engine) as session:
            assert import_delivery(session, content, at_ms=self.floor.now_ms).problems == ()
            session.commit()
        self.meters += pallets * boxes * FULL

    def half_a_year_goes_by(self) -> None:
        """Stock grows old; the laboratory has checked its standard."""
        self.floor.now_ms += 181 * DAY_MS
        if self.on_benches:
            good = standards.Finding("0.01", "0.05")
            self.act(lambda desk: standards.check(desk, "RS-BN1", good, by="lab"))

    def on_line(self) -> list[int]:
        """Return the lots that the line holds meters of."""
        for lot, unloaded in list(self.floor.in_line.items()):
            for pallet, boxes in unloaded:
                self.pallets[lot].append(pallet)
                self.empty[lot] += [box for box, _ in boxes]
                self.pool[lot] += [meter for _, meters in boxes for meter in meters]
            unloaded.clear()
        return sorted(lot for lot, meters in self.pool.items() if meters)

    def pack(self, lot: int, count: int, verdict: int) -> None:
        """Let the line pack one box of a lot before it is asked for the rest."""
        fact = self._one_box(lot, count, verdict)
        self.floor.tell(fact)
        if self.prompt:
            self.write()

    def pack_rest(self, lot: int) -> tuple[list[Fact], list[str]]:
        """Return the boxes that the rest of a lot comes out in, and the pallets that leave the line."""
        self.on_line()
        facts: list[Fact] = []
        while self.pool[lot]:
            facts.append(self._one_box(lot, FULL, PASS))
        mine = [key for key in self.filling if key[0] == lot]
        self.pallets[lot].clear()
        self.empty[lot].clear()
        return facts, [self.filling.pop(key) for key in sorted(mine)]

    def _one_box(self, lot: int, count: int, verdict: int) -> Fact:
        meters = [self.pool[lot].pop(0) for _ in range(min(count, FULL, len(self.pool[lot])))]
        if self.on_benches:
            self._test(lot, meters, verdict)
        if not self.on_benches:
            self._expect(lot, meters)
        pallet, box = self._pallet(lot, verdict), self._box(lot)
        listed = [[meter, verdict, self._seal(meter) if verdict == PASS else ""] for meter in meters]
        said = {"line": "VL1", "box": box, "pallet": pallet, "pile": 1, "verdict": verdict, "meters": listed}
        return Fact("BoxPacked", box, said)

    def _test(self, lot: int, meters: Sequence[str], verdict: int) -> None:
        """Let a bench test some meters, and book what it reports; a failure is one that is tested no second time."""
        self.serial += 1
        name = f"run-{self.serial}"
        valid = "SELECT 1 FROM meter_test WHERE bar_code = :code AND valid"
        none = [code for code in meters if not self.read(valid, code=code)]
        self._expect(lot, none if verdict == UNVERIFIED else meters)  # what has no verdict is told by its box
        with Session(self.engine) as session:
            lab.order(session, name, meters, lot=self._lot(lot), at_ms=self.floor.now_ms)
            given = benches.next_run(session, "BN1", at_ms=self.floor.now_ms)
            assert given is not None
            failed = ("withstand",) if verdict == FAIL else ()
            verdicts = tuple(
                MeterVerdict(position=n, bar_code=meter, verdict=WORDS[verdict], failed=failed)  # type: ignore[arg-type]
                for n, meter in enumerate(meters, 1)
            )
            benches.receive(session, lab.report(given, 1, verdicts=verdicts), at_ms=self.floor.now_ms)
            ran = table(BenchRunRow)
            session.connection().execute(sa.update(ran).where(ran.c.id == name).values(state="cleared"))
            session.commit()
        self.floor.tell(Fact("RunFinished", name, {"bench": "BN1", "state": "finished"}))

    def _expect(self, lot: int, meters: Sequence[str]) -> None:
        rows = self.read(_of_lot, lot=lot)
        assert rows, "a line is at work for nobody"
        key, state, _ = rows[0]
        for meter in meters:
            self.told[meter].append((key, state == "cancelling"))

    def _seal(self, meter: str) -> str:
        self.serial += 1
        if not self.on_benches:
            return f"S{self.serial}"
        seal = f"BJ{self.serial:08}"
        with Session(self.engine) as session:
            assert seals.sealed(session, cell="SE1", meters=[(meter, seal, "BN1:1")], at_ms=self.floor.now_ms) == []
            session.commit()
        return seal

    def _pallet(self, lot: int, verdict: int) -> str:
        if (lot, verdict) not in self.filling:
            self.serial += 1
            mine = self.pallets[lot]
            self.filling[lot, verdict] = mine.pop(0) if mine else f"N{self.serial:06}"
        return self.filling[lot, verdict]

    def _box(self, lot: int) -> str:
        self.serial += 1
        return self.empty[lot].pop(0) if self.empty[lot] else f"NB{self.serial:06}"

    def _lot(self, number: int) -> str:
        return str(self.read("SELECT code FROM lot WHERE number = :n", n=number)[0][0])
