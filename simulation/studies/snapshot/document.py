"""The snapshot file: JSON, packed with gzip if its name ends so. It knows no people, only goods and orders.

Times are ms of plant time counted from the snapshot: what was before is negative.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from plc.plant.model import Plant
from plc.plant.places import is_slot
from simulation.study import StudyError

STRICT = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
MAX_BYTES = 1_000_000_000
NAMED = 20
Code = Annotated[str, Field(min_length=1, max_length=64)]
Millis = Annotated[int, Field(ge=-(2**53), le=2**53)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]


class Contents(BaseModel):
    """A turnover box: `meters` are bar codes; a box with none is an empty one."""

    model_config = STRICT
    code: Code
    pile: Annotated[int, Field(ge=1, le=99)]
    lot: str | None
    model: str | None
    state: Code
    verdict: Annotated[int, Field(ge=0, le=2)]
    verified_ms: Millis
    meters: tuple[Code, ...]


class Standing(BaseModel):
    """A pallet: in a slot, or expected with a delivery and not here yet; `was_at` is where it was when set down."""

    model_config = STRICT
    code: Code
    slot: str = ""
    delivery: str = ""
    was_at: str = ""
    lot: str | None
    weight_g: Count
    height_mm: Count
    arrived_ms: Millis | None
    boxes: tuple[Contents, ...]


class Blocked(BaseModel):
    """A slot that is out of use."""

    model_config = STRICT
    slot: Code
    why: Literal["occupied", "empty", "manual"]


class Wish(BaseModel):
    """What a district still gets."""

    model_config = STRICT
    district: Code
    model: Code
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]


class Owed(BaseModel):
    """An open order and what is left of it: a lot to verify on a line, or meters for districts."""

    model_config = STRICT
    key: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Literal["verification", "distribution"]
    lot: str | None = None
    line: str = ""
    again: bool = False
    """Verified once more: the lot's pallets are qualified."""
    wishes: tuple[Wish, ...] = ()


class ModelOfMeter(BaseModel):
    """A type of asset as the installation knows it; lists are JSON."""

    model_config = STRICT
    code: Code
    asset_class: str
    phase: str
    accuracy_classes: str
    rated_voltages: str
    currents: str
    constants: str
    per_box: Annotated[int, Field(ge=1)]
    boxes_per_pile: Annotated[int, Field(ge=1)]
    piles_per_pallet: Annotated[int, Field(ge=1)]
    box_height_mm: Annotated[int, Field(ge=1)]


class Snapshot(BaseModel):
    """A whole snapshot; pallets in the order of their codes, orders in the order in which they were placed."""

    model_config = STRICT
    format: Literal["metrostack-snapshot-1"] = "metrostack-snapshot-1"
    plant: str
    taken_ms: Millis
    """Plant time of the installation."""
    models: tuple[ModelOfMeter, ...]
    pallets: tuple[Standing, ...]
    blocked: tuple[Blocked, ...] = ()
    orders: tuple[Owed, ...] = ()

    @property
    def meters(self) -> int:
        """Return how many meters are in it."""
        return sum(len(box.meters) for pallet in self.pallets for box in pallet.boxes)


def write_snapshot(snapshot: Snapshot, path: Path) -> None:
    """Write a snapshot, whole or not at all; raises OSError."""
    body = snapshot.model_dump_json().encode()
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(gzip.compress(body, 6, mtime=0) if path.suffix == ".gz" else body)
    draft.replace(path)


def load_snapshot(path: Path, plant: Plant) -> Snapshot:
    """Return the snapshot in a file; raises StudyError with everything in it that this plant cannot begin with."""
    try:
        snapshot = Snapshot.model_validate_json(_body(path))
    except (OSError, EOFError, zlib.error) as error:
        raise StudyError([f"{path.name}: {error}"]) from error
    except ValidationError as error:
        found = [f"{path.name}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:NAMED]]
        raise StudyError(found) from error
    if found := list(misfits(snapshot, plant)):
        more = [f"{path.name}: and {len(found) - NAMED} more"] if len(found) > NAMED else []
        raise StudyError([*(f"{path.name}: {problem}" for problem in found[:NAMED]), *more])
    return snapshot


def misfits(snapshot: Snapshot, plant: Plant) -> Iterator[str]:
    """Yield what the plant does not have, and what stands there twice."""
    models = {model.code for model in snapshot.models}
    seen: dict[str, str] = {}
    for pallet in snapshot.pallets:
        if pallet.slot and not is_slot(plant, pallet.slot):
            yield f"pallet {pallet.code}: there is no slot {pallet.slot}"
        if bool(pallet.slot) == bool(pallet.delivery):
            yield f"pallet {pallet.code}: give either a slot or a delivery"
        for name in (pallet.code, pallet.slot, *(code for box in pallet.boxes for code in (box.code, *box.meters))):
            if name and seen.setdefault(name, pallet.code) != pallet.code:
                yield f"pallet {pallet.code}: {name} stands on pallet {seen[name]} already"
        for box in pallet.boxes:
            if box.meters and (box.lot is None or box.model not in models):
                yield f"box {box.code}: meters without lot or known model"
    yield from (f"there is no slot {one.slot}" for one in snapshot.blocked if not is_slot(plant, one.slot))
    for order in snapshot.orders:
        if order.kind == "verification" and (order.line not in plant.lines or order.lot is None):
            yield f"order {order.key}: there is no line {order.line} in this plant, or it names no lot"
        yield from (f"order {order.key}: no model {w.model}" for w in order.wishes if w.model not in models)


def _body(path: Path) -> bytes:
    """Return the text of a snapshot, unpacked; raises OSError for one that is larger than any could be."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        body = file.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise OSError(f"more than {MAX_BYTES} bytes")
    return body
