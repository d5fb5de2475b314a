"""The last telegrams of a PLC, written to a file when something fails: what was said before it happened."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plc.link import Link
from plc.plant.kinds import FaultKind
from plc.plant.model import Plant
from plc.recorder import Recorded, Recorder
from wcs.faults import OF_MISSION, CellFault
from wcs.journal import Fact
from wcs.rows import Change

FOLDER, KEPT = "flights", 50
WORTH = frozenset({FaultKind.MACHINE_FAULT.value, FaultKind.LINK_LOST.value, CellFault.GAVE_UP.value, *OF_MISSION})


@dataclass(slots=True)
class Flights:
    """Writes `flights/<plc>-<plant ms>.jsonl` for each fault of a machine or link; the newest 50 are kept."""

    plant: Plant
    links: Mapping[str, Link]
    folder: Path

    def changed(self, _changes: list[Change], facts: list[tuple[int, Fact]]) -> None:
        """Look for faults in what a transaction has booked; the writing is done off the control loop."""
        for at_ms, fact in facts:
            if fact.kind == "FaultRaised" and fact.payload["fault"] in WORTH:
                self._dump(at_ms, str(fact.payload["device"]))

    def _dump(self, at_ms: int, device: str) -> None:
        spec = self.plant.devices.get(device)
        plc = spec.plc if spec is not None else device
        recorder: Any = getattr(self.links.get(plc), "recorder", None)
        if isinstance(recorder, Recorder):
            kept: deque[Recorded] = deque(recorder.kept)
            path = self.folder / FOLDER / f"{plc}-{at_ms:012}.jsonl"
            asyncio.get_running_loop().run_in_executor(None, write, path, Recorder(plc, recorder.clock, kept))


def write(path: Path, recorder: Recorder) -> None:
    """Write what `recorder` holds, and drop the oldest files beyond those that are kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(recorder.dump(), encoding="utf-8")
    for old in sorted(path.parent.glob("*.jsonl"), key=lambda file: file.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)
