"""Our test items as the platform's item results: one builder for each point of an item (v*MeterConc). Pure.

A point is what a bench has booked: {point, verdict, raw, readings, value, rounded, limit, unit, cause, at_ms}. Items of
the interface that we do not test have no builder; docs/platform.md names them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wms.marketing.platform.codebook import CodeBook
from wms.marketing.platform.site import Site
from wms.marketing.platform.values import Body, both_ways, figure, first, joined, whole

Point = Mapping[str, Any]
Filled = tuple[str, Body]
"""The list that a result belongs to, and what it says there beside what all results say."""
Builder = Callable[[Point, Site, CodeBook], list[Filled]]
CONCLUSIONS = {
    "appearance": "intuitConcCode", "withstand": "voltConcCode", "parameters": "presetPara1CheckConcCode",
    "communication": "comminicateMetConcCode", "creep": "creepingConcCode", "starting": "startingConcCode",
    "intrinsic_error": "basicErrorConcCode", "standard_deviation": "deviationMetConc", "variation": "errorConcCode",
    "consistency": "consistConcCode", "rising_falling": "variationConcCode", "repeatability": "meaRepConcCode",
    "constant": "constConcCode", "daily_timing": "dayerrConcCode", "clock": "clockValueConcCode",
    "time_switching": "tsConcCode", "demand": "valueConcCode", "security": "esamConcCode",
    "fee_control": "controlFuncConcCode", "clearing": "resetEqMetConcCode", "key_download": "keyConcCode",
}  # fmt: skip
"""The field of MeterVeriCompConc that each of our items decides."""
SPREADS = frozenset({"variation", "consistency", "rising_falling", "repeatability"})
_RUN_READINGS = 3  # before, after, and the reference standard's energy
_LOAD_PARTS = 3
SWITCHES = {"trip": "vSwitchoffMeterConc", "close": "vSwitchonMeterConc"}


def results_of(item: str, points: Sequence[Point], site: Site, book: CodeBook) -> list[tuple[Point, str, Body]]:
    """Return the results of an item as (point, list, what it says); none for an item that the interface has not.

    A reading that only serves to judge a spread is no result of its own, unless it failed.
    """
    builder = BUILDERS.get(item)
    if builder is None:
        return []
    judged = [p for p in points if item not in SPREADS or p.get("limit") or p.get("verdict") != "pass"]
    found = [(point, name, body) for point in judged for name, body in builder(point, site, book)]
    if item == "clock" and len(judged) > 1:  # compared again after the broadcast: that shows whether it was heard
        found.append((judged[-1], "vTimingMeterConc", {}))
    return found


def load_of(point: str) -> tuple[str, str, str]:
    """Return current, power factor and phase of a point; blanks where it is no load.

    >>> load_of("0.5Imax 0.5L all"), load_of("output")
    (('0.5Imax', '0.5L', 'all'), ('', '', ''))
    """
    parts = point.split()
    return (parts[0], parts[1], parts[2]) if len(parts) == _LOAD_PARTS else ("", "", "")


def _load(point: Point, book: CodeBook) -> Body:
    current, factor, phase = load_of(str(point.get("point", "")))
    code = book.codes.get("current_phase", {}).get(phase, "")
    direction = book.code("direction", "forward_active")
    return {"loadCurrent": current, "pf": factor, "curPhaseCode": code, "bothWayPowerFlag": direction}


def _one(name: str, **fields: object) -> list[Filled]:
    return [(name, {key: value for key, value in fields.items() if value not in ("", None)})]


def _texts(point: Point, name: str) -> list[str]:
    return [str(one) for one in point.get(name) or ()]


def _communication(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    return [("vComminicatMeterConc", {})]


def _appearance(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    return _one("vIntuitMeterConc", chkCont=point.get("cause") or point.get("value", ""))


def _withstand(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    """Return what the withstand station has done, where its settings are known."""
    return _one(
        "vVoltMeterConc", testVoltValue=figure(point.get("voltage_v", ""), 6), voltObj=point.get("between", ""),
        testDate=site.stamp(int(point["at_ms"])) if point.get("at_ms") is not None else "",
        testTime=figure(point.get("time_s", ""), 4), leakCurrentLimit=figure(point.get("limit_ma", ""), 4),
        positionLeakLimit=figure(point.get("position_limit_ma", ""), 4),
    )  # fmt: skip


def _parameters(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    return _one(
        "vPreCheckMeterConc", dataName=point.get("point", ""), standardValue=point.get("limit", ""),
        realValue=point.get("value", ""),
    )  # fmt: skip


def _creep(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    raw = _texts(point, "raw")
    return _one(
        "vCreepingMeterConc", pules=whole(first(raw) or point.get("value", "")), loadCurrent="0",
        testCircleNum=whole(point.get("limit", "")), bothWayPowerFlag=book.code("direction", "forward_active"),
    )  # fmt: skip


def _starting(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    current = load_of(str(point.get("point", "")))[0]
    seconds = figure(first(_texts(point, "raw")), 4)
    return _one("vStartingMeterConc", current=current, testTime=seconds, theorTime=figure(point.get("limit", ""), 4))


def _error(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    up, down = both_ways(point.get("limit"))
    readings = _texts(point, "readings")
    body = _load(point, book) | {
        "simpling": str(len(readings)), "actlError": joined(readings), "aveErr": point.get("value", ""),
        "intConvertErr": point.get("rounded", ""), "errUp": up, "errDown": down,
    }  # fmt: skip
    return _one("vBasicerrMeterConc", **body)


def _deviation(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    readings = _texts(point, "readings")
    body = _load(point, book) | {
        "simpling": str(len(readings)), "allError": joined(readings), "aveErr": figure(point.get("value", ""), 2),
        "intConvertErr": point.get("rounded", ""),
    }  # fmt: skip
    return _one("vDeviationMeterConc", **body)


def _variation(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    up, down = both_ways(point.get("limit"))
    raw, load = _texts(point, "raw"), _load(point, book)
    return _one(
        "vErrorMeterConc", loadCurrent=load["loadCurrent"], pf=load["pf"], bothWayPowerFlag=load["bothWayPowerFlag"],
        avgOnceErr=first(raw), avgTwiceErr=first(raw, 1), actlError=point.get("value", ""), errUp=up, errDown=down,
    )  # fmt: skip


def _consistency(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    up, down = both_ways(point.get("limit"))
    raw, load = _texts(point, "raw"), _load(point, book)
    return _one(
        "vConsistMeterConc", loadCurrent=load["loadCurrent"], pf=load["pf"], bothWayPowerFlag=load["bothWayPowerFlag"],
        testAvgErr=first(raw), allAvgError=first(raw, 1), actlError=point.get("value", ""),
        intConvertErr=point.get("rounded", ""), errUp=up, errDown=down,
    )  # fmt: skip


def _rising_falling(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    raw = _texts(point, "raw")
    body = _load(point, book) | {
        "avgUpErr": first(raw), "avgDownErr": first(raw, 1), "variationErr": point.get("value", ""),
        "intVariationErr": point.get("rounded", ""),
    }  # fmt: skip
    return _one("vVariationMeterConc", **body)


def _repeatability(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    load = _load(point, book)
    return _one(
        "vMeasureRptMeterConc", loadCurrent=load["loadCurrent"], pf=load["pf"], simpling=point.get("value", ""),
        bothWayPowerFlag=load["bothWayPowerFlag"], deviationLimt=figure(point.get("limit", ""), 4),
    )  # fmt: skip


def _constant(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    """Return a constant by counted pulses, or by a register that ran against the reference standard."""
    raw, load = _texts(point, "raw"), _load(point, book)
    up, down = both_ways(point.get("limit"))
    error, ends = point.get("rounded") or point.get("value", ""), {"errUp": up, "errDown": down}
    said = {"loadCurrent": load["loadCurrent"], "pf": load["pf"], "bothWayPowerFlag": load["bothWayPowerFlag"]}
    if len(raw) < _RUN_READINGS:
        counted = {"realPules": whole(first(raw)), "standardReading": figure(first(raw, 1), 4), "constErr": error}
        return _one("vConstMeterConc", **said, **counted, **ends)
    begun, ended, passed = (figure(one, 4) for one in raw[:_RUN_READINGS])
    ran = figure(first(_texts(point, "readings")), 4)
    readings = {"startReading": begun, "endReading": ended}
    read = {"diffReading": ran, "standardReading": passed, "constErr": error}
    run = {"irReading": ran, "registerRead": passed, "arTsReadingErr": error}
    flag = {"bothWayPowerFlag": load["bothWayPowerFlag"]}
    return _one("vConstMeterConc", **said, **readings, **read, **ends) + _one(
        "vRunningMeterConc", **flag, **readings, **run, **ends
    )


def _daily_timing(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    readings = _texts(point, "readings")
    return _one(
        "vDayerrMeterConc", simpling=str(len(readings)), actlError=joined(readings), testAvgErr=point.get("value", ""),
        intConvertErr=point.get("rounded", ""), errAbs=point.get("limit", ""),
    )  # fmt: skip


def _clock(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    return _one(
        "vClockValueMeterConc", meterValue=first(_texts(point, "raw")),
        timeErr=point.get("value") or first(_texts(point, "readings")),
    )  # fmt: skip


def _switching(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    up, down = both_ways(point.get("limit"))
    return _one(
        "vTsMeterConc", tsStartTime=first(_texts(point, "raw")), errUp=up, errDowm=down, errAbs=point.get("limit", ""),
        tsErrConcCode=figure(point.get("value", ""), 3),
    )  # fmt: skip


def _demand(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    raw, load = _texts(point, "raw"), _load(point, book)
    up, down = both_ways(point.get("limit"))
    return _one(
        "vDemandvalMeterConc", loadCurrent=load["loadCurrent"], pf=load["pf"], realDemand=first(raw),
        demandMeter=figure(first(raw), 4), demandStandard=figure(first(raw, 1), 4),
        demandValueErr=point.get("value", ""), intConvertErr=point.get("rounded", ""),
        demandValueErrAbs=point.get("limit", ""), errUp=up, errDowm=down, bothWayPowerFlag=load["bothWayPowerFlag"],
    )  # fmt: skip


def _security(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    return _one("vEsamSecMeterConc", esamNo=point.get("value", ""))


def _fee_control(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    said = str(point.get("point", ""))
    if said == "esam":
        return _security(point, site, book)
    project = book.codes.get("control", {}).get(said, "")
    found = _one("vRemoteCtrlTestConc", trialProj=project)
    return found + ([(SWITCHES[said], {})] if said in SWITCHES else [])


def _clearing(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    if point.get("point") == "demand":
        return _one("vResetDemandMeterConc", resetDemand=point.get("value", ""))
    return _one("vResetEqMeterConc", resetEq=point.get("value", ""))


def _key(point: Point, site: Site, book: CodeBook) -> list[Filled]:
    return _one("vEsamMeterConc", keyStatus=point.get("value", ""))


BUILDERS: dict[str, Builder] = {
    "appearance": _appearance, "withstand": _withstand, "parameters": _parameters,
    "communication": _communication, "creep": _creep, "starting": _starting, "intrinsic_error": _error,
    "standard_deviation": _deviation, "variation": _variation, "consistency": _consistency,
    "rising_falling": _rising_falling, "repeatability": _repeatability, "constant": _constant,
    "daily_timing": _daily_timing, "clock": _clock, "time_switching": _switching, "demand": _demand,
    "security": _security, "fee_control": _fee_control, "clearing": _clearing, "key_download": _key,
}  # fmt: skip
