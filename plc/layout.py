"""From a declared block to bytes: S7 standard access, big-endian, by the offset rules of TIA.

Every scalar of the contract has two bytes or more and so starts at an even byte; structs and arrays are padded to
even. A block's values are a mapping from node name to value, where the members of an array of structs
become one list each (`Job.MissionNo`), because that is how OPC UA shows them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from plc.telegram import Spot

Value = int | str | list[int] | list[str]
TEXT = 22  # characters of a String[22]


@dataclass(frozen=True, slots=True)
class Scalar:
    """An S7 data type with its size in bytes, its `struct` code and its OPC UA variant type."""

    name: str
    size: int
    code: str
    variant: str


UINT = Scalar("UInt", 2, "H", "UInt16")
INT = Scalar("Int", 2, "h", "Int16")
WORD = Scalar("Word", 2, "H", "UInt16")
UDINT = Scalar("UDInt", 4, "I", "UInt32")
DINT = Scalar("DInt", 4, "i", "Int32")
STRING = Scalar(f"String[{TEXT}]", TEXT + 2, f"{TEXT + 2}s", "String")
SCALARS = {scalar.name: scalar for scalar in (UINT, INT, WORD, UDINT, DINT, STRING)}


@dataclass(frozen=True, slots=True)
class Struct:
    """A named structure: a PLC data type (UDT) in TIA."""

    name: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a structure; `count` above zero makes it an array."""

    name: str
    type: Scalar | Struct
    meaning: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """One scalar of a block at its byte: the value of `node`, or its element `index` if that is a list."""

    node: str
    index: int | None
    path: str
    offset: int
    scalar: Scalar
    meaning: str


@dataclass(frozen=True, slots=True)
class Node:
    """One OPC UA node of a block; `length` is 0 for a scalar."""

    name: str
    scalar: Scalar
    length: int


def leaves(block: Struct) -> tuple[Leaf, ...]:
    """Return the scalars of `block` in the order of their bytes."""
    found: list[Leaf] = []
    offset = 0
    for node, index, path, member in _walk(block, "", None, ""):
        scalar = member.type
        assert isinstance(scalar, Scalar)
        found.append(Leaf(node, index, path, offset, scalar, member.meaning))
        offset += scalar.size + scalar.size % 2
    return tuple(found)


def _walk(block: Struct, node: str, index: int | None, path: str) -> Iterator[tuple[str, int | None, str, Member]]:
    for member in block.members:
        name = f"{node}{member.name}"
        for i in range(member.count or 1):
            at = i if member.count else index
            full = f"{path}{member.name}[{i}]" if member.count else f"{path}{member.name}"
            if isinstance(member.type, Struct):
                yield from _walk(member.type, f"{name}.", at, f"{full}.")
            else:
                yield name, at, full, member


@dataclass(frozen=True, slots=True)
class Codec:
    """Bytes and values of one block."""

    block: Struct
    leaves: tuple[Leaf, ...] = field(init=False)
    size: int = field(init=False)
    nodes: tuple[Node, ...] = field(init=False)
    _packer: struct.Struct = field(init=False)

    def __post_init__(self) -> None:
        """Work out the offsets once."""
        found = leaves(self.block)
        put = object.__setattr__
        put(self, "leaves", found)
        put(self, "_packer", struct.Struct(">" + "".join(leaf.scalar.code for leaf in found)))
        put(self, "size", self._packer.size)
        lengths: dict[str, Node] = {}
        for leaf in found:
            lengths[leaf.node] = Node(leaf.node, leaf.scalar, 0 if leaf.index is None else leaf.index + 1)
        put(self, "nodes", tuple(lengths.values()))

    def offset(self, path: str) -> int:
        """Return the byte at which `path` starts; raises KeyError if the block has no such member."""
        for leaf in self.leaves:
            if leaf.path == path:
                return leaf.offset
        raise KeyError(f"{self.block.name} has no {path}")

    def pack(self, values: Mapping[str, Value]) -> bytes:
        """Return the bytes of `values`; raises KeyError for a missing node, struct.error for a number too large."""
        return self._packer.pack(*(_to_wire(leaf, values[leaf.node]) for leaf in self.leaves))

    def unpack(self, raw: bytes | bytearray | memoryview) -> dict[str, Value]:
        """Return the values of `raw`, which must have exactly `size` bytes."""
        values: dict[str, Value] = {}
        for leaf, part in zip(self.leaves, self._packer.unpack(raw), strict=True):
            value = _text(part) if leaf.scalar is STRING else part
            if leaf.index is None:
                values[leaf.node] = value
            elif leaf.index == 0:
                values[leaf.node] = [value]
            else:
                cast(list[Any], values[leaf.node]).append(value)
        return values


def _to_wire(leaf: Leaf, value: Value) -> int | bytes:
    part: Any = value if leaf.index is None else cast(list[Any], value)[leaf.index]
    if isinstance(part, str):
        text = part.encode("ascii", "replace")[:TEXT]
        return bytes((TEXT, len(text))) + text
    assert isinstance(part, int)
    return part


def _text(raw: bytes) -> str:
    """Return an S7 string: maximum length, length, characters."""
    return raw[2 : 2 + min(raw[1], TEXT)].decode("ascii", "replace")


def spot_values(prefix: str, spot: Spot) -> dict[str, Value]:
    """Return the five numbers of a place under `prefix`."""
    return {
        f"{prefix}.Aisle": spot.aisle,
        f"{prefix}.Side": spot.side,
        f"{prefix}.X": spot.x,
        f"{prefix}.Y": spot.y,
        f"{prefix}.Z": spot.z,
    }
