"""The rules of verification, as data by edition: limits, times, rounding and verdicts, all in decimals.

Part of the door to the WCS: the bench engine decides re-readings by it, and so does anyone who checks a result.
Everything here is pure. A combination that an edition does not know raises RuleError, which names the field.
"""

from wcs.metrology.allowances import clock, daily_timing, daily_timing_by, switching, withstand
from wcs.metrology.edition import EDITIONS, Connection, Edition, Phase, edition, rules_for
from wcs.metrology.errors import RuleError
from wcs.metrology.intrinsic import intrinsic_error, limit_for, standard_deviation
from wcs.metrology.judgement import Judgement, Verdict
from wcs.metrology.meter import Meter, RatedCurrents, current_a, known_plate, rated_currents
from wcs.metrology.motion import (
    creep,
    creep_clause,
    creep_time_s,
    pulse_interval_s,
    starting,
    starting_limit_s,
    starting_time_s,
    written_s,
)
from wcs.metrology.registers import constant, demand, register
from wcs.metrology.rounding import round_half_even, rounded_value
from wcs.metrology.sampling import Plan, sampling
from wcs.metrology.spreads import consistency, repeatability, rising_falling, unbalanced_difference, variation

__all__ = [
    "EDITIONS",
    "Connection",
    "Edition",
    "Judgement",
    "Meter",
    "Phase",
    "Plan",
    "RatedCurrents",
    "RuleError",
    "Verdict",
    "clock",
    "consistency",
    "constant",
    "creep",
    "creep_clause",
    "creep_time_s",
    "current_a",
    "daily_timing",
    "daily_timing_by",
    "demand",
    "edition",
    "intrinsic_error",
    "known_plate",
    "limit_for",
    "pulse_interval_s",
    "rated_currents",
    "register",
    "repeatability",
    "rising_falling",
    "round_half_even",
    "rounded_value",
    "rules_for",
    "sampling",
    "standard_deviation",
    "starting",
    "starting_limit_s",
    "starting_time_s",
    "switching",
    "unbalanced_difference",
    "variation",
    "withstand",
    "written_s",
]
