"""What each message to the platform says, thing by thing. Pure; field names are those of the published interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulation.marketing.records import Word

Body = Mapping[str, Any]
Reading = Callable[[str, Body], list[Word]]
VERDICTS = {"01": "pass", "02": "fail"}
PACKED = {"1": "pass", "0": "fail"}
VALID = "1"
VOID = "void "
"""Before the number of a seal or certificate that is void."""
CERTIFICATES = "vCpInfo"


class Unheard(ValueError):
    """A message that the platform refuses; the text is its errorInfo."""


def task_of(body: Body) -> str:
    """Return the task that a message is about; raises Unheard for none."""
    task = str(body.get("taskNo") or body.get("veriTaskNo") or "")
    if not task:
        rows = body.get("veriDtlFormList") or [{}]
        task = str(rows[0].get("veriTaskNo") or "")
    if not task:
        raise Unheard("taskNo is missing")
    return task


def must(body: Body, *names: str) -> list[str]:
    """Return some fields as texts; raises Unheard for one that is not there."""
    if absent := [name for name in names if not str(body.get(name) or "")]:
        raise Unheard(f"{absent[0]} is missing")
    return [str(body[name]) for name in names]


def _packed(task: str, body: Body) -> list[Word]:
    box, codes, when, flag = must(body, "boxBarCode", "barCodes", "devBoxDate", "isQualified")
    told = [Word("packed", task, code, box) for code in codes.split(",")]
    return [*told, Word("boxed", task, box, f"{when} {flag}{_part(body)}")]


def _part(body: Body) -> str:
    """Return which part of a long list a call is; nothing for a whole one."""
    return f" part {body['partSn']}" if body.get("partSn") else ""


def _sealed(task: str, body: Body) -> list[Word]:
    found: list[Word] = []
    for one in body.get("sealInst") or ():
        code, seal = must(one, "barCode", "sealBarCode")
        valid = str(one.get("validFlag", VALID)) == VALID
        found.append(Word("sealed", task, code, seal if valid else f"{VOID}{seal}"))
        found += [] if valid else [Word("voided", task, seal, code)]
    return found


def _concluded(task: str, body: Body) -> list[Word]:
    found: list[Word] = []
    for one in body.get("veriDtlFormList") or ():
        code, result = must(one, "barCode", "veriRslt")
        if result not in VERDICTS:
            raise Unheard(f"veriRslt {result} is unknown")
        found.append(Word("concluded", task, code, VERDICTS[result]))
    return found


def _tested(task: str, body: Body) -> list[Word]:
    lists = {name: rows for name, rows in body.items() if isinstance(rows, list)}
    return [
        Word("tested", task, f"{one['barCode']}", f"{name} {one.get('sn', '')}.{one.get('veriPointSn', '')} {when}")
        for name, rows in lists.items()
        if name != CERTIFICATES
        for one in rows
        for when in [one.get("veriCaliDate", "")]
    ] + [_certified(task, one) for one in lists.get(CERTIFICATES, ())]


def _certified(task: str, one: Body) -> Word:
    code, number = must(one, "barCode", "cpInfo")
    valid = str(one.get("validFlag", VALID)) == VALID
    return Word("certified", task, code, number if valid else f"{VOID}{number}")


def _piled(task: str, body: Body) -> list[Word]:
    boxes, pile, when = must(body, "boxBarCode", "pileNo", "boxPileDate")
    return [Word("piled", task, box, f"{pile} {when}") for box in boxes.split(",")]


def _checked(task: str, body: Body) -> list[Word]:
    box, flag, when = must(body, "boxBarCode", "checkFlag", "checkTime")
    return [Word("checked", task, box, f"{flag} {when}")]


def _scanned(task: str, body: Body) -> list[Word]:
    box, codes, flag, when = must(body, "boxBarCode", "barCodes", "checkFlag", "checkTime")
    told = codes.split(",")
    if str(body.get("devNum", "")) != str(len(told)):
        raise Unheard(f"devNum is not {len(told)}")
    return [Word("scanned", task, code, f"{box} {flag} {when}") for code in told]


def _finished(task: str, body: Body) -> list[Word]:
    return [Word("finished", task, task, must(body, "flag")[0])]


def _applied(task: str, body: Body) -> list[Word]:
    request, sort = must(body, "applyNo", "applyType")
    return [Word("applied", task, request, sort)]


def _proposed(task: str, body: Body) -> list[Word]:
    round_ = must(body, "proposalNo")[0]
    boxes = [must(one, "boxBarCode")[0] for one in body.get("equipDet") or ()]
    return [Word("proposed", task, round_, ",".join(boxes))]


def _stages(task: str, body: Body) -> list[Word]:
    return [Word("stage", task, str(one["stage"]), str(one["devNum"])) for one in body.get("stageList") or ()]


def _counted(task: str, body: Body) -> list[Word]:
    rows = body.get("countList") or ()
    return [Word("counted", task, " ".join(must(one, "devModel", "devStat")), str(one["devNum"])) for one in rows]


READINGS: dict[str, Reading] = {
    "uploadPackInfo": _packed, "uploadSealsCode": _sealed, "setResults": _concluded, "getDETedTestData": _tested,
    "upboxPileDet": _piled, "boxCheckInfo": _checked, "equipCheckInfo": _scanned, "sendTaskFinish": _finished,
    "applyEquip": _applied, "applyAssistEquip": _applied, "setEquipProposal": _proposed, "setTaskStages": _stages,
    "setCountRslt": _counted,
}  # fmt: skip
"""How each message that tells something is heard."""
