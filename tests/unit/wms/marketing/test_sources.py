"""Where tasks come from: failed meters and meters in use verified again, and sources that only a site has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from api.marketing import office
from api.marketing.receivers import MarketingError
from tests.unit.wms.marketing.site import a_site, do, letters, row, states
from tests.unit.wms.played_floor import PlayedFloor
from wcs import journal
from wms import setup
from wms.errors import Refused
from wms.marketing import cancelling, proposals, returns, sampling, sources, tasks
from wms.marketing.returns import Scan
from wms.marketing.tasks import Wish
from wms.outbound import service
from wms.results import samples

SITE = """
sources:
  - {source: storm, kind: recheck, purpose: recheck, states: [returned], zh: 灾后复检, en: back from a flood}
"""


def meters_of(engine: Engine, where: str) -> dict[str, list[str]]:
    """Return the meters of boxes that meet a condition, by box."""
    with Session(engine) as session:
        query = f"SELECT b.code, a.bar_code FROM box b JOIN asset a ON a.box = b.code WHERE {where} ORDER BY 1, 2"
        found: dict[str, list[str]] = {}
        for box, code in session.connection().execute(sa.text(query)):
            found.setdefault(box, []).append(code)
    return found


def verified(engine: Engine, *, failing: int = 0, boxes: int = 10) -> PlayedFloor:
    """Return a floor on which a lot was verified; the meters of the first `failing` boxes have failed."""
    floor = a_site(engine, pallets=1, boxes=boxes)
    bad = list(meters_of(engine, "b.meters > 0").values())[:failing]
    floor.failing = frozenset(code for codes in bad for code in codes)
    do(floor, tasks.take, Wish("T1", "LOT-1", approval=False))
    floor.settle()
    floor.failing = frozenset()
    return floor


def back_from_the_field(engine: Engine, boxes: int = 10, back: int = 8) -> PlayedFloor:
    """Return a floor whose lot has left to a district, and of which some boxes were dismantled and sent back."""
    floor = verified(engine, boxes=boxes)
    with Session(engine) as session:
        wanted = [("n", "DDZY2026", boxes * 15)]
        service.create_distribution(session, key="d1", lines=wanted, at_ms=floor.now_ms)
        session.commit()
    floor.take()
    floor.settle()
    content = dict(list(meters_of(engine, "b.state = 'shipped'").items())[:back])
    said: dict[str, Any] = {"key": "R1", "district": "n", "kind": "dismantled", "boxes": content}
    note = do(floor, returns.announce, **said)
    for box, codes in content.items():
        assert do(floor, returns.scan, note, Scan(box, tuple(codes), "RP1"), by="li") == "sorting"
    floor.arrive("RP1")
    floor.settle()
    return floor


def test_meters_that_failed_once_are_verified_again_and_the_others_stay(engine: Engine) -> None:
    floor = verified(engine, failing=10)
    assert states(floor) == {"rejected": 150}
    do(floor, tasks.take, Wish("F1", "LOT-1", "failed_again"))
    (said,) = [one for one in letters(floor, "proposal") if one["task"] == "F1"]
    assert said["meters"] == 150
    do(floor, proposals.approve, "F1", round_=1)
    floor.settle()
    assert states(floor) == {"qualified": 150}
    assert row(floor, "F1").state == "finished"


def test_a_second_recheck_waits_until_the_first_is_over_and_goes_on_by_itself(engine: Engine) -> None:
    floor = verified(engine)
    do(floor, tasks.take, Wish("A", "LOT-1", "quality", quantity=150, approval=False))
    do(floor, tasks.take, Wish("B", "LOT-1", "quality", quantity=150, approval=False))
    assert row(floor, "B").reason == "lot_under_verification"
    floor.settle()
    assert (row(floor, "A").state, row(floor, "B").state) == ("finished", "finished")


def test_meters_in_use_are_sampled_and_released_only_when_the_sample_is_accepted(engine: Engine) -> None:
    floor = back_from_the_field(engine)
    assert states(floor) == {"returned": 120, "shipped": 30}
    do(floor, tasks.take, Wish("S1", "LOT-1", "running_sampling", approval=False))
    with Session(engine) as session:
        seen = samples.sample(session, row(floor, "S1").sample)
    assert (seen.lot_size, seen.size) == (150, 13)  # GB/T 2828.1: letter F, whose plan for AQL 1.0 is that of E
    floor.settle()
    assert states(floor)["qualified"] == 120
    with Session(engine) as session:
        assert samples.sample(session, row(floor, "S1").sample).state == "accepted"
        facts = journal.read(session, 0, 10_000)
        open_ = session.connection().execute(sa.text("SELECT count(*) FROM clarification WHERE closed_ms = 0")).scalar()
    told = [one.id for one in facts if one.payload.get("reason") == sampling.WAITS]
    decided = [one.id for one in facts if one.kind == "SampleDecided"]
    assert len(told) == 8 and max(told) < decided[-1]  # each box has waited for it
    assert open_ == 0


def test_a_rejected_sample_of_meters_in_use_releases_nothing(engine: Engine) -> None:
    floor = back_from_the_field(engine)
    do(floor, tasks.take, Wish("S1", "LOT-1", "running_sampling", approval=False))
    floor.failing = frozenset(code for codes in meters_of(engine, "b.state = 'to_verify'").values() for code in codes)
    floor.settle()
    assert states(floor) == {"to_maker": 120, "shipped": 30}


def test_a_sampling_task_that_is_taken_back_leaves_its_boxes_as_they_were_and_its_lot_free(engine: Engine) -> None:
    floor = back_from_the_field(engine)
    do(floor, tasks.take, Wish("S1", "LOT-1", "running_sampling", approval=False))
    number = row(floor, "S1").sample
    do(floor, cancelling.cancel, "S1", reason="other lot")
    floor.settle()
    assert states(floor) == {"returned": 120, "shipped": 30}
    with Session(engine) as session:
        assert samples.sample(session, number).state == "dropped"
    do(floor, tasks.take, Wish("S2", "LOT-1", "running_sampling", approval=False))
    assert row(floor, "S2").state == "running"


def test_a_site_adds_a_source_by_its_file_and_it_is_still_there_after_a_start(engine: Engine, tmp_path: Path) -> None:
    floor, file = back_from_the_field(engine), tmp_path / "marketing.yaml"
    with pytest.raises(Refused, match="unknown_task_source"):
        do(floor, tasks.take, Wish("X1", "LOT-1", "storm"))
    file.write_text(SITE, encoding="utf-8")
    with Session(engine) as session:
        office.enter(session, file, at_ms=0)
        setup.seed(session, floor.plant)
        session.commit()
        assert sources.source_of(session, "storm").zh == "灾后复检"
    do(floor, tasks.take, Wish("X1", "LOT-1", "storm", approval=False))
    floor.settle()
    assert states(floor) == {"qualified": 120, "shipped": 30}


@pytest.mark.parametrize(
    "wrong",
    [
        "{source: x, kind: verify, purpose: first, states: [qualified], zh: x, en: x}",
        "{source: x, kind: recheck, purpose: recheck, states: [], zh: x, en: x}",
        "{source: x, kind: recheck, purpose: recheck, states: [returned], hold: true, zh: x, en: x}",
        "{source: X Y, kind: recheck, purpose: recheck, states: [returned], zh: x, en: x}",
        "{source: x, kind: recheck, purpose: other, states: [returned], zh: x, en: x}",
        "\n  - ".join(["{source: x, kind: count, purpose: first, zh: x, en: x}"] * 2),
    ],
)
def test_a_source_that_cannot_be_is_refused_by_name(wrong: str, engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "marketing.yaml"
    file.write_text(f"sources:\n  - {wrong}\n", encoding="utf-8")
    with Session(engine) as session, pytest.raises(MarketingError, match="sources"):
        office.enter(session, file, at_ms=0)
