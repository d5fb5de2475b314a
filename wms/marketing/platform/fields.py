"""The field list of the interface as data: which message has which field, of what type, and whether it must be there.

`fields.csv` is the list as published; `additions.csv` completes what the list leaves out or garbles, and names the
messages that two sites agree on beyond it (group "extension").
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

GARBLED = ":"  # a message name with a colon is a line of the published list that was torn apart
REQUIRED = ("yes", "present")
NESTED = {
    ("setAssistEquipDet", "equipDet"): "AssistEquipDet",
    ("setEquipProposal", "equipDet"): "EquipProposalDet",
    ("getVeriTaskResult", "veriTask"): "getVeriTaskResult.VeriTask",
}
"""Lists and objects whose elements are not simply called as the field is."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message. `required` is "yes", "no", or "present": it must be there, and may be empty."""

    name: str
    label_zh: str
    kind: str
    required: str
    elements: str = ""  # the message that its elements are


@dataclass(frozen=True, slots=True)
class Message:
    """A message or a part of one, by group and name, with its fields in their order."""

    group: str
    name: str
    fields: Mapping[str, Field]


@lru_cache(maxsize=1)
def messages() -> dict[tuple[str, str], Message]:
    """Return every message by (group, name)."""
    listed: dict[tuple[str, str], dict[str, tuple[str, str, str]]] = {}
    for file in ("fields.csv", "additions.csv"):
        for row in _rows(file):
            said = (row["label_zh"], row["type"].strip(), row["required"].strip() or "no")
            listed.setdefault((row["group"], row["message"]), {})[row["field"]] = said
    return {
        (group, name): Message(group, name, _fields(listed, group, name))
        for group, name in listed
        if GARBLED not in name
    }


def message(name: str, group: str = "") -> Message:
    """Return a message by its name; raises KeyError for one that the interface does not have.

    >>> message("sendTaskFinish").fields["taskNo"].kind
    'VARCHAR2(32)'
    >>> message("uploadSealsCode").fields["sealInst"].elements
    'SealInst'
    """
    found = [one for (of_group, called), one in messages().items() if called == name and group in ("", of_group)]
    if not found:
        raise KeyError(name)
    return found[0]


def _fields(
    listed: Mapping[tuple[str, str], Mapping[str, tuple[str, str, str]]], group: str, name: str
) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    for field, (label, kind, required) in listed[group, name].items():
        elements = "" if kind.startswith(("VARCHAR2", "NUMBER", "DATE")) else _elements(listed, group, name, field)
        fields[field] = Field(field, label, kind, required, elements)
    return fields


def _elements(listed: Mapping[tuple[str, str], object], group: str, name: str, field: str) -> str:
    """Return the message that the elements of a list field are; "" for a plain field."""
    if (name, field) in NESTED:
        return NESTED[name, field]
    capital = field[:1].upper() + field[1:]
    wanted = (capital, f"item.{capital}", f"item.{field}", f"{name}.{capital}")
    return next((one for one in wanted if (group, one) in listed or ("base", one) in listed), "")


def _rows(file: str) -> list[dict[str, str]]:
    text = files("wms.marketing.platform").joinpath(file).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))
