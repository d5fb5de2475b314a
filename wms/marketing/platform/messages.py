"""Our letters in the words of the platform: each kind as the calls that say it. Pure; nothing is sent here.

What a letter does not say stays away from a message; whether the message is whole, `check` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wms.errors import Refused
from wms.marketing.platform import asking, results
from wms.marketing.platform.codebook import CodeBook
from wms.marketing.platform.results import asset_code, late_flag
from wms.marketing.platform.site import Site
from wms.marketing.platform.values import CODES, Body, clipped, codes_of, in_parts, present

Letter = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One message to the platform; `checked_as` is its name in the field list."""

    message: str
    body: Body
    checked_as: str
    group: str = "service"


Builder = Callable[[Letter, Site, CodeBook], list[Call]]


def calls_for(kind: str, letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return the calls that say a letter; raises Refused for a kind that this profile has no message for."""
    builder = BUILDERS.get(kind)
    if builder is None:
        raise Refused("letter_has_no_message", kind=kind[:40])
    return builder(letter, site, book)


def _call(message: str, body: Body, *, group: str = "service") -> list[Call]:
    return [Call(message, body, message, group)]


def _at(letter: Letter, site: Site, *names: str) -> str:
    found = next((letter[name] for name in (*names, "at_ms") if letter.get(name) is not None), None)
    return "" if found is None else site.stamp(int(found))


def _task(letter: Letter, site: Site) -> Body:
    return {"sysNo": site.sys_no, "taskNo": str(letter.get("task", ""))}


def _bars(letter: Letter) -> str:
    return CODES.join(letter.get("bars") or ())


def _test_data(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    body = results.test_data(letter, site, book)
    told = len(body) > len({"sysNo", "veriTaskNo", "devCls"} | late_flag(letter, book).keys())
    return [Call("getDETedTestData", body, "DETedTestData", "meter-result")] if told else []


def _conclusion(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    body = results.conclusions(letter, site, book)
    return [Call("setResults", body, "MeterVeriResult", "meter-result")] if body["veriDtlFormList"] else []


def _parted(name: str, body: Body, field: str, codes: Sequence[object], book: CodeBook) -> list[Call]:
    """Return one call, or as many as a field needs for all of its codes; each of several says which part it is.

    A part is the same whatever becomes of the parts behind it: a receiver that has it already can see that.
    """
    parts = in_parts(codes, name, field)
    if len(parts) == 1:
        return _call(name, body | {field: CODES.join(parts[0])})
    last = [book.code("yes_no", "yes" if number == len(parts) else "no") for number in range(1, len(parts) + 1)]
    marked = [{"partSn": str(number), "lastFlag": flag} for number, flag in enumerate(last, 1)]
    return [Call(name, body | {field: CODES.join(part)} | mark, name) for part, mark in zip(parts, marked, strict=True)]


def _box_packed(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return what is in a box; all parts have its bar code and the time at which it was packed in common."""
    code = {"storeLocCode": str(letter["code"])} if letter.get("code") else {}
    body = _task(letter, site) | code | {
        "devCls": asset_code(letter, book), "isQualified": book.code("packed", str(letter.get("verdict", ""))),
        "arrBatchNo": str(letter.get("lot", "")), "boxBarCode": str(letter.get("box", "")),
        "devBoxDate": _at(letter, site, "packed_ms"),
    }  # fmt: skip
    return _parted("uploadPackInfo", body, "barCodes", letter.get("bars") or (), book)


def _box_checked(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    return _call("boxCheckInfo", present(_task(letter, site) | {
        "boxBarCode": str(letter.get("box", "")), "devCls": asset_code(letter, book),
        "checkFlag": book.code("checked", "ok" if letter.get("ok") else "bad"), "checkTime": _at(letter, site),
        "alarmInfo": clipped(str(letter.get("why", "")), "boxCheckInfo", "alarmInfo"),
    }))  # fmt: skip


def _meters_checked(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return what was scanned in a box; devNum counts the bar codes of the same call."""
    body = present(_task(letter, site) | {
        "boxBarCode": str(letter.get("box", "")), "checkTime": _at(letter, site),
        "checkFlag": book.code("checked", "ok" if letter.get("ok") else "bad"),
        "alarmInfo": clipped(str(letter.get("why", "")), "boxCheckInfo", "alarmInfo"),
    })  # fmt: skip
    calls = _parted("equipCheckInfo", body, "barCodes", letter.get("bars") or (), book)
    return [replace(one, body=one.body | {"devNum": str(len(codes_of(one.body["barCodes"])))}) for one in calls]


def _pile_stored(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return which boxes stand in a pile; all parts have its number and the time at which it was built in common."""
    body = _task(letter, site) | {
        "devCls": asset_code(letter, book), "pileNo": pile_name(letter),
        "plfmNo": site.platform(str(letter.get("place", ""))), "boxPileDate": _at(letter, site, "stored_ms"),
    }  # fmt: skip
    return _parted("upboxPileDet", body, "boxBarCode", letter.get("boxes") or (), book)


def pile_name(letter: Letter) -> str:
    """Return the number of a pile: its own where it has one, else its place on its pallet.

    >>> pile_name({"pallet": "P1", "pile": 2}), pile_name({"pile": "PL9"})
    ('P1-2', 'PL9')
    """
    return "-".join(str(letter[part]) for part in ("pallet", "pile") if letter.get(part))


def _seals(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    seals = [
        present({
            "barCode": str(one.get("bar_code", "")), "sealBarCode": str(one.get("seal", "")),
            "sealPosition": book.code_or("seal_place", str(one.get("place", "")), "left"),
            "sealDate": _at(one, site), "sealerNo": str(one.get("by") or site.staff),
            "validFlag": book.code("valid", "superseded" if one.get("void") else "valid"),
            "releaseInfo": clipped(str(one.get("reason", "")), "SealInst", "releaseInfo"),
        })
        for one in letter.get("seals") or ()
    ]  # fmt: skip
    head = _task(letter, site) | {"devCls": asset_code(letter, book), "psOrgNo": site.org_no}
    return _call("uploadSealsCode", head | {"sealInst": seals})


def _seals_void(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return that seals are void; one that was told as void from the beginning is not told again."""
    news = [
        {**one, "at_ms": one.get("sealed_ms", one.get("at_ms"))}
        for one in letter.get("seals") or ()
        if one.get("bar_code") and not one.get("known")
    ]
    return _seals(dict(letter) | {"seals": news}, site, book) if news else []


def _papers_void(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return that certificates are void; the interface has no word for a notice of result."""
    body = results.void_labels(letter, site, book)
    return [Call("getDETedTestData", body, "DETedTestData", "meter-result")] if body["vCpInfo"] else []


def _stock_request(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    if not site.requests:
        return []
    return _call("applyEquip", _task(letter, site) | {
        "applyNo": str(letter.get("request", "")), "plfmNo": site.platform(str(letter.get("place", ""))),
        "pileNum": str(letter.get("piles", "")), "applyType": book.code("apply_type", "meters"),
    })  # fmt: skip


def _empties_request(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    return _call("applyAssistEquip", _task(letter, site) | {
        "applyNo": str(letter.get("request", "")), "plfmNo": site.platform(str(letter.get("place", ""))),
        "pileNum": str(letter.get("piles", "")), "applyType": book.code("apply_type", "empties"),
        "boxTypeNo": book.code("box_type", str(letter.get("box_type", ""))),
    })  # fmt: skip


def _task_finished(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    said = str(letter.get("flag", "verify"))
    flag = book.codes.get("task_flag", {}).get(said, said)
    return _call("sendTaskFinish", {"flag": flag, "taskNo": str(letter.get("task", ""))})


def _proposal(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    boxes = [
        present({
            "pileNo": pile_name(one), "boxBarCode": str(one["box"]), "devNum": str(one.get("meters", "")),
            "barCodes": _bars(one),
        })
        for one in letter.get("boxes") or ()
    ]  # fmt: skip
    head = _task(letter, site) | {"proposalNo": str(letter.get("round", ""))}
    return _call("setEquipProposal", head | {"equipDet": boxes}, group="extension")


def _stage_counts(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    stages = [{"stage": stage, "devNum": str(n)} for stage, n in sorted((letter.get("counts") or {}).items())]
    return _call("setTaskStages", _task(letter, site) | {"stageList": stages}, group="extension")


def _count_result(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return what a stock count has found by model and state, and that the count is finished."""
    rows = [
        {
            "devModel": str(one["model"]), "devStat": book.code("asset_state", str(one["state"])),
            "devNum": str(one["meters"]), "boxNum": str(one["boxes"]),
        }
        for one in letter.get("rows") or ()
    ]  # fmt: skip
    body = _task(letter, site) | {"devNum": str(letter.get("meters", "")), "countList": rows}
    told = _call("setCountRslt", body, group="extension")
    return told + _task_finished({"task": letter.get("task", ""), "flag": "count"}, site, book)


def _late(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return results that came after their task was taken back, marked as such."""
    build = _conclusion if letter.get("of") == "conclusion" else _test_data
    return build(dict(letter) | {"late": True}, site, book)


def _withstand(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return what a withstand station has found: the one point of the one item of each meter."""
    station = {"bench": letter.get("cell", "")}
    meters = [station | dict(one) | {"items": [_as_item("withstand", one)]} for one in letter.get("meters") or ()]
    return _test_data(dict(letter) | {"meters": meters}, site, book)


def _as_item(item: str, meter: Mapping[str, Any]) -> Body:
    return {"item": item, "verdict": meter.get("verdict", ""), "points": [meter]}


def _test(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return a question that changes nothing on either side: one code table."""
    asked = asking.codes(0, site, book, names=["taskStatus"])
    return [Call(asked.message, asked.body, asked.asked_as)]


BUILDERS: dict[str, Builder] = {
    "test_result": _test_data, "conclusion": _conclusion, "late_result": _late, "withstand": _withstand,
    "box_packed": _box_packed, "box_checked": _box_checked, "meters_checked": _meters_checked,
    "pile_stored": _pile_stored, "seals_used": _seals, "stock_request": _stock_request,
    "empties_request": _empties_request, "task_finished": _task_finished, "proposal": _proposal,
    "stage_counts": _stage_counts, "count_result": _count_result, "seal_voided": _seals_void,
    "paper_voided": _papers_void,
    "test": _test,
}  # fmt: skip
