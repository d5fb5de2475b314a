"""A delivery as its maker announces it (ASN): one row a meter, as CSV or JSON. Pure: file in, load out.

JSON is either a list of rows or `{"asn": ..., "meters": [rows]}`; a row has the same names as the columns of
the CSV. Line numbers of JSON rows count from 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, cast

from wms.stock import sheet
from wms.stock.load import BoxDraft, Claim, Load, Model, Problem
from wms.stock.sheet import Cells, Sheet, is_date

REQUIRED = (
    "asn", "lot", "pallet", "pile", "box", "bar_code", "comm_address", "phase", "model", "accuracy_class",
    "rated_voltage_v", "current_a", "constant_imp_kwh", "made_on",
)  # fmt: skip
PER_METER = ("bar_code", "comm_address", "made_on")
OF_MODEL = ("phase", "accuracy_class", "rated_voltage_v", "current_a", "constant_imp_kwh")
ADDRESSED = frozenset({"meter", "terminal"})  # classes that answer to the address in their bar code


@dataclass(slots=True)
class Delivery:
    """What a delivery file says; `load.problems` says what is wrong with it, `fatal` whether any of it can be used."""

    load: Load
    asn: str = ""
    rows: int = 0
    fatal: bool = False
    dates: dict[str, bool] = field(default_factory=dict[str, bool])


def read_delivery(content: bytes, models: Mapping[str, Model], types: Mapping[str, str]) -> Delivery:
    """Return what a file announces, checked as far as the file alone can tell; every bad row is named."""
    delivery = Delivery(Load(models, types))
    text = sheet.decoded(content)
    opened = [text] if isinstance(text, Problem) else _open(text)
    if isinstance(opened, list):
        delivery.load.problems += opened
        delivery.fatal = True
        return delivery
    _read_rows(delivery, opened)
    if not delivery.rows and not delivery.load.problems:
        delivery.load.problem(0, "", "", "no_rows")
        delivery.fatal = True
    delivery.load.finish()
    return delivery


def _open(text: str) -> Sheet | list[Problem]:
    return _open_json(text) if text.lstrip()[:1] in ("{", "[") else sheet.read_csv(text, REQUIRED)


def _open_json(text: str) -> Sheet | list[Problem]:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        return [Problem(0, "", "", "not_json", {"what": str(error)[:80]})]
    head: dict[str, Any] = {}
    if isinstance(found, dict):
        head = cast(dict[str, Any], found)
        found = head.get("meters")
    if not isinstance(found, list):
        return [Problem(0, "meters", "", "missing_column")]
    rows = cast(list[Any], found)
    first: Any = rows[0] if rows else {}
    names = cast(dict[str, Any], first) if isinstance(first, dict) else {}
    gone = sheet.missing([*names, *(n for n in head if n not in names)], REQUIRED) if rows else []
    return gone or Sheet(REQUIRED, _json_rows(rows, head))


def _json_rows(rows: Sequence[Any], head: Mapping[str, Any]) -> Iterator[tuple[int, Cells]]:
    for line, row in enumerate(rows, 1):
        named = cast(dict[str, Any], row) if isinstance(row, dict) else {}
        cells = [named.get(name, head.get(name)) for name in REQUIRED]
        yield line, [str(cell) for cell in cells if isinstance(cell, str | int | float)]


def _read_rows(delivery: Delivery, opened: Sheet) -> None:
    load, columns = delivery.load, opened.columns
    varying = itemgetter(*(columns.index(name) for name in PER_METER))
    same = [columns.index(name) for name in REQUIRED if name not in PER_METER]
    constant = itemgetter(*same)
    names = tuple(columns[i] for i in same)
    drafts: dict[tuple[str, ...], tuple[BoxDraft, bool]] = {}
    for line, cells in sheet.good_rows(opened, load.problems):
        delivery.rows += 1
        said = constant(cells)
        found = drafts.get(said)
        if found is None:
            row = dict(zip(names, said, strict=True))
            found = drafts[said] = (_claimed(delivery, row, line), _is_addressed(load, row["model"]))
        draft, addressed = found
        code, address, made_on = varying(cells)
        if addressed and address != code[9:21]:
            load.problem(line, "comm_address", address, "address_differs", box=draft.claim.box)
            continue
        if made_on not in delivery.dates:
            delivery.dates[made_on] = is_date(made_on)
        if not delivery.dates[made_on]:
            load.problem(line, "made_on", made_on, "not_a_date", box=draft.claim.box)
            continue
        load.add(code, draft, line, made_on)


def _claimed(delivery: Delivery, row: Mapping[str, str], line: int) -> BoxDraft:
    """Check what a row says of its delivery, model and box, which the next rows repeat."""
    load, box = delivery.load, row["box"]
    if not delivery.asn:
        delivery.asn = row["asn"]
    if row["asn"] != delivery.asn or not row["asn"].strip():
        load.problem(line, "asn", row["asn"], "several_deliveries", params={"before": delivery.asn})
        delivery.fatal = True
    if (model := load.models.get(row["model"])) is not None:
        for name in OF_MODEL:
            allowed = model.allowed.get(name)
            if allowed is not None and row[name] not in allowed:
                params = {"model": model.code, "allowed": ", ".join(sorted(allowed))}
                load.problem(line, name, row[name], "not_of_this_model", box=box, params=params)
    return load.claim(Claim(row["pallet"], row["pile"], box, row["lot"], row["model"]), line)


def _is_addressed(load: Load, model: str) -> bool:
    found = load.models.get(model)
    return found is not None and found.asset_class in ADDRESSED
