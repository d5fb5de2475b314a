"""What can be asked of bench equipment over a wire: each call with the types of its arguments and its answer.

Both ends read this one table, so that neither can send what the other does not understand.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from plc.bench.equipment import Ambient, Load, PositionState, Pulses, Reference

Number = Annotated[int, Field(ge=1, le=200)]
Numbers = Annotated[list[Number], Field(max_length=200)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Count = Annotated[int, Field(ge=1, le=100)]


@dataclass(frozen=True, slots=True)
class Call:
    """Arguments in their order and the answer, as validators."""

    takes: dict[str, TypeAdapter[Any]]
    gives: TypeAdapter[Any]


def _call(gives: Any, **takes: Any) -> Call:
    return Call({name: TypeAdapter(kind) for name, kind in takes.items()}, TypeAdapter(gives))


CALLS: dict[str, Call] = {
    "source.apply": _call(None, load=Load),
    "source.off": _call(None),
    "standard.read": _call(Reference),
    "standard.reset_energy": _call(None),
    "boards.measure": _call(dict[int, list[Decimal]], positions=Numbers, readings=Count, reading_s=Seconds),
    "boards.count": _call(None, positions=Numbers),
    "boards.pulses": _call(dict[int, Pulses], positions=Numbers),
    "boards.timing": _call(dict[int, list[Decimal]], positions=Numbers, gates=Count, gate_s=Seconds),
    "positions.press": _call(None, positions=Numbers),
    "positions.release": _call(None),
    "positions.states": _call(dict[int, PositionState]),
    "positions.bypass": _call(None, position=Number),
    "positions.rejoin": _call(None, positions=Numbers),
    "positions.ambient": _call(Ambient),
}
"""By device and verb."""
