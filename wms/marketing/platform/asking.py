"""What we ask the platform, and what its answers say: the queries of the interface with their replies. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wms.marketing.platform.codebook import CodeBook
from wms.marketing.platform.incoming import task_of
from wms.marketing.platform.site import Site
from wms.marketing.platform.values import CODES, Body

Message = Mapping[str, Any]
PAGE_SIZE = 2_000
MOST_BAR_CODES = 81
"""That fit the 2,048 bytes of a bar code list, at 24 characters each."""
MODULE_KINDS = {"meter": "Meter", "terminal": "Terminal", "module": "Module"}

COMMON = frozenset({"getEquipParam", "getStdCodes"})
"""Messages that stand under common/ at the platform."""


@dataclass(frozen=True, slots=True)
class Query:
    """One question: the message, what it says, and how both are called in the field list."""

    message: str
    body: Body
    asked_as: str
    answered_as: str
    group: str = "service"


def path_of(message: str) -> str:
    """Return where a message is posted, below the platform's base.

    >>> path_of("getStdCodes"), path_of("applyEquip")
    ('/common/getStdCodes', '/applyEquip')
    """
    return f"/common/{message}" if message in COMMON else f"/{message}"


def task_by_meter(bar_code: str, site: Site) -> Query:
    """Ask for the task that a meter is to be verified for (function 2)."""
    body = {"sysNo": site.sys_no, "barCode": bar_code}
    return Query("getVeriTask", body, "getVeriTaskCell", "getVeriTaskResult")


def scheme(number: str) -> Query:
    """Ask for a test scheme. The published list calls its number `resultFlag`; both names are sent."""
    body = {"resultFlag": number, "trialSchId": number}
    return Query("getVeriSchInfo", body, "getVeriSchInfoCell", "getVeriSchInfoResult")


def stock(task: str, page: int, site: Site) -> Query:
    """Ask for a page of what is given out of stock for a task; pages count from 0."""
    body = {"taskNo": task, "sysNo": site.sys_no, "pageNo": str(page), "pageSize": str(PAGE_SIZE)}
    return Query("getEquipDET", body, "getEquipDETCell", "getEquipDETResult")


def meters(category: str, book: CodeBook, *, bar_codes: Sequence[str] = (), lot: str = "") -> Query:
    """Ask for the parameters of meters by bar code, at most 81, or of a whole lot (function 1)."""
    if len(bar_codes) > MOST_BAR_CODES:
        raise ValueError(f"{len(bar_codes)} bar codes in one question; at most {MOST_BAR_CODES}")
    body = {"devCls": book.code("equipment", category)}
    if lot:
        body |= {"type": book.code("ask_meters", "lot"), "arrBatchNo": lot}
    else:
        body |= {"type": book.code("ask_meters", "bar_codes"), "barCodes": CODES.join(bar_codes)}
    answer = f"getEquipParamResult_{MODULE_KINDS.get(category, 'Meter')}"
    return Query("getEquipParam", body, "getEquipParamCell", answer)


def chips(task: str, modules: Sequence[Mapping[str, str]], site: Site) -> Query:
    """Ask whether the chips of communication modules are legal: {bar_code, kind, module, chip, written_ms}."""
    rows = [
        {
            "barCode": one["bar_code"], "moduleTypeCode": one["kind"], "moduleBarCode": one["module"],
            "hplcID": one["chip"], "writeDate": site.stamp(int(one["written_ms"])),
        }
        for one in modules
    ]  # fmt: skip
    body = {"sysNo": site.sys_no, "detectTaskNo": task, "hplcInfo": rows}
    return Query("getLegalCertRslt", body, "getLegalCertRslt", "getLegalCertRsltResult")


def codes(page: int, site: Site, book: CodeBook, *, names: Sequence[str] = ()) -> Query:
    """Ask for a page of code tables: all, or those with some names; pages count from 0."""
    body = {"sysNo": site.sys_no, "pageNo": str(page), "type": book.code("ask_codes", "named" if names else "all")}
    named = {"code": CODES.join(names)} if names else {}
    return Query("getStdCodes", body | named, "getStdCodesCell", "getStdCodeResult")


def destinations(task: str, count: int, *, site: Site, book: CodeBook) -> Query:
    """Ask for destination codes of boxes with qualified meters, ahead of packing (function 3)."""
    body = {"sysNo": site.sys_no, "taskNo": task, "isQualified": book.code("packed", "pass"), "codeNum": str(count)}
    return Query("getDestinationCodes", body, "getDestinationCodes", "getDestinationCodesResult", "extension")


def read_answer(query: Query, answer: Message, site: Site, book: CodeBook) -> Any:
    """Return what an answer says, in our own words; it has passed `check` before."""
    return READERS[query.message](answer, site, book)


def _task(answer: Message, site: Site, book: CodeBook) -> Body | None:
    said = answer.get("veriTask")
    return task_of(said, site, book) if said else None


def _scheme(answer: Message, site: Site, book: CodeBook) -> Body:
    head: Message = answer.get("trialSch") or {}
    steps = [
        {"item": str(one["veriItemParaNo"]), "order": int(one["detectSn"]), "value": str(one["paraValue"])}
        for one in answer.get("trialSchDtl") or ()
    ]
    return {
        "scheme": str(head.get("trialSchId", "")), "number": str(head.get("schNo", "")),
        "name": str(head.get("schName", "")), "category": book.role_or("equipment", str(head.get("devCls", "")), ""),
        "kind": book.role_or("scheme_type", str(head.get("schType", "")), ""),
        "steps": sorted(steps, key=lambda one: one["order"]),
    }  # fmt: skip


def _stock(answer: Message, site: Site, book: CodeBook) -> list[Body]:
    names = {"task": "taskNo", "order": "ioTaskNo", "lot": "arrBatchNo", "pile": "pileNo", "box": "boxBarCode"}
    return [
        {ours: str(one.get(theirs) or "") for ours, theirs in (names | {"bar_code": "barCode"}).items()}
        for one in answer.get("inOutWhDtl") or ()
    ]


def _meters(answer: Message, site: Site, book: CodeBook) -> list[Body]:
    """Return the parameters of meters by the names of the interface, with those that we use by ours."""
    rows = answer.get("meterDet") or answer.get("tmnlDet") or answer.get("commDet") or ()
    return [
        {
            "bar_code": str(one["barCode"]), "lot": str(one["arrBatchNo"]), "model": str(one.get("metModel") or ""),
            "accuracy_class": str(one.get("metApAccuLv") or ""), "rated_voltage_v": str(one.get("metRv") or ""),
            "current_a": str(one.get("metRc") or ""), "constant_imp_kwh": str(one.get("metApConst") or ""),
            "comm_address": str(one.get("meterAddr") or one.get("commAddr") or ""),
            "protocol": str(one.get("metCommProt") or one.get("commProt") or ""),
            "state": book.role_or("asset_state", str(one["devStat"]), ""), "parameters": dict(one),
        }
        for one in rows
    ]  # fmt: skip


def _chips(answer: Message, site: Site, book: CodeBook) -> dict[str, bool]:
    said = answer.get("certList") or ()
    return {str(one["barCode"]): book.role_or("yes_no", str(one["isLegal"]), "no") == "yes" for one in said}


def _codes(answer: Message, site: Site, book: CodeBook) -> list[Body]:
    return [dict(one) for one in answer.get("stdCodeList") or ()]


def _destinations(answer: Message, site: Site, book: CodeBook) -> list[str]:
    return [str(code) for code in answer.get("storeLocCodes") or ()]


READERS: dict[str, Callable[[Message, Site, CodeBook], Any]] = {
    "getVeriTask": _task, "getVeriSchInfo": _scheme, "getEquipDET": _stock, "getEquipParam": _meters,
    "getLegalCertRslt": _chips, "getStdCodes": _codes, "getDestinationCodes": _destinations,
}  # fmt: skip
