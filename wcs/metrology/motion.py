"""Starting and creep: whether a meter registers when it must, and keeps still when it must."""

from __future__ import annotations

from decimal import Decimal, localcontext

from wcs.metrology.errors import RuleError
from wcs.metrology.judgement import Judgement, passes
from wcs.metrology.meter import CIRCUITS, Meter, current_a
from wcs.metrology.rounding import EXACT

_WS_PER_KWH = Decimal(3_600_000)
_MINUTE_S, _HOUR_S = Decimal(60), Decimal(3600)
_DECIMALS = 6


def written_s(value: Decimal) -> Decimal:
    """Return a time as records have it: to the microsecond, without idle zeros.

    >>> written_s(Decimal(7200) / 11), written_s(Decimal("864.000"))
    (Decimal('654.545455'), Decimal('864'))
    """
    rounded = EXACT.quantize(value, Decimal(1).scaleb(-_DECIMALS)).normalize(EXACT)
    return EXACT.quantize(rounded, Decimal(1)) if rounded == rounded.to_integral_value() else rounded


def pulse_interval_s(meter: Meter) -> Decimal:
    """Return the seconds from pulse to pulse at the starting current: τ = 3.6·10⁶ / (m·C·Un·Ist)."""
    with localcontext(EXACT):
        return _WS_PER_KWH / _rate(meter, "Ist")


def starting_limit_s(meter: Meter) -> Decimal:
    """Return the seconds within which the first pulse must come at the starting current.

    JJG 596-2012: t_Q = 1.2·60·1000 / (C·m·Un·I_Q) min. Newer editions: 1.5 τ, and 1.5 τ more for the second pulse.
    Raises RuleError if voltage or constant is not given.

    >>> meter = Meter("JJG596-2012", "2", "1p2w", "direct", "5(60)", Decimal(220), Decimal(1200))
    >>> round(starting_limit_s(meter) / 60, 3)
    Decimal('10.909')
    """
    return EXACT.multiply(pulse_interval_s(meter), meter.book.starting.allowance)


def starting_time_s(meter: Meter) -> Decimal:
    """Return the seconds after which starting is decided at the latest: t_Q, or 3 τ in the newer editions."""
    rule = meter.book.starting
    return EXACT.multiply(pulse_interval_s(meter), rule.total or rule.allowance)


def starting(meter: Meter, *, first_pulse_s: Decimal | None, second_pulse_s: Decimal | None = None) -> Judgement:
    """Judge when the pulses came at the starting current, both in seconds since it was switched on; None: none came.

    JJG 596-2012 asks for one pulse within t_Q. The newer editions ask for a first one in less than 1.5 τ and for a
    second one at most 1.5 τ after it; the error at that load is a point of the intrinsic error. Times are held
    against each other to the microsecond, as they are written.
    """
    limit, rule = written_s(starting_limit_s(meter)), meter.book.starting
    if first_pulse_s is not None and second_pulse_s is not None and second_pulse_s < first_pulse_s:
        raise RuleError("second_pulse_s", "the second pulse cannot come before the first")
    first = None if first_pulse_s is None else written_s(first_pulse_s)
    good = first is not None and (first < limit or (rule.inclusive and first == limit))
    if rule.pulses > 1 and good:
        assert first_pulse_s is not None
        good = second_pulse_s is not None and written_s(second_pulse_s - first_pulse_s) <= limit
    shown = "" if first is None else f"{first:f}"
    return Judgement(passes(good=good), limit, first, shown, "s", meter.book.clauses["starting"])


def creep_time_s(meter: Meter) -> Decimal:
    """Return the seconds that a meter must be observed without current.

    JJG 596-2012: k·10⁶ / (C·m·Un·Imax) min at 115 % Un. Newer editions: 10⁵ / (1.1·b·C·m·Un·Imin) h at 110 % Un.
    """
    rule = meter.book.creep
    with localcontext(EXACT):
        rate = _rate(meter, rule.current)
        if rule.k is not None:
            return rule.k[meter.accuracy_class] * 1_000_000 * _MINUTE_S / rate
        assert rule.base_error is not None
        return 100_000 * _HOUR_S / (rule.voltage * rule.base_error[meter.accuracy_class] * rate)


def creep(meter: Meter, *, pulses: int, observed_s: Decimal, most_pulses: int | None = None) -> Judgement:
    """Judge how many pulses came without current in an observation of `observed_s` seconds.

    At most one by the regulation; `most_pulses` 0 is the stricter rule of some schemes. Raises
    RuleError("observed_s") where too few pulses came in too short a time to say anything. Both times count to the
    microsecond, so that what was told as the limit time is long enough.
    """
    rule = meter.book.creep
    least_s, most = written_s(creep_time_s(meter)), rule.most_pulses if most_pulses is None else most_pulses
    if pulses < 0:
        raise RuleError("pulses", "cannot be below 0")
    if pulses <= most and written_s(observed_s) < least_s:
        raise RuleError("observed_s", f"creep must be observed for at least {least_s:f} s")
    clause = creep_clause(meter, most_pulses=most)
    return Judgement(passes(good=pulses <= most), Decimal(most), Decimal(pulses), str(pulses), "pulses", clause)


def creep_clause(meter: Meter, *, most_pulses: int | None = None) -> str:
    """Return the clause of creep with the figures of the meter's class."""
    rule = meter.book.creep
    figures = rule.k or rule.base_error or {}
    most = rule.most_pulses if most_pulses is None else most_pulses
    return meter.book.clauses["creep"].format(pulses=most, k=figures[meter.accuracy_class])


def _rate(meter: Meter, symbol: str) -> Decimal:
    """Return C·m·Un·I in imp·W/kWh."""
    voltage, constant = meter.rated_voltage_v, meter.constant_imp_kwh
    if voltage is None:
        raise RuleError("rated_voltage_v", "is needed for a time")
    if constant is None:
        raise RuleError("constant_imp_kwh", "is needed for a time")
    return constant * CIRCUITS[meter.phase] * voltage * current_a(meter, symbol)
