"""Our letters in the words of the platform: each kind as the calls that say it. Pure; nothing is sent here.

What a letter does not say stays away from a message; whether the message is whole, `check` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wms.errors import Refused
from wms.marketing.platform import asking, boxes, results
from wms.marketing.platform.boxes import pile_name
from wms.marketing.platform.calls import Call, Letter, bars, call, task
from wms.marketing.platform.codebook import CodeBook
from wms.marketing.platform.results import late_flag
from wms.marketing.platform.site import Site
from wms.marketing.platform.values import Body, present

Builder = Callable[[Letter, Site, CodeBook], list[Call]]


def calls_for(kind: str, letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return the calls that say a letter; raises Refused for a kind that this profile has no message for."""
    builder = BUILDERS.get(kind)
    if builder is None:
        raise Refused("letter_has_no_message", kind=kind[:40])
    return builder(letter, site, book)


def _test_data(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    body = results.test_data(letter, site, book)
    told = len(body) > len({"sysNo", "veriTaskNo", "devCls"} | late_flag(letter, book).keys())
    return [Call("getDETedTestData", body, "DETedTestData", "meter-result")] if told else []


def _conclusion(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    body = results.conclusions(letter, site, book)
    return [Call("setResults", body, "MeterVeriResult", "meter-result")] if body["veriDtlFormList"] else []


def _papers_void(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return that certificates are void; the interface has no word for a notice of result."""
    body = results.void_labels(letter, site, book)
    return [Call("getDETedTestData", body, "DETedTestData", "meter-result")] if body["vCpInfo"] else []


def _stock_request(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    if not site.requests:
        return []
    return call("applyEquip", task(letter, site) | {
        "applyNo": str(letter.get("request", "")), "plfmNo": site.platform(str(letter.get("place", ""))),
        "pileNum": str(letter.get("piles", "")), "applyType": book.code("apply_type", "meters"),
    })  # fmt: skip


def _empties_request(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    return call("applyAssistEquip", task(letter, site) | {
        "applyNo": str(letter.get("request", "")), "plfmNo": site.platform(str(letter.get("place", ""))),
        "pileNum": str(letter.get("piles", "")), "applyType": book.code("apply_type", "empties"),
        "boxTypeNo": book.code("box_type", str(letter.get("box_type", ""))),
    })  # fmt: skip


def _task_finished(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    said = str(letter.get("flag", "verify"))
    flag = book.codes.get("task_flag", {}).get(said, said)
    return call("sendTaskFinish", {"flag": flag, "taskNo": str(letter.get("task", ""))})


def _proposal(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    proposed = [
        present({
            "pileNo": pile_name(one), "boxBarCode": str(one["box"]), "devNum": str(one.get("meters", "")),
            "barCodes": bars(one),
        })
        for one in letter.get("boxes") or ()
    ]  # fmt: skip
    head = task(letter, site) | {"proposalNo": str(letter.get("round", ""))}
    return call("setEquipProposal", head | {"equipDet": proposed}, group="extension")


def _stage_counts(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    stages = [{"stage": stage, "devNum": str(n)} for stage, n in sorted((letter.get("counts") or {}).items())]
    return call("setTaskStages", task(letter, site) | {"stageList": stages}, group="extension")


def _count_result(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return what a stock count has found by model and state, and that the count is finished."""
    rows = [
        {
            "devModel": str(one["model"]), "devStat": book.code("asset_state", str(one["state"])),
            "devNum": str(one["meters"]), "boxNum": str(one["boxes"]),
        }
        for one in letter.get("rows") or ()
    ]  # fmt: skip
    body = task(letter, site) | {"devNum": str(letter.get("meters", "")), "countList": rows}
    told = call("setCountRslt", body, group="extension")
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
    "box_packed": boxes.packed, "box_checked": boxes.checked, "meters_checked": boxes.scanned,
    "pile_stored": boxes.stored, "seals_used": boxes.seals_used, "stock_request": _stock_request,
    "empties_request": _empties_request, "task_finished": _task_finished, "proposal": _proposal,
    "stage_counts": _stage_counts, "count_result": _count_result, "seal_voided": boxes.seals_void,
    "paper_voided": _papers_void,
    "test": _test,
}  # fmt: skip
