"""What the platform sends, in our own words: tasks, what is given out of stock, flags, approvals. Pure.

Each reader takes a message that `check` has let pass; what it cannot understand it refuses by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wms.errors import Refused
from wms.marketing.platform.check import KEEP, Misfit, check
from wms.marketing.platform.codebook import CodeBook
from wms.marketing.platform.site import Site
from wms.marketing.platform.values import Body, codes_of

Message = Mapping[str, Any]
Reader = Callable[[Message, Site, CodeBook], Body]
MOST_SHOWN = 10
MOST_METERS = 10_000_000


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message that the platform may send: what it is to us, how it is read, and which fields name it."""

    kind: str
    read: Reader
    names: tuple[str, ...]
    group: str = "service"


def misfits(name: str, body: Message, site: Site) -> list[Misfit]:
    """Return what is wrong with a message from the platform; raises Refused for one that it has not to send."""
    return check(name, body, group=inbound(name).group, unknown=site.unknown)


def read(name: str, body: Message, site: Site, book: CodeBook) -> Body:
    """Return what a message says; raises Refused, with every misfit named, for one that does not fit."""
    wrong = misfits(name, body, site)
    if wrong:
        more = f" +{len(wrong) - MOST_SHOWN}" if len(wrong) > MOST_SHOWN else ""
        words = "; ".join(one.words() for one in wrong[:MOST_SHOWN]) + more
        raise Refused("message_does_not_fit", message=name, problems=words)
    _is_for(site, body)
    found = inbound(name).read(body, site, book)
    return found | _kept(name, body, site)


def key_of(name: str, body: Message) -> str:
    """Return what names a message for ever, made of its own numbers: the interface has no message key.

    >>> key_of("sendTaskFinish", {"taskNo": "T1", "flag": "05"})
    'sendTaskFinish:T1:05'
    """
    return ":".join([name, *(str(body.get(field, "")) for field in inbound(name).names)])


def inbound(name: str) -> Inbound:
    """Return a message that the platform may send; raises Refused for any other."""
    if name not in INBOUND:
        raise Refused("unknown_message", message=name[:40])
    return INBOUND[name]


def _is_for(site: Site, body: Message) -> None:
    addressed = str(body.get("sysNo", site.sys_no))
    if addressed != site.sys_no:
        raise Refused("other_site", addressed=addressed[:32], here=site.sys_no)


def _kept(name: str, body: Message, site: Site) -> Body:
    """Return the fields that the interface does not have: kept with the message, they mean nothing to us."""
    if site.unknown != KEEP:
        return {}
    extra = {one.field: body[one.field] for one in check(name, body, unknown="refuse") if _at_top(one, body)}
    return {"beside": extra} if extra else {}


def _at_top(one: Misfit, body: Message) -> bool:
    return one.code == "unknown_field" and not one.place and one.field in body


def task_of(body: Message, site: Site, book: CodeBook) -> Body:
    """Return a verification task: what marketing wants done with which lot."""
    return {
        "key": str(body["taskNo"]), "source": book.role_or("task_category", str(body["taskCateg"]), "first"),
        "source_code": str(body["taskCateg"]), "category": book.role_or("equipment", str(body["devCls"]), "other"),
        "lot": str(body["arrBatchNo"]), "model": str(body.get("devModel") or body["equipCodeNew"]),
        "device_code": str(body["equipCodeNew"]), "quantity": _count(body, "devNum"),
        "piles": _count(body, "tPileNum"),
        "priority": _priority(str(body["taskPri"])),
        "state": book.role("task_state", str(body["taskStatus"])), "scheme": str(body.get("trialSchId") or ""),
        "scheme_name": str(body.get("veriSch") or ""), "recheck_scheme": str(body.get("rckSchId") or ""),
        "seal": book.role_or("yes_no", str(body["autoSealFlag"]), "no") == "yes",
        "mode": book.role_or("test_mode", str(body["testMode"]), "automatic"),
        "asset_state": book.role_or("asset_state", str(body["veriDevStat"]), ""),
        "erp_lot": str(body.get("erpBatchNo") or ""), "issued_ms": site.at_ms(str(body["taskIssuTime"])),
    }  # fmt: skip


def _count(body: Message, field: str) -> int:
    """Return a whole number that a house can hold; raises Refused for one beyond it."""
    number = Decimal(str(body[field]))
    if not 0 <= number <= MOST_METERS:
        raise Refused("value_not_understood", message="", field=field, value=str(body[field])[:40])
    return int(number)


def _priority(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) <= 6 else 0  # noqa: PLR2004


def stock_of(body: Message, site: Site, book: CodeBook) -> Body:
    """Return what is given out of stock for a task: boxes with their meters."""
    boxes: dict[tuple[str, str], list[str]] = {}
    for one in body.get("equipDet") or ():
        at = (str(one.get("pileNo") or ""), str(one.get("boxBarCode") or ""))
        boxes.setdefault(at, []).append(str(one["barCode"]))
    given = [{"pile": pile, "box": box, "bars": bars} for (pile, box), bars in boxes.items()]
    return _given(body, book) | {"lot": str(body["arriveBatchNo"]), "boxes": given}


def empties_of(body: Message, site: Site, book: CodeBook) -> Body:
    """Return the empty boxes that are given for a task."""
    boxes = [{"pile": str(one["pileNo"]), "box": str(one["boxBarCode"])} for one in body.get("equipDet") or ()]
    return _given(body, book) | {"boxes": boxes}


def _given(body: Message, book: CodeBook) -> Body:
    category = book.role_or("equipment", str(body["devCls"]), "other")
    return {"task": str(body["taskNo"]), "order": str(body["ioTaskNo"]), "category": category}


def flag_of(body: Message, site: Site, book: CodeBook) -> Body:
    """Return what is finished, or, for a count, asked for."""
    return {"task": str(body["taskNo"]), "flag": book.role("task_flag", str(body["flag"]))}


def approval_of(body: Message, site: Site, book: CodeBook) -> Body:
    """Return what marketing says to a proposal."""
    approved = book.role("yes_no", str(body["approveFlag"])) == "yes"
    said = {"task": str(body["taskNo"]), "round": _count(body, "proposalNo"), "approved": approved}
    return said | {"reason": str(body.get("reason") or "")}


def control_of(body: Message, site: Site, book: CodeBook) -> Body:
    """Return that a task is paused, resumed, changed or cancelled, and what running benches shall do then."""
    said: Body = {"task": str(body["taskNo"]), "state": book.role("task_state", str(body["taskStatus"]))}
    said |= {"control": str(body["controlNo"])}
    if body.get("taskPri"):
        said["priority"] = _priority(str(body["taskPri"]))
    if body.get("devNum"):
        said["quantity"] = _count(body, "devNum")
    if said["state"] == "cancelled":
        said["ending"] = book.role_or("end_mode", str(body.get("endMode") or ""), "finish")
    return said


def back_of(body: Message, site: Site, book: CodeBook) -> Body:
    """Return that marketing lets packed boxes go back into stock."""
    said = {"task": str(body["taskNo"]), "order": str(body["ioTaskNo"])}
    return said | {"boxes": codes_of(str(body["boxBarCodes"]))}


INBOUND: dict[str, Inbound] = {
    "setVerificationTaskinfo": Inbound("task_given", task_of, ("taskNo", "taskIssuTime")),
    "setEquipDet": Inbound("stock_given", stock_of, ("taskNo", "ioTaskNo")),
    "setAssistEquipDet": Inbound("empties_given", empties_of, ("taskNo", "ioTaskNo")),
    "sendTaskFinish": Inbound("task_flag", flag_of, ("taskNo", "flag")),
    "confirmEquipProposal": Inbound("proposal_answered", approval_of, ("taskNo", "proposalNo"), "extension"),
    "setVeriTaskControl": Inbound("task_control", control_of, ("taskNo", "controlNo"), "extension"),
    "setBackToStock": Inbound("back_to_stock", back_of, ("taskNo", "ioTaskNo"), "extension"),
}
"""What the platform may send, by message. What is beyond the published list is of the group "extension"."""
