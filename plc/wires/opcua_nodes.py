"""The OPC UA nodes of a PLC: one per field, named as the field; `s=SC1.CMD.CmdSeqTail` under Objects/Plant/SC1/CMD."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asyncua import ua

from plc.blocks import CMD_CODEC, JRN_CODEC, RES_CODEC, STA_CODEC, SYS_CMD_CODEC, SYS_STA_CODEC
from plc.layout import Codec, Node
from plc.plant.kinds import TELLING
from plc.plant.model import DeviceSpec

ROOT = "Plant"
SYS = "SYS"
WRITTEN_BY_WCS = frozenset({"CMD"})

Block = tuple[str, str]
"""Owner and block: ("SC1", "CMD"), ("SYS", "STA")."""


def blocks_of(devices: Sequence[DeviceSpec]) -> dict[Block, Codec]:
    """Return the blocks of a PLC; only lines and cells have RES."""
    found: dict[Block, Codec] = {(SYS, "CMD"): SYS_CMD_CODEC, (SYS, "STA"): SYS_STA_CODEC}
    for device in devices:
        found |= {(device.id, "CMD"): CMD_CODEC, (device.id, "STA"): STA_CODEC, (device.id, "JRN"): JRN_CODEC}
        if device.kind in TELLING:
            found[device.id, "RES"] = RES_CODEC
    return found


def node_name(block: Block, node: str) -> str:
    """Return the identifier of a node.

    >>> node_name(("SC1", "CMD"), "Src.X")
    'SC1.CMD.Src.X'
    """
    return f"{block[0]}.{block[1]}.{node}"


def data_value(node: Node, value: Any) -> ua.DataValue:
    """Return the value with its declared type and no time stamp, which real PLCs refuse on a write."""
    return ua.DataValue(ua.Variant(value, ua.VariantType[node.scalar.variant]))


def empty(node: Node) -> Any:
    """Return the value of a node that nobody has written."""
    zero = "" if node.scalar.variant == "String" else 0
    return [zero] * node.length if node.length else zero


def node_ids(namespace: int, blocks: Mapping[Block, Codec]) -> dict[Block, list[ua.NodeId]]:
    """Return the node ids of each block, in the order of its nodes."""
    return {
        block: [ua.NodeId(node_name(block, node.name), namespace) for node in codec.nodes]  # pyright: ignore[reportArgumentType]
        for block, codec in blocks.items()
    }
