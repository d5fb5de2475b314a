"""How a floor row becomes a table row: values in the order of the columns, mappings as JSON, states as their values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlmodel import SQLModel

from wcs.line.rows import BenchMemo, BenchRun, Carrier, LineLot, LineMeter
from wcs.rows import Alarm, DeviceMemo, Mission, Order, Question, Unit
from wcs.store import (
    AlarmRow,
    BenchMemoRow,
    BenchRunRow,
    CarrierRow,
    DeviceRow,
    LineLotRow,
    MissionRow,
    OrderRow,
    QuestionRow,
    UnitRow,
    table,
)

Row = tuple[Any, ...]
TEXTS_KEPT = 10_000
to_json: Callable[[object], str] = json.JSONEncoder(sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of row: `read` gets a value for each column, those at the places in `encoded` change once more."""

    read: Callable[[Any], Row]
    encoded: tuple[tuple[int, Callable[[Any], str | int]], ...]

    def row(self, change: Any) -> Row:
        """Return the table row."""
        values = list(self.read(change))
        for place, encode in self.encoded:
            values[place] = encode(values[place])
        return tuple(values)


def _shape(model: type[SQLModel], *, read: dict[str, str], **encoded: Callable[[Any], str | int]) -> Shape:
    """Return the shape of a table; `read` says where a column comes from that is no field of its name."""
    names = [column.name for column in table(model).columns]
    return Shape(
        attrgetter(*(read.get(name, name) for name in names)),
        tuple((names.index(name), encode) for name, encode in encoded.items()),
    )


@lru_cache(TEXTS_KEPT)
def _names(names: tuple[str, ...]) -> str:
    return to_json(names)


@lru_cache(TEXTS_KEPT)
def _pairs(pairs: tuple[tuple[str, str | int], ...]) -> str:
    """Return what fills a reason; the same reasons come again and again."""
    return to_json(dict(pairs))


@lru_cache(TEXTS_KEPT)
def _numbers(numbers: tuple[int, ...]) -> str:
    return to_json(numbers)


def _params(params: Mapping[str, Any]) -> str:
    return to_json(params) if params else "{}"


def _meters(meters: tuple[LineMeter, ...]) -> str:
    return to_json([[m.code, m.verdict, m.seal, m.attempts, m.aborts, m.tried, m.failed, m.found] for m in meters])


_BECAUSE = {"reason": "reason.code", "reason_args": "reason.args"}
SHAPES: dict[type, Shape] = {
    Order: _shape(
        OrderRow,
        read=_BECAUSE | {"kind": "kind.value", "state": "state.value"},
        params=_params,
        reason_args=_pairs,
    ),
    Mission: _shape(MissionRow, read={"state": "state.value"}, code=int),
    Unit: _shape(UnitRow, read={}, holds=_names, faults=_names),
    DeviceMemo: _shape(DeviceRow, read={}),
    Question: _shape(QuestionRow, read=_BECAUSE, reason_args=_pairs),
    Alarm: _shape(AlarmRow, read={}),
    Carrier: _shape(CarrierRow, read={}, meters=_meters),
    BenchRun: _shape(BenchRunRow, read={}, carriers=_names),
    LineLot: _shape(LineLotRow, read={}, work=_params),
    BenchMemo: _shape(BenchMemoRow, read={}, disabled=_numbers),
}
