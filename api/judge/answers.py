"""From one line of text to one answer: the verdict with its limit and clause, or an error that names the field."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from api.judge import records
from api.judge.loads import must_agree
from api.judge.reading import Unjudged, parsed, record_of
from api.judge.records import Record
from wcs import metrology
from wcs.metrology import Judgement, Meter, RuleError

Answer = dict[str, Any]
_SUFFIX = {"%": "percent", "s": "s", "s/d": "s_d", "pulses": "pulses"}


def answer(line: str, number: int) -> Answer:
    """Return what the judge says of line `number`; an error is an answer too, and has the key "error".

    It begins with the id of the record, or with the number of its line where it has none.
    """
    told: Answer = {"line": number}
    try:
        found = parsed(line)
        if isinstance(found.get("id"), str | int) and not isinstance(found["id"], bool):
            told = {"id": found["id"]}
        return told | _judged(record_of(found))
    except RuleError as error:
        problems: tuple[tuple[str, str], ...] = ((error.field, error.message),)
    except Unjudged as error:
        problems = error.problems
    return told | {
        "line": number,
        "error": "; ".join(f"{field}: {message}" for field, message in problems),
        "field": problems[0][0].partition(".")[0],
        "problems": [{"field": field, "message": message} for field, message in problems],
    }


def _judged(record: Record) -> Answer:
    match record:
        case records.DailyTiming():
            _plate_is_known(record)
            found = metrology.daily_timing_by(record.rules, readings_s_d=record.readings_s_d)
            return _told(found, "mean_s_d")
        case records.StartingTime():
            return _starting_time(_meter(record))
        case records.CreepTime():
            meter = _meter(record)
            return {"limit_time_s": _seconds(metrology.creep_time_s(meter)), "clause": metrology.creep_clause(meter)}
        case records.Starting():
            meter = _meter(record)
            return _told(_starting(meter, record), "first_pulse_s") | {"limit_time_s": _formula_s(meter)}
        case records.Creep():
            meter = _meter(record)
            judged = metrology.creep(
                meter, pulses=record.pulses, observed_s=record.observed_s, most_pulses=record.most_pulses
            )
            return _told(judged, "pulses") | {"limit_time_s": _seconds(metrology.creep_time_s(meter))}
        case _:
            name, judge = _JUDGES[type(record)]
            return _told(judge(_meter(record), record), name)


def _meter(record: Any) -> Meter:
    """Return the meter that a record speaks of; raises RuleError for a load that is not the one of its rule."""
    meter = Meter(
        record.rules, record.accuracy_class, record.phase, record.connection, record.current_spec,
        record.rated_voltage_v, record.constant_imp_kwh,
    )  # fmt: skip
    if isinstance(record, records.AtItsLoad):
        must_agree(record, meter)
    return meter


def _plate_is_known(record: records.DailyTiming) -> None:
    """Raise RuleError for a name plate that the edition does not know, as far as one is told."""
    plate = (record.accuracy_class, record.phase, record.connection)
    if record.current_spec is None or None in plate:
        metrology.known_plate(record.rules, accuracy_class=plate[0], phase=plate[1], connection=plate[2])
    else:
        _meter(record)


def _intrinsic(meter: Meter, record: records.IntrinsicError) -> Judgement:
    return metrology.intrinsic_error(
        meter, current_a=record.current_a, power_factor=record.power_factor, balanced=record.balanced,
        readings=record.readings_percent,
    )  # fmt: skip


def _deviation(meter: Meter, record: records.StandardDeviation) -> Judgement:
    return metrology.standard_deviation(
        meter, current_a=record.current_a, power_factor=record.power_factor, balanced=record.balanced,
        readings=record.readings_percent,
    )  # fmt: skip


def _difference(meter: Meter, record: records.UnbalancedDifference) -> Judgement:
    return metrology.unbalanced_difference(
        meter, balanced=record.balanced_percent, unbalanced=record.unbalanced_percent
    )


def _starting(meter: Meter, record: records.Starting) -> Judgement:
    untold = "second_pulse_s" not in record.model_fields_set
    if untold and meter.book.starting.pulses > 1 and record.first_pulse_s is not None:
        raise RuleError("second_pulse_s", f"{record.rules} needs it; null says that no second pulse came")
    return metrology.starting(meter, first_pulse_s=record.first_pulse_s, second_pulse_s=record.second_pulse_s)


def _constant(meter: Meter, record: records.Constant) -> Judgement:
    return metrology.constant(meter, counted_pulses=record.counted_pulses, energy_kwh=record.energy_kwh)


def _register(meter: Meter, record: records.ConstantByRegister) -> Judgement:
    return metrology.register(meter, shown_kwh=record.shown_kwh, reference_kwh=record.reference_kwh)


_JUDGES: dict[type[Record], tuple[str, Callable[[Meter, Any], Judgement]]] = {
    records.IntrinsicError: ("mean_percent", _intrinsic),
    records.StandardDeviation: ("deviation_percent", _deviation),
    records.UnbalancedDifference: ("difference_percent", _difference),
    records.Constant: ("error_percent", _constant),
    records.ConstantByRegister: ("error_percent", _register),
}
"""What the judged value is called, and who judges it."""


def _starting_time(meter: Meter) -> Answer:
    """Return the times of starting: the formula's own (t_Q or τ), and what the pulses are held to."""
    return {
        "limit_time_s": _formula_s(meter),
        "first_pulse_within_s": _seconds(metrology.starting_limit_s(meter)),
        "decided_within_s": _seconds(metrology.starting_time_s(meter)),
        "clause": meter.book.clauses["starting"],
    }


def _formula_s(meter: Meter) -> str:
    """Return the time that the edition's own formula gives: t_Q, or τ, of which the pulses are allowed 1.5."""
    one = meter.book.starting.pulses == 1
    return _seconds(metrology.starting_limit_s(meter) if one else metrology.pulse_interval_s(meter))


def _told(found: Judgement, name: str) -> Answer:
    """Return a judgement under the names of its unit; figures are decimal texts."""
    suffix = _SUFFIX[found.unit]
    told: Answer = {
        f"limit_{suffix}": None if found.limit is None else f"{found.limit:f}",
        name: None if found.value is None else _trimmed(found.value),
        f"rounded_{suffix}": found.rounded or None,
        "verdict": found.verdict,
        "clause": found.clause,
    }
    return told | ({"more_readings": found.more} if found.more else {})


def _seconds(value: Decimal) -> str:
    return f"{metrology.written_s(value):f}"


def _trimmed(value: Decimal) -> str:
    """Return a figure without idle zeros.

    >>> _trimmed(Decimal("0.6650")), _trimmed(Decimal("2.00")), _trimmed(Decimal(30))
    ('0.665', '2.0', '30')
    """
    text = f"{value:f}"
    if "." not in text:
        return text
    text = text.rstrip("0")
    return text + "0" if text.endswith(".") else text
