"""The published field list as the tests read it: by themselves, not by the code under test."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2] / "wms" / "marketing" / "platform"
ELEMENTS = {
    ("setEquipDet", "equipDet"): "EquipDet", ("setAssistEquipDet", "equipDet"): "AssistEquipDet",
    ("getEquipParamResult_Meter", "meterDet"): "MeterDet", ("getEquipParamResult_Module", "commDet"): "CommDet",
    ("getEquipParamResult_Terminal", "tmnlDet"): "TmnlDet", ("getLegalCertRslt", "hplcInfo"): "HplcInfo",
    ("getLegalCertRsltResult", "certList"): "CertList", ("getStdCodeResult", "stdCodeList"): "StdCodeList",
    ("getVeriSchInfoResult", "trialSch"): "TrialSch", ("getVeriSchInfoResult", "trialSchDtl"): "TrialSchDtl",
    ("getVeriTaskResult", "veriTask"): "getVeriTaskResult.VeriTask", ("uploadSealsCode", "sealInst"): "SealInst",
}  # fmt: skip
OBJECTS = ("trialSch", "veriTask")
DATE = "2026-11-21 08:30:00"


def rows() -> list[dict[str, str]]:
    text = (ROOT / "fields.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def service() -> dict[str, dict[str, tuple[str, bool]]]:
    """Return message -> field -> (type, must be there) of the group `service`."""
    found: dict[str, dict[str, tuple[str, bool]]] = {}
    for row in rows():
        if row["group"] == "service":
            found.setdefault(row["message"], {})[row["field"]] = (row["type"], row["required"] == "yes")
    return found


def text_limit(kind: str) -> int | None:
    """Return the bytes that a text may have, None for what is no text."""
    found = re.match(r"VARCHAR2\((\d+)\)$", kind)
    return int(found[1]) if found else None


def full(message: str) -> dict[str, Any]:
    """Return a message with every field as long as it may be, elements and all."""
    listed = service()
    return {field: value(message, field, kind) for field, (kind, _) in listed[message].items()}


def value(message: str, field: str, kind: str) -> Any:
    if (message, field) in ELEMENTS:
        part = full(ELEMENTS[message, field])
        return part if field in OBJECTS else [part, part]
    if (limit := text_limit(kind)) is not None:
        return "x" * limit
    if kind == "DATE":
        return DATE
    number = re.match(r"NUMBER\((\d+)(?:,(\d+))?\)$", kind)
    if number:
        whole = "9" * (int(number[1]) - int(number[2] or 0))
        return f"{whole}.{'9' * int(number[2])}" if number[2] else whole
    assert kind == "INT", (message, field, kind)
    return "7"


def fits(message: str, body: dict[str, Any], *, beside: frozenset[str] = frozenset()) -> list[str]:
    """Return what of a message of the group `service` is not as the published list has it."""
    listed, wrong = service()[message], []
    wrong += [f"{message}.{field} missing" for field, (_, must) in listed.items() if must and field not in body]
    for field, said in body.items():
        if field not in listed:
            wrong += [] if field in beside else [f"{message}.{field} unknown"]
        elif (message, field) in ELEMENTS:
            parts = [said] if field in OBJECTS else said
            wrong += [one for part in parts for one in fits(ELEMENTS[message, field], part)]
        elif not isinstance(said, str):
            wrong.append(f"{message}.{field} no text")
        elif (limit := text_limit(listed[field][0])) is not None and len(said.encode()) > limit:
            wrong.append(f"{message}.{field} too long")
        elif listed[field][0] == "DATE" and not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", said):
            wrong.append(f"{message}.{field} no date")
        elif listed[field][0].startswith(("NUMBER", "INT")) and not re.fullmatch(r"-?\d+(\.\d+)?", said):
            wrong.append(f"{message}.{field} no number")
    return wrong
