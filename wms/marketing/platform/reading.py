"""Our own messages read back into letters: what the platform learns from them, and a proof that nothing was lost. Pure.

For every builder in `messages` there is a reader here; `read(call) == letter` for what the interface can carry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wms.marketing.platform.codebook import CodeBook
from wms.marketing.platform.items import CONCLUSIONS
from wms.marketing.platform.site import Site
from wms.marketing.platform.values import Body, codes_of

Message = Mapping[str, Any]
Reader = Callable[[Message, Site, CodeBook], Body]
ITEM_OF = {field: item for item, field in CONCLUSIONS.items()}


def letter_of(message: str, body: Message, site: Site, book: CodeBook) -> tuple[str, Body]:
    """Return the kind and body of the letter that a message of ours was; raises KeyError for none of ours."""
    kind, reader = READERS[message]
    return kind, reader(body, site, book)


def _box_packed(body: Message, site: Site, book: CodeBook) -> Body:
    return {
        "task": body["taskNo"], "lot": body["arrBatchNo"], "box": body["boxBarCode"],
        "verdict": book.role("packed", str(body["isQualified"])), "bars": codes_of(str(body["barCodes"])),
        "packed_ms": site.at_ms(str(body["devBoxDate"])),
    } | ({"code": body["storeLocCode"]} if body.get("storeLocCode") else {})  # fmt: skip


def _box_checked(body: Message, site: Site, book: CodeBook) -> Body:
    return {
        "task": body["taskNo"], "box": body["boxBarCode"], "ok": book.role("checked", str(body["checkFlag"])) == "ok",
        "why": body.get("alarmInfo", ""), "at_ms": site.at_ms(str(body["checkTime"])),
    }  # fmt: skip


def _meters_checked(body: Message, site: Site, book: CodeBook) -> Body:
    return _box_checked(body, site, book) | {"bars": codes_of(str(body["barCodes"]))}


def _pile_stored(body: Message, site: Site, book: CodeBook) -> Body:
    return {
        "task": body["taskNo"], "boxes": codes_of(str(body["boxBarCode"])), "pile": body["pileNo"],
        "place": site.station(str(body["plfmNo"])), "at_ms": site.at_ms(str(body["boxPileDate"])),
    }  # fmt: skip


def _seals(body: Message, site: Site, book: CodeBook) -> Body:
    seals = [
        {
            "bar_code": one["barCode"], "seal": one["sealBarCode"],
            "place": book.role("seal_place", str(one["sealPosition"])), "by": one["sealerNo"],
            "at_ms": site.at_ms(str(one["sealDate"])),
            "void": book.role("valid", str(one["validFlag"])) == "superseded",
        }
        for one in body.get("sealInst") or ()
    ]  # fmt: skip
    return {"task": body["taskNo"], "seals": seals}


def _request(body: Message, site: Site, book: CodeBook) -> Body:
    place = site.station(str(body["plfmNo"]))
    said = {"task": body["taskNo"], "request": body["applyNo"], "place": place, "piles": int(body["pileNum"])}
    return said | ({"box_type": book.role("box_type", str(body["boxTypeNo"]))} if body.get("boxTypeNo") else {})


def _task_finished(body: Message, site: Site, book: CodeBook) -> Body:
    return {"task": body["taskNo"], "flag": book.role("task_flag", str(body["flag"]))}


def _proposal(body: Message, site: Site, book: CodeBook) -> Body:
    boxes = [
        {"pile": one.get("pileNo", ""), "box": one["boxBarCode"]}
        | ({"meters": int(one["devNum"])} if one.get("devNum") else {})
        | ({"bars": codes_of(str(one["barCodes"]))} if one.get("barCodes") else {})
        for one in body["equipDet"]
    ]
    return {"task": body["taskNo"], "round": int(body["proposalNo"]), "boxes": boxes}


def _stage_counts(body: Message, site: Site, book: CodeBook) -> Body:
    return {"task": body["taskNo"], "counts": {one["stage"]: int(one["devNum"]) for one in body["stageList"]}}


def _count_result(body: Message, site: Site, book: CodeBook) -> Body:
    rows = [
        {
            "model": one["devModel"], "state": book.role("asset_state", str(one["devStat"])),
            "meters": int(one["devNum"]), "boxes": int(one["boxNum"]),
        }
        for one in body.get("countList") or ()
    ]  # fmt: skip
    return {"task": body["taskNo"], "meters": int(body["devNum"]), "rows": rows}


def _conclusions(body: Message, site: Site, book: CodeBook) -> Body:
    overall = {one["barCode"]: one for one in body.get("meterVeriCompConc") or ()}
    meters = [_conclusion(one, overall.get(one["barCode"], {}), site, book) for one in body["veriDtlFormList"]]
    return {"task": body["veriTaskNo"], "meters": meters} | _late(body, book)


def _conclusion(form: Message, overall: Message, site: Site, book: CodeBook) -> Body:
    items = {
        item: book.role("conclusion", str(overall[field])) for field, item in ITEM_OF.items() if overall.get(field)
    }
    return {
        "bar_code": form["barCode"], "verdict": book.role("result", str(form["veriRslt"])),
        "failed": [item for item, verdict in items.items() if verdict == "fail"],
        "items": [{"item": item, "verdict": verdict} for item, verdict in items.items()],
        "bench": site.station(str(form["platformNo"])), "position": form.get("devSeatNo", ""),
        "tester": form["veriStf"], "checker": form["checkStf"], "temperature_c": form["temp"],
        "humidity_percent": form["humid"],
        "at_ms": site.at_ms(str(form["veriDate"])),
    }  # fmt: skip


def _test_data(body: Message, site: Site, book: CodeBook) -> Body:
    """Return the sub-items of each meter by the interface's own lists: bar code -> list -> points."""
    meters: dict[str, dict[str, list[Body]]] = {}
    for name, rows in body.items():
        for one in rows if isinstance(rows, list) else ():
            point = {"verdict": book.role("conclusion", str(one.get("checkConc") or one.get("passFlag"))), **one}
            if book.role_or("valid", str(one.get("validFlag", ""))) == "superseded":
                point["void"] = True
            meters.setdefault(str(one["barCode"]), {}).setdefault(name, []).append(point)
    return {"task": body["veriTaskNo"], "meters": meters} | _late(body, book)


def _late(body: Message, book: CodeBook) -> Body:
    return {"late": True} if body.get("lateFlag") == book.code("yes_no", "yes") else {}


READERS: dict[str, tuple[str, Reader]] = {
    "getDETedTestData": ("test_result", _test_data), "setResults": ("conclusion", _conclusions),
    "uploadPackInfo": ("box_packed", _box_packed), "boxCheckInfo": ("box_checked", _box_checked),
    "equipCheckInfo": ("meters_checked", _meters_checked), "upboxPileDet": ("pile_stored", _pile_stored),
    "uploadSealsCode": ("seals_used", _seals), "applyEquip": ("stock_request", _request),
    "applyAssistEquip": ("empties_request", _request), "sendTaskFinish": ("task_finished", _task_finished),
    "setEquipProposal": ("proposal", _proposal), "setTaskStages": ("stage_counts", _stage_counts),
    "setCountRslt": ("count_result", _count_result),
}  # fmt: skip
