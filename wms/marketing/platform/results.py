"""Results as the platform's two uploads: sub-items (getDETedTestData), then conclusions (setResults). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wms.marketing.platform.codebook import CodeBook
from wms.marketing.platform.items import CONCLUSIONS, results_of
from wms.marketing.platform.site import Site
from wms.marketing.platform.values import Body, figure, fitting, present

Letter = Mapping[str, Any]
Meter = Mapping[str, Any]
GROUP = "meter-result"
JUDGED = ("pass", "fail")
USUAL = "meter"


def asset_code(letter: Letter, book: CodeBook) -> str:
    """Return the class of equipment that a letter is about: as it says, else by its first bar code."""
    role = str(letter.get("category") or "") or _by_bar_code(letter, book)
    return book.code_or("equipment", role, USUAL)


def _by_bar_code(letter: Letter, book: CodeBook) -> str:
    rows: Sequence[Any] = letter.get("bars") or letter.get("meters") or letter.get("seals") or ()
    first = next(iter(rows), "")
    code = str(first.get("bar_code", "") if isinstance(first, Mapping) else first)
    return book.role_or("asset_type", code[5:7], USUAL)


def late_flag(letter: Letter, book: CodeBook) -> Body:
    """Return the mark of results that came after their task was taken back."""
    return {"lateFlag": book.code("yes_no", "yes")} if letter.get("late") else {}


def test_data(letter: Letter, site: Site, book: CodeBook) -> Body:
    """Return the sub-items of all meters of a letter, by list."""
    lists: dict[str, list[Body]] = {}
    for meter in letter.get("meters") or ():
        for name, body in _sub_items(letter, meter, site, book):
            lists.setdefault(name, []).append(body)
    head = {"sysNo": site.sys_no, "veriTaskNo": _task_no(letter), "devCls": asset_code(letter, book)}
    return head | late_flag(letter, book) | dict(sorted(lists.items()))


def _sub_items(letter: Letter, meter: Meter, site: Site, book: CodeBook) -> list[tuple[str, Body]]:
    common = _common(letter, meter, site, book)
    found: list[tuple[str, Body]] = []
    for number, item in enumerate(meter.get("items") or (), 1):
        for at, (point, name, said) in enumerate(results_of(item["item"], item["points"], site, book), 1):
            if (verdict := str(point.get("verdict", ""))) not in JUDGED:
                continue
            when = site.stamp(int(point["at_ms"])) if point.get("at_ms") is not None else common.get("veriCaliDate", "")
            order = {"sn": str(number), "veriPointSn": str(at), "veriCaliDate": when}
            body = common | order | said | _verdict_field(name, book.code("conclusion", verdict))
            found.append((name, _fitted(name, body)))
    if meter.get("certificate") and meter.get("verdict") == "pass":
        found.append(("vCpInfo", _fitted("vCpInfo", common | _label(meter, site, book))))
    return found


def _verdict_field(name: str, code: str) -> Body:
    return {"checkConc": code} | ({"valueConcCode": code} if name == "vDemandvalMeterConc" else {})


def _fitted(name: str, body: Body) -> Body:
    part = name if name == "vCpInfo" else name[:1].upper() + name[1:]
    return fitting(f"item.{part}", present(body), group=GROUP)


def _label(meter: Meter, site: Site, book: CodeBook) -> Body:
    """Return the label that says that a meter has passed: its number is that of the certificate."""
    return {
        "cpInfo": str(meter["certificate"]), "passFlag": book.code("conclusion", "pass"),
        "detectDate": _date(meter, site), "detecterNo": str(meter.get("tester", "")),
        "recheckerNo": str(meter.get("checker", "")),
    }  # fmt: skip


def void_labels(letter: Letter, site: Site, book: CodeBook) -> Body:
    """Return the labels of meters whose certificates are void, by the numbers with which they were told.

    One that was told of a task which was taken back already is void there, and is not told again.
    """
    labels = [
        _fitted("vCpInfo", {
            "areaCode": site.area_code, "psOrgNo": site.org_no, "sysNo": site.sys_no, "cpInfo": str(one["number"]),
            "assetNo": str(one["bar_code"]), "barCode": str(one["bar_code"]), "veriTaskNo": _task_no(letter),
            "devCls": asset_code(letter, book), "veriCaliDate": _date(one, site),
            "validFlag": book.code("valid", "superseded"), "passFlag": book.code("conclusion", "pass"),
        })
        for one in letter.get("meters") or ()
        if one.get("kind") == "certificate" and not one.get("known")
    ]  # fmt: skip
    head = {"sysNo": site.sys_no, "veriTaskNo": _task_no(letter), "devCls": asset_code(letter, book)}
    return head | {"vCpInfo": labels}


def _common(letter: Letter, meter: Meter, site: Site, book: CodeBook) -> Body:
    bench = _bench(letter, meter)
    superseded = bool(letter.get("late")) or meter.get("valid") is False
    return {
        "areaCode": site.area_code, "psOrgNo": site.org_no, "assetNo": str(meter["bar_code"]),
        "barCode": str(meter["bar_code"]), "veriTaskNo": _task_no(letter), "devCls": asset_code(letter, book),
        "sysNo": site.sys_no, "plantNo": site.plant(bench), "plantElementNo": bench, "machNo": bench,
        "devSeatNo": str(meter.get("position", "")), "veriCaliDate": _date(meter, site),
        "validFlag": book.code("valid", "superseded" if superseded else "valid"),
    }  # fmt: skip


def conclusions(letter: Letter, site: Site, book: CodeBook) -> Body:
    """Return the conclusion of each meter of a letter, why it failed, and what each item came to.

    Of a meter that was never verified there is none; its box says so.
    """
    meters = [one for one in letter.get("meters") or () if one.get("verdict") in JUDGED]
    reasons = [row for meter in meters for row in _reasons(letter, meter, site, book)]
    head = {"sysNo": site.sys_no, "veriTaskNo": _task_no(letter), "devCls": asset_code(letter, book)}
    return head | late_flag(letter, book) | {
        "veriDtlFormList": [_form(letter, meter, site, book) for meter in meters],
        "veriDisqualReasonList": reasons,
        "meterVeriCompConc": [_overall(letter, meter, site, book) for meter in meters],
    }  # fmt: skip


def _form(letter: Letter, meter: Meter, site: Site, book: CodeBook) -> Body:
    bench, tester = _bench(letter, meter), str(meter.get("tester") or site.staff)
    failed: Sequence[str] = meter.get("failed") or ()
    return present({
        "veriTaskNo": _task_no(letter), "plantElementNo": bench, "machNo": bench,
        "platformNo": site.platform(bench),
        "devSeatNo": str(meter.get("position", "")), "devCls": asset_code(letter, book),
        "assetNo": str(meter["bar_code"]), "barCode": str(meter["bar_code"]),
        "veriRslt": book.code("result", str(meter["verdict"])), "veriStf": tester, "trialStf": tester,
        "checkStf": str(meter.get("checker") or site.staff), "veriDept": site.dept, "veriDate": _date(meter, site),
        "checkDate": _date(meter, site), "plantNo": site.plant(bench),
        "temp": figure(meter.get("temperature_c") or site.temperature_c, 4),
        "humid": figure(meter.get("humidity_percent") or site.humidity_percent, 4),
        "faultReason": ", ".join(failed)[:256],
    })  # fmt: skip


def _reasons(letter: Letter, meter: Meter, site: Site, book: CodeBook) -> list[Body]:
    return [
        {
            "veriTaskNo": _task_no(letter), "sysNo": site.sys_no, "veriUnitNo": _bench(letter, meter),
            "barCode": str(meter["bar_code"]), "disqualReason": book.code_or("why_failed", item, "other"),
        }
        for item in meter.get("failed") or ()
    ]  # fmt: skip


def _overall(letter: Letter, meter: Meter, site: Site, book: CodeBook) -> Body:
    """Return what each item of a meter came to; an item that says nothing is not named, a failed one always."""
    verdicts = {one["item"]: str(one["verdict"]) for one in meter.get("items") or ()}
    verdicts |= dict.fromkeys(meter.get("failed") or (), "fail")
    said = {
        CONCLUSIONS[item]: book.code("conclusion", verdict)
        for item, verdict in verdicts.items()
        if item in CONCLUSIONS and verdict in JUDGED
    }
    head = {"veriTaskNo": _task_no(letter), "barCode": str(meter["bar_code"])}
    head |= {"areaCode": site.area_code, "psOrgNo": site.org_no}
    why = {"faultReason": ", ".join(meter.get("failed") or ())[:256]}
    return present(head | said | why)


def _bench(letter: Letter, meter: Meter) -> str:
    return str(meter.get("bench") or letter.get("cell") or letter.get("line") or "line")


def _task_no(letter: Letter) -> str:
    return str(letter.get("task", ""))


def _date(meter: Meter, site: Site) -> str:
    return site.stamp(int(meter["at_ms"])) if meter.get("at_ms") is not None else ""
