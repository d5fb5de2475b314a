"""Where the blocks of an S7 PLC lie, and how they are read: whole devices in requests of one PDU."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plc.blocks import CMD_CODEC, JRN_CODEC, RES_CODEC, STA_CODEC, SYS_STA_AT, SYS_STA_CODEC
from plc.layout import Codec
from plc.plant.kinds import TELLING
from plc.plant.model import DeviceSpec
from plc.plant.plcs import S7Plc

READ_HEADER = 18  # bytes of a PDU that are not data: 240 carries 222
WRITE_HEADER = 35  # 240 carries 205


@dataclass(frozen=True, slots=True)
class BlockArray:
    """One DB: an array of one block by device index."""

    db: int
    codec: Codec
    index: dict[str, int]

    @property
    def size(self) -> int:
        """Bytes of the whole array, at least one block."""
        return (max(self.index.values(), default=0) + 1) * self.codec.size

    def start(self, device: str) -> int:
        """Return the byte at which the block of `device` starts."""
        return self.index[device] * self.codec.size


@dataclass(frozen=True, slots=True)
class S7Map:
    """The DBs of one PLC. RES holds one block for each line, in the order of their index."""

    sys_db: int
    cmd: BlockArray
    sta: BlockArray
    jrn: BlockArray
    res: BlockArray

    @staticmethod
    def of(spec: S7Plc, devices: Sequence[DeviceSpec]) -> S7Map:
        """Return the map of a PLC of the plant file."""
        index = {device.id: device.index for device in devices}
        lines = sorted((d for d in devices if d.kind in TELLING), key=lambda d: d.index)
        return S7Map(
            spec.sys_db,
            BlockArray(spec.cmd_db, CMD_CODEC, index),
            BlockArray(spec.sta_db, STA_CODEC, index),
            BlockArray(spec.jrn_db, JRN_CODEC, index),
            BlockArray(spec.res_db, RES_CODEC, {line.id: i for i, line in enumerate(lines)}),
        )

    def sizes(self) -> dict[int, int]:
        """Return the bytes of each DB."""
        arrays = {array.db: array.size for array in (self.cmd, self.sta, self.jrn, self.res)}
        return {self.sys_db: SYS_STA_AT + SYS_STA_CODEC.size, **arrays}


def requests(array: BlockArray, devices: Iterable[str], pdu_bytes: int) -> list[list[str]]:
    """Group `devices` so that each group's span is read in one PDU, and no block is torn across two.

    >>> array = BlockArray(1, STA_CODEC, {"A": 0, "B": 1, "C": 2, "D": 9})
    >>> requests(array, "ABCD", 240)
    [['A', 'B'], ['C'], ['D']]
    """
    room = pdu_bytes - READ_HEADER
    groups: list[list[str]] = []
    for device in sorted(devices, key=array.start):
        if groups and array.start(device) + array.codec.size - array.start(groups[-1][0]) <= room:
            groups[-1].append(device)
        else:
            groups.append([device])
    return groups
