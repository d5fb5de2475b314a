"""The tables of docs/devices/contract.md, written from the declared blocks and codes so that they cannot be wrong.

`python -P -m plc.contract_doc docs/devices/contract.md` brings the page up to date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path

from plc.blocks import CODECS, SYS_STA_AT
from plc.codes import AckCode, ActState, CmdCode, CtrlBit, EvtCode, FaultCode, PackML, StatusBit, UnitMode
from plc.layout import Codec, Member, Scalar

CODES: tuple[type[IntEnum], ...] = (CmdCode, AckCode, EvtCode, PackML, UnitMode, ActState, FaultCode)
BITS = (StatusBit, CtrlBit)


def tables() -> dict[str, str]:
    """Return each table of the page by the name that its marker carries."""
    found = {name: block_table(codec) for name, codec in CODECS.items()}
    found |= {kind.__name__: _table(("number", "name"), ((c.value, c.name) for c in kind)) for kind in CODES}
    found |= {
        kind.__name__: _table(("bit", "name"), ((c.value.bit_length() - 1, c.name or "") for c in kind))
        for kind in BITS
    }
    sizes = ((name, codec.size, len(codec.leaves)) for name, codec in CODECS.items())
    return found | {
        "sizes": _table(("block", "bytes", "scalars"), sizes)
        + f"\n\nSYS_STA starts at byte {SYS_STA_AT} of the SYS DB."
    }


def block_table(codec: Codec) -> str:
    """Return the members of a block with their offsets."""
    rows: list[tuple[object, ...]] = []
    offset = 0
    for member in codec.block.members:
        rows.append((offset, member.name, _type(member), member.meaning))
        offset += _size(member)
    return _table(("byte", "name", "type", "meaning"), rows)


def render(page: str) -> str:
    """Return `page` with everything between its markers written anew; raises KeyError for an unknown marker."""
    found = tables()
    return re.sub(
        r"(<!-- table (\w+) -->\n)(?:(?!<!-- ).*?\n)??(<!-- end -->)",
        lambda match: f"{match[1]}{found[match[2]]}\n{match[3]}",
        page,
        flags=re.DOTALL,
    )


def _type(member: Member) -> str:
    kind = member.type
    if isinstance(kind, Scalar):
        name = f"{kind.name} ({kind.variant})"
    else:
        name = "{" + ", ".join(f"{part.name} {part.type.name}" for part in kind.members) + "}"
    return f"{member.count} x {name}" if member.count else name


def _size(member: Member) -> int:
    kind = member.type
    one = kind.size if isinstance(kind, Scalar) else sum(_size(part) for part in kind.members)
    return one * (member.count or 1)


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(render(path.read_text(encoding="utf-8")), encoding="utf-8")
