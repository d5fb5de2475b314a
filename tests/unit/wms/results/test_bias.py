"""The position-bias monitor: a position is told apart from the meters that hang on it."""

from __future__ import annotations

import random

from sqlalchemy.orm import Session

from tests.lab import meter, order, outcomes, report, staff, verdicts
from wms.results import bias, desk
from wms.results.rules import biases
from wms.stock import views as stock


def run(session: Session, number: int, *, off: dict[int, float], noise: random.Random) -> None:
    codes = [meter(number * 100 + n) for n in range(1, 21)]
    order(session, f"r{number}", codes)
    given = desk.next_run(session, "BN1", at_ms=number * 1000)
    assert given is not None
    found = outcomes(given, points=("Ib 1.0 all", "Imax 1.0 all"))
    found = [
        one.model_copy(update={"value": f"{noise.gauss(0, 0.05) + off.get(one.position, 0):.4f}"}) for one in found
    ]
    desk.receive(session, report(given, 1, outcomes=tuple(found), verdicts=verdicts(given)), at_ms=number * 1000)
    session.connection().exec_driver_sql("DELETE FROM bench_run")


def test_a_biased_position_is_told_after_some_runs(session: Session) -> None:
    staff(session)
    noise = random.Random(1)
    for number in range(1, 10):
        run(session, number, off={7: 0.3, number: 2.5}, noise=noise)  # another meter is far off in each run
        suspects = [one.position for one in bias.of_bench(session, "BN1") if one.suspect]
        assert suspects == ([7] if number >= 8 else [])
    (asked,) = stock.clarifications(session)
    assert (asked.subject, asked.reason) == ("position:BN1:7", "position_biased")
    assert abs(float(asked.params["percent"]) - 0.3) < 0.1


def test_equal_positions_are_not_suspect() -> None:
    assert not [one for one in biases({n: [0.01 * (n % 3)] * 9 for n in range(1, 61)}) if one.suspect]
