"""Sampling plans against the printed table: normal inspection, single, level II."""

from __future__ import annotations

import pytest

from tests.unit.wcs.metrology.meters import d
from wcs.metrology import Plan, RuleError, sampling


@pytest.mark.parametrize(
    ("lot", "aql", "plan"),
    [
        (51, "1.0", ("E", 13, 0)), (90, "1.0", ("E", 13, 0)), (91, "1.0", ("E", 13, 0)), (150, "1.0", ("E", 13, 0)),
        (151, "1.0", ("H", 50, 1)), (280, "1.0", ("H", 50, 1)), (500, "1.0", ("H", 50, 1)), (501, "1.0", ("J", 80, 2)),
        (1200, "1.0", ("J", 80, 2)), (3200, "1.0", ("K", 125, 3)), (10_000, "1.0", ("L", 200, 5)),
        (35_000, "1.0", ("M", 315, 7)), (150_000, "1.0", ("N", 500, 10)), (500_000, "1.0", ("P", 800, 14)),
        (280, "0.40", ("G", 32, 0)), (500, "0.40", ("G", 32, 0)), (1200, "0.4", ("K", 125, 1)),
        (3200, "0.40", ("K", 125, 1)), (10_000, "0.40", ("L", 200, 2)), (35_000, "0.40", ("M", 315, 3)),
        (150_000, "0.40", ("N", 500, 5)), (500_000, "0.40", ("P", 800, 7)),
        (20_000, "6.5", ("L", 200, 21)), (600_000, "0.025", ("R", 2000, 1)), (20, "1.0", ("E", 13, 0)),
        (10, "1.0", ("E", 10, 0)),
    ],
)  # fmt: skip
def test_plans(lot: int, aql: str, plan: tuple[str, int, int]) -> None:
    letter, size, accept = plan
    assert sampling(lot, d(aql)) == Plan(letter, size, accept, accept + 1)


@pytest.mark.parametrize(("lot", "aql", "field"), [(1, "1.0", "lot_size"), (0, "1.0", "lot_size"), (100, "0.5", "aql")])
def test_what_the_table_does_not_have(lot: int, aql: str, field: str) -> None:
    with pytest.raises(RuleError) as caught:
        sampling(lot, d(aql))
    assert caught.value.field == field
