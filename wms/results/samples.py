"""Samples of lots by GB/T 2828.1: drawn without choice, decided by the tests that hold."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wcs import metrology
from wcs.metrology import Plan, RuleError
from wms.desk import Desk
from wms.errors import Refused
from wms.results.paper_tables import SampleMeterRow, SampleRow
from wms.results.tables import MeterTestRow
from wms.rows import table
from wms.stock.tables import AssetRow, LotRow

_sample, _member, _test = table(SampleRow), table(SampleMeterRow), table(MeterTestRow)
_asset, _lot = table(AssetRow), table(LotRow)


WORDS = {1: "pass", 2: "fail"}


class SampleView(BaseModel):
    """A sample with how far it is: `tested` since it was drawn, `bad` of them."""

    number: int
    lot: str
    aql: str
    lot_size: int
    letter: str
    size: int
    accept: int
    reject: int
    state: str
    tested: int
    bad: int
    drawn_by: str
    drawn_ms: int
    decided_by: str
    decided_ms: int
    meters: list[str]


def plan_for(lot_size: int, aql: str) -> Plan:
    """Return how many to draw; raises Refused for a lot size or AQL that the standard does not have."""
    try:
        return metrology.sampling(lot_size, Decimal(aql))
    except (RuleError, InvalidOperation) as error:
        raise Refused("no_sampling_plan", lot_size=lot_size, aql=aql[:20], why=str(error)[:200]) from error


def draw(desk: Desk, lot: str, *, aql: str, by: str, among: Collection[str] = (), stands_for: int = 0) -> int:
    """Draw a sample of a lot, with `among` of these meters only; return its number. Raises Refused while one is open.

    It stands for `stands_for` meters; 0: for all of the lot.

    Whoever draws cannot choose: the order is that of a hash over the number of the sample and the bar code, so that
    anybody can draw it again.
    """
    row = desk.connection.execute(sa.select(_lot.c.number).where(_lot.c.code == lot)).first()
    if row is None:
        raise Refused("unknown_lot", lot=lot)
    pending = sa.select(_sample.c.number).where(_sample.c.lot == lot, sa.text("state = 'drawn'"))
    if desk.connection.execute(pending).first() is not None:
        raise Refused("sample_open", lot=lot)
    mine = sa.select(_asset.c.bar_code).where(_asset.c.lot == row.number).order_by(_asset.c.bar_code)
    codes = list(desk.connection.execute(mine).scalars())
    size = stands_for or len(codes)
    plan = plan_for(size, aql)
    if 0 < len(among) < plan.size:
        raise Refused("too_few_for_sample", lot=lot, size=plan.size, meters=len(among))
    new = {
        "lot": lot, "aql": aql, "lot_size": size, "letter": plan.letter, "size": plan.size,
        "accept": plan.accept, "reject": plan.reject, "drawn_by": by, "drawn_ms": desk.at_ms,
    }  # fmt: skip
    number = int(desk.connection.execute(sa.insert(_sample), new).inserted_primary_key[0])  # type: ignore[index]
    there = set(codes).intersection(among) if among else codes
    drawn = sorted(there, key=lambda code: hashlib.sha256(f"{number}:{code}".encode()).digest())[: plan.size]
    desk.connection.execute(sa.insert(_member), [{"sample": number, "bar_code": code} for code in sorted(drawn)])
    desk.book("SampleDrawn", lot, sample=number, size=plan.size, accept=plan.accept, reject=plan.reject, by=by)
    return number


def decide(desk: Desk, number: int, *, by: str) -> str:
    """Accept or reject a lot by its sample; return "accepted" or "rejected".

    A lot is rejected as soon as too many are bad, and accepted when all are tested; raises Refused before.
    """
    seen = sample(desk.session, number)
    if seen.state != "drawn":
        raise Refused("sample_is", sample=number, state=seen.state)
    if seen.bad < seen.reject and seen.tested < seen.size:
        raise Refused("sample_not_tested", sample=number, tested=seen.tested, size=seen.size)
    state = "rejected" if seen.bad >= seen.reject else "accepted"
    values = {"state": state, "bad": seen.bad, "decided_by": by, "decided_ms": max(1, desk.at_ms)}
    desk.connection.execute(sa.update(_sample).where(_sample.c.number == number).values(**values))
    desk.book("SampleDecided", seen.lot, sample=number, state=state, bad=seen.bad, by=by)
    return state


def drop(desk: Desk, number: int, *, by: str, reason: str = "") -> None:
    """Give up a sample that is not decided, so that another one can be drawn; raises Refused for one that is."""
    seen = sample(desk.session, number)
    if seen.state != "drawn":
        raise Refused("sample_is", sample=number, state=seen.state)
    values = {"state": "dropped", "bad": seen.bad, "decided_by": by, "decided_ms": max(1, desk.at_ms)}
    desk.connection.execute(sa.update(_sample).where(_sample.c.number == number).values(**values))
    desk.book("SampleDropped", seen.lot, sample=number, reason=reason, by=by)


def sample(session: Session, number: int) -> SampleView:
    """Return a sample; raises Refused if there is none."""
    row = session.connection().execute(sa.select(_sample).where(_sample.c.number == number)).mappings().first()
    if row is None:
        raise Refused("unknown_sample", sample=number)
    members = sa.select(_member.c.bar_code).where(_member.c.sample == number).order_by(_member.c.bar_code)
    codes = list(session.connection().execute(members).scalars())
    counted = _counted(session, row)
    bad = counted.get("fail", 0) if row["state"] == "drawn" else row["bad"]
    return SampleView.model_validate(dict(row) | {"bad": bad, "tested": sum(counted.values()), "meters": codes})


def samples(session: Session, lot: str, *, limit: int = 50) -> list[SampleView]:
    """Return the samples of a lot, the newest first."""
    query = sa.select(_sample.c.number).where(_sample.c.lot == lot).order_by(_sample.c.number.desc()).limit(limit)
    return [sample(session, number) for number in session.connection().execute(query).scalars()]


def _counted(session: Session, row: Any) -> dict[str, int]:
    """Return how many meters of a sample have which verdict, by tests since it was drawn."""
    query = (
        sa.select(_test.c.verdict, sa.func.count())
        .join(_member, _member.c.bar_code == _test.c.bar_code)
        .where(_member.c.sample == row["number"], sa.text("valid"), _test.c.ended_ms >= row["drawn_ms"])
        .group_by(_test.c.verdict)
    )
    found = Counter({verdict: n for verdict, n in session.connection().execute(query)})
    known = sa.exists().where(_test.c.bar_code == _asset.c.bar_code, sa.text("valid"))
    by_box = sa.select(_asset.c.verdict, sa.func.count()).join(_member, _member.c.bar_code == _asset.c.bar_code)
    by_box = by_box.where(_member.c.sample == row["number"], _asset.c.verdict > 0, ~known)
    by_box = by_box.where(_asset.c.verified_ms >= row["drawn_ms"]).group_by(_asset.c.verdict)
    for verdict, n in session.connection().execute(by_box):
        found[WORDS[verdict]] += n  # a line with a control of its own says it by the box
    return dict(found)
