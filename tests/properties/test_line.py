"""Any small line, with any luck on its benches: all meters come out, each once, in boxes of one lot and verdict."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from plc.plant.model import Plant
from simulation.study import Study
from tests.system.cells import Site, cells_data
from tests.system.test_line import Watch, delivery, draw, two_lots
from wcs.bench.records import MeterVerdict, Place, Run
from wcs.store import make_engine
from wms.stock import views as stock
from wms.stock.tables import AssetRow, BoxRow

BOXES = 2


@dataclass(frozen=True)
class Luck:
    """How often a test fails or is given up, as shares of all tests."""

    seed: int
    fails: float
    aborts: float

    def judge(self, run: Run, place: Place) -> MeterVerdict:
        lot = draw(self.seed, run.id, place.bar_code)
        verdict = "fail" if lot < self.fails else "aborted" if lot < self.fails + self.aborts else "pass"
        failed = ("intrinsic_error",) if verdict == "fail" else ()
        return MeterVerdict(position=place.position, bar_code=place.bar_code, verdict=verdict, failed=failed)


LUCK = st.builds(Luck, st.integers(1, 99), st.sampled_from([0.0, 0.1, 1.0]), st.sampled_from([0.0, 0.1, 0.6]))
ROOM = st.integers(1, 3)


@st.composite
def lines(pick: st.DrawFn) -> dict[str, Any]:
    """Return a plant whose line has little or much of everything."""
    data = cells_data(carriers=pick(st.integers(6, 20)), batch_wait_s=pick(st.sampled_from([60, 600])))
    cells = data["lines"]["VL1"]["cells"]
    for name in ("WV1", "IM1", "SO1", "SE1", "LB1", "PC1"):
        cells[name]["capacity"] = pick(ROOM) + (name == "SO1")
    cells["PC1"] |= {"magazine": pick(st.integers(4, 6)), "call_at": pick(st.integers(1, 6))}
    for name in ("BN1", "BN2"):
        cells[name] = cells[name] | {"positions": pick(st.sampled_from([15, 30, 45]))}
    for name in pick(st.sets(st.sampled_from(["WV1", "IM1", "LB1", "BN2"]))):
        del cells[name]
    return data


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(lines(), LUCK)
def test_every_meter_comes_out_of_any_line(data: dict[str, Any], luck: Luck) -> None:
    engine = make_engine("sqlite://")
    with tempfile.TemporaryDirectory() as folder:
        truth, books = delivery(Path(folder), two_lots(BOXES))
        site = Site(Plant.model_validate(data), engine, truth, books, luck.judge, check=Watch(engine))
        site.work(study=Study(seed=luck.seed))
    with Session(engine) as session:
        totals = stock.totals(session)
        boxes = {row.code: row for row in session.execute(sa.select(BoxRow.code, BoxRow.lot, BoxRow.verdict)).all()}
        meters = session.execute(sa.select(AssetRow.box, AssetRow.lot, AssetRow.verdict, AssetRow.seal)).all()
    accounted = totals.meters_in_stock + totals.meters_rejected + totals.quarantine
    assert accounted == len(meters) == 2 * 2 * BOXES * 15
    assert all((boxes[m.box].lot, boxes[m.box].verdict) == (m.lot, m.verdict) for m in meters)
    assert [m for m in meters if (m.verdict == 1) != bool(m.seal)] == []
    assert not any(count > 1 for count in site.world.executed.values())
