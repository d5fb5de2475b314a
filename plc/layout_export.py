"""The contract as source for the PLC programmer, who imports it instead of typing; and the reader that proves it.

`.db` holds one data block, `.udt` one data type; `.scl` holds everything in the order TIA wants it. Standard access,
so that offsets hold. JRN is retentive: a data block is that unless it says NON_RETAIN.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from plc.blocks import CMD, JRN, RES, STA, SYS_CMD, SYS_STA
from plc.layout import SCALARS, Member, Struct
from plc.plant.model import DeviceSpec
from plc.plant.plcs import S7Plc
from plc.wires.s7_map import S7Map

PREFIX = "DB_MS_"
RETENTIVE = frozenset({f"{PREFIX}JRN"})


class SourceError(Exception):
    """A source does not say what the contract says; the text names the line."""


def data_blocks(spec: S7Plc, devices: Sequence[DeviceSpec]) -> dict[str, tuple[int, Struct]]:
    """Return each DB of a PLC by name with its number and its members."""
    laid_out = S7Map.of(spec, devices)
    arrays = (("CMD", laid_out.cmd, CMD), ("STA", laid_out.sta, STA), ("JRN", laid_out.jrn, JRN))
    found = {f"{PREFIX}SYS": (spec.sys_db, Struct("", (Member("Cmd", SYS_CMD), Member("Sta", SYS_STA))))}
    for name, array, block in arrays:
        found[f"{PREFIX}{name}"] = (array.db, Struct("", (Member("Device", block, count=_length(array.index)),)))
    if laid_out.res.index:
        line = Member("Line", RES, count=_length(laid_out.res.index))
        found[f"{PREFIX}RES"] = (laid_out.res.db, Struct("", (line,)))
    return found


def files(spec: S7Plc, devices: Sequence[DeviceSpec]) -> dict[str, str]:
    """Return every source file of a PLC: one `.udt` and `.db` each, and one `.scl` with all of them."""
    blocks = data_blocks(spec, devices)
    types = {kind.name: type_source(kind) for kind in types_of(block for _, block in blocks.values())}
    dbs = {name: db_source(name, block, number) for name, (number, block) in blocks.items()}
    found = {f"{name}.udt": text for name, text in types.items()} | {f"{name}.db": text for name, text in dbs.items()}
    return found | {f"metrostack_{spec.id}.scl": "\n".join([*types.values(), *dbs.values()])}


def types_of(structs: Iterable[Struct]) -> list[Struct]:
    """Return the data types that `structs` use, each behind those that it uses itself."""
    found: dict[str, Struct] = {}

    def visit(struct: Struct) -> None:
        for member in struct.members:
            if isinstance(member.type, Struct):
                visit(member.type)
                found.setdefault(member.type.name, member.type)

    for struct in structs:
        visit(struct)
    return list(found.values())


def type_source(kind: Struct) -> str:
    """Return a PLC data type as external source."""
    return "\n".join([f'TYPE "{kind.name}"', "VERSION : 0.1", "   STRUCT", *_lines(kind), "   END_STRUCT;", "",
                      "END_TYPE", ""])  # fmt: skip


def db_source(name: str, block: Struct, number: int) -> str:
    """Return a data block as external source; its number stands in a comment, TIA asks for it."""
    kept = [] if name in RETENTIVE else ["NON_RETAIN"]
    head = [f"// DB{number}", f'DATA_BLOCK "{name}"', "{ S7_Optimized_Access := 'FALSE' }", "VERSION : 0.1", *kept]
    return "\n".join([*head, "   STRUCT", *_lines(block), "   END_STRUCT;", "", "BEGIN", "", "END_DATA_BLOCK", ""])


def parse(source: str) -> tuple[dict[str, Struct], dict[str, Struct]]:
    """Return the data types and the data blocks of a source; raises SourceError for what it cannot read.

    Refuses optimised blocks, whose offsets nobody knows.
    """
    types: dict[str, Struct] = {}
    blocks: dict[str, Struct] = {}
    plain = re.sub(r"//[^\n]*", "", source)
    found = re.finditer(r'(TYPE|DATA_BLOCK)\s+"(\w+)"(.*?)STRUCT(.*?)END_STRUCT', plain, re.DOTALL)
    for kind, name, head, body in (match.groups() for match in found):
        struct = Struct(name if kind == "TYPE" else "", tuple(_members(name, body, types)))
        if kind == "DATA_BLOCK" and not re.search(r"S7_Optimized_Access\s*:=\s*'FALSE'", head):
            raise SourceError(f"{name}: untick Properties > Attributes > Optimized block access, and export again")
        (types if kind == "TYPE" else blocks)[name] = struct
    return types, blocks


def _length(index: dict[str, int]) -> int:
    return max(index.values()) + 1


def _lines(struct: Struct) -> list[str]:
    return [
        f"      {member.name} : {_type(member)};" + (f"   // {member.meaning}" if member.meaning else "")
        for member in struct.members
    ]


def _type(member: Member) -> str:
    name = f'"{member.type.name}"' if isinstance(member.type, Struct) else member.type.name
    return f"Array[0..{member.count - 1}] of {name}" if member.count else name


def _members(owner: str, body: str, types: dict[str, Struct]) -> Iterable[Member]:
    for line in filter(None, (part.strip() for part in body.split(";"))):
        match = re.fullmatch(r'"?(\w+)"?\s*:\s*(?:Array\s*\[0\.\.(\d+)\]\s*of\s+)?("?)([\w\[\]]+)\3', line)
        if match is None:
            raise SourceError(f"{owner}: cannot read {line!r}")
        name, last, _, kind = match.groups()
        found = SCALARS.get(kind) or types.get(kind)
        if found is None:
            raise SourceError(f"{owner}.{name}: the type {kind} is neither known nor declared above")
        yield Member(name, found, "", int(last) + 1 if last else 0)
