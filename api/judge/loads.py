"""The load that a rule holds at: whoever tells one in a record is told when it is another."""

from __future__ import annotations

import re
from decimal import Decimal

from api.judge import records
from api.judge.records import AtItsLoad
from wcs.metrology import Meter, RuleError, current_a, limit_for

_CLOSE_A = Decimal("0.000001")  # a current worked out in floats, as 0.003 x 1.5, is a hair off
_UNITY = re.compile(r"1(\.0{1,3})?")
_AT: dict[type[AtItsLoad], tuple[str, str]] = {
    records.UnbalancedDifference: ("Ib", "the difference holds at Ib or In"),
    records.Starting: ("Ist", "starting is tested at the starting current"),
    records.StartingTime: ("Ist", "starting is tested at the starting current"),
    records.Creep: ("0", "creep is tested without current"),
    records.CreepTime: ("0", "creep is tested without current"),
}


def must_agree(record: AtItsLoad, meter: Meter) -> None:
    """Raise RuleError that names what a record tells of its load and its rule does not hold at."""
    if record.power_factor is not None and not _UNITY.fullmatch(record.power_factor.strip()):
        raise RuleError("power_factor", f"{record.power_factor} is not 1, at which the rule of this item holds")
    if isinstance(record, records.UnbalancedDifference):
        pass  # it has both loads
    elif not record.balanced:
        raise RuleError("balanced", "the rule of this item holds with all phases loaded")
    if record.current_a is None:
        return
    at = _AT.get(type(record))
    if at is None:
        _like_imax(meter, record.current_a)
    elif abs(current_a(meter, at[0]) - record.current_a) > _CLOSE_A:
        raise RuleError("current_a", f"{at[1]}, {current_a(meter, at[0]).normalize():f} A of this meter")


def _like_imax(meter: Meter, told_a: Decimal) -> None:
    """Raise RuleError for a current at which the limit is not that of Imax, by which the constant is judged."""
    if limit_for(meter, current_a=told_a) != limit_for(meter, current_a=current_a(meter, "Imax")):
        raise RuleError("current_a", "the constant is judged where the limit of the error is that of Imax")
