"""How a floor row becomes a table row: plain columns as they are, mappings as JSON, states as their values."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from wcs.reasons import Reason
from wcs.rows import Alarm, DeviceMemo, Mission, Order, Question, Unit

Row = dict[str, Any]
to_json: Callable[[object], str] = json.JSONEncoder(sort_keys=True).encode
_args: dict[tuple[tuple[str, str | int], ...], str] = {(): "{}"}
ARGS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of row: `plain` columns are read at once by `read`, the others come from `special`."""

    plain: tuple[str, ...]
    read: Callable[[Any], tuple[Any, ...]]
    special: Callable[[Any], Row]

    def row(self, change: Any) -> Row:
        """Return the table row."""
        found = dict(zip(self.plain, self.read(change), strict=True))
        found.update(self.special(change))
        return found


def _shape(kind: type[Any], special: Callable[[Any], Row], *others: str) -> Shape:
    plain = tuple(field.name for field in fields(kind) if field.name not in others)
    return Shape(plain, attrgetter(*plain), special)


def _because(reason: Reason) -> Row:
    """Return a reason as its two columns; the same reasons come again and again, so their JSON is kept."""
    text = _args.get(reason.args)
    if text is None:
        if len(_args) >= ARGS_KEPT:
            _args.clear()
        text = _args[reason.args] = to_json(dict(reason.args))
    return {"reason": reason.code, "reason_args": text}


def _order(order: Order) -> Row:
    params = to_json(order.params) if order.params else "{}"
    return {"kind": order.kind.value, "state": order.state.value, "params": params, **_because(order.reason)}


def _mission(mission: Mission) -> Row:
    return {"code": int(mission.code), "state": mission.state.value}


def _unit(unit: Unit) -> Row:
    return {"holds": to_json(unit.holds), "faults": to_json(unit.faults) if unit.faults else "[]"}


def _question(question: Question) -> Row:
    return _because(question.reason)


def _nothing(_: object) -> Row:
    return {}


SHAPES: dict[type, Shape] = {
    Order: _shape(Order, _order, "kind", "state", "params", "reason"),
    Mission: _shape(Mission, _mission, "code", "state"),
    Unit: _shape(Unit, _unit, "holds", "faults"),
    DeviceMemo: _shape(DeviceMemo, _nothing),
    Question: _shape(Question, _question, "reason"),
    Alarm: _shape(Alarm, _nothing),
}
