"""Steps that read, write and compare what a meter holds, and clear its registers."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from wcs.bench.batch import Batch, Position
from wcs.bench.steps import ClearRegisters, Compare, ReadValue, WriteValue
from wcs.bench.talk import ask

_ARCHIVE = "archive."
_PADDING = "\x00 "
_PLACE_FIELDS = frozenset({"bar_code", "comm_address", "lot"})


async def read_value(batch: Batch, step: ReadValue) -> None:
    """Read an identifier and keep it under its name."""

    async def read(_: Batch, position: Position) -> None:
        position.values[step.name] = await position.client.read(step.name)

    await ask(batch, read)


async def write_value(batch: Batch, step: WriteValue) -> None:
    """Write an identifier."""

    async def write(batch: Batch, position: Position) -> None:
        await position.client.write(step.name, expected(batch, position, step.value))

    await ask(batch, write)


async def compare(batch: Batch, step: Compare) -> None:
    """Compare what was read with the archive, or with a text; what was refused is a finding already."""
    for position in batch.live():
        if step.name not in position.values:
            continue
        shown, wanted = position.values[step.name], expected(batch, position, step.to)
        verdict = "pass" if alike(shown, wanted) else "fail"
        batch.note(position, verdict, point=step.name, value=str(shown)[:64], limit=wanted)


def expected(batch: Batch, position: Position, wanted: str) -> str:
    """Return what `archive.<field>` means for a meter, or the text itself."""
    if not wanted.startswith(_ARCHIVE):
        return wanted
    field = wanted.removeprefix(_ARCHIVE)
    if field == "constant":
        field = "constant_imp_kwh"
    source = position.place if field in _PLACE_FIELDS else batch.run.kind
    return str(getattr(source, field, ""))


def alike(shown: object, wanted: str) -> bool:
    """Return whether two values say the same: figures by value, texts without padding and case.

    >>> alike(1200, "1200.0"), alike("DDS-1 ", "dds-1"), alike("2", "2.0"), alike("000123", "123")
    (True, True, True, False)
    """
    text = str(shown).strip(_PADDING)
    if text.casefold() == wanted.strip().casefold():
        return True
    if isinstance(shown, str) and shown.startswith("0") and shown.isdigit():
        return False  # codes and addresses: leading zeros count
    try:
        return Decimal(text) == Decimal(wanted)
    except InvalidOperation:
        return False


async def clear(batch: Batch, step: ClearRegisters) -> None:
    """Clear energy or demand, and read that they are clear."""

    async def clear_one(_: Batch, position: Position) -> None:
        await (position.client.clear_energy() if step.what == "energy" else position.client.clear_demand())
        position.values["cleared"] = await position.client.read(_CLEARED[step.what])

    await ask(batch, clear_one)
    for position in batch.live():
        shown = position.values.pop("cleared", None)
        if shown is not None:
            verdict = "pass" if Decimal(str(shown)) == 0 else "fail"
            batch.note(position, verdict, point=step.what, value=str(shown), limit="0")


_CLEARED = {"energy": "energy_total", "demand": "demand_max"}
