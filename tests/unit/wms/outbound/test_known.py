"""A key is one wish: the same one gives the same order, another one is refused, whoever uses it."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.unit.wms.marketing.site import a_site
from wms.errors import Refused
from wms.outbound import service
from wms.outbound.service import Wish

MODEL, LINE = "DDZY2026", "VL1"


def wished(engine: Engine, *lines: Wish, key: str = "k") -> int:
    with Session(engine) as session:
        number = service.create_distribution(session, key=key, lines=lines, at_ms=1)
        session.commit()
        return number


def called(engine: Engine, lot: str, line: str) -> int:
    with Session(engine) as session:
        number = service.create_verification(session, key="k", lot=lot, line=line, at_ms=1)
        session.commit()
        return number


def test_a_distribution_is_known_by_what_each_district_gets(engine: Engine) -> None:
    a_site(engine)
    order = wished(engine, ("n", MODEL, 30), ("n", MODEL, 15))
    assert wished(engine, ("n", MODEL, 45)) == order
    for other in ([("n", MODEL, 30)], [("n", MODEL, 45), ("n", MODEL, 15)]):
        with pytest.raises(Refused, match="order_with_that_key"):
            wished(engine, *other)
    assert wished(engine, ("n", MODEL, 30), key="other") != order


def test_a_verification_is_known_by_lot_and_line(engine: Engine) -> None:
    a_site(engine)
    order = called(engine, "LOT-1", LINE)
    assert called(engine, "LOT-1", LINE) == order
    with pytest.raises(Refused, match="order_with_that_key"):
        called(engine, "LOT-2", LINE)
    with pytest.raises(Refused, match="order_with_that_key"):
        wished(engine, ("n", MODEL, 30))
