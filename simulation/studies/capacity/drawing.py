"""A plant that is being drawn: things get their numbers, indexes and addresses as they are put down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Entry = dict[str, Any]
FIRST_PORT = 48_400
FIRST_SCANNER_PORT = 24_000
ROOM_MOST = 12  # what a segment remembers, half its journal
DEVICES_MOST = 250  # of one PLC: an index is a byte


@dataclass(slots=True)
class Drawing:
    """Sections of a plant file in the making; devices are spread over as many PLCs of a kind as they need."""

    speed_m_s: float
    spacing_m: float
    """Length that a waiting unit takes, gap included."""
    points: dict[str, Entry] = field(default_factory=dict[str, Entry])
    segments: dict[str, Entry] = field(default_factory=dict[str, Entry])
    scanners: dict[str, Entry] = field(default_factory=dict[str, Entry])
    plcs: dict[str, Entry] = field(default_factory=dict[str, Entry])
    devices: dict[str, int] = field(default_factory=dict[str, int])

    def point(self, name: str, x_m: float, y_m: float) -> str:
        """Put a point down and return its name."""
        self.points[name] = {"number": len(self.points) + 1, "x_m": round(x_m, 2), "y_m": round(y_m, 2)}
        return name

    def way(self, start: str, end: str, *, room: int, filled: bool = False) -> str:
        """Join two points by a conveyor with room for some units, as long as the drawing says or as that takes.

        `filled`: with room for as many as its length takes, as far as the device can remember them.
        """
        a, b = self.points[start], self.points[end]
        drawn_m = abs(a["x_m"] - b["x_m"]) + abs(a["y_m"] - b["y_m"])
        length_m = round(max(drawn_m, room * self.spacing_m), 2)
        name = f"{start}-{end}"
        if filled:
            room = max(room, min(ROOM_MOST, int(length_m / self.spacing_m)))
        self.segments[name] = {"length_m": length_m, "speed_m_s": self.speed_m_s, "capacity": room, **self.at("TR")}
        return name

    def scanner(self, point: str) -> str:
        """Put a scanner at a point and return its name."""
        number = len(self.scanners) + 1
        name = f"SCN{number}"
        self.scanners[name] = {
            "point": point,
            "port": f"socket://127.0.0.1:{FIRST_SCANNER_PORT + number}",
            "baud": 9600,
        }
        self.points[point]["scanner"] = name
        return name

    def at(self, trade: str) -> Entry:
        """Return PLC and index for the next device of a trade: transport, storage, or a line of its own."""
        count = self.devices[trade] = self.devices.get(trade, -1) + 1
        name = f"{trade}{count // DEVICES_MOST + 1}"
        if name not in self.plcs:
            port = FIRST_PORT + len(self.plcs)
            self.plcs[name] = {"kind": "opcua", "host": "127.0.0.1", "port": port, "poll_ms": 50}
        return {"plc": name, "index": count % DEVICES_MOST}


def text(sections: Mapping[str, Any], comment: str) -> str:
    """Return the text of a plant file: a comment, plain values, and one line for each thing of a section."""
    import yaml

    def flow(value: Any) -> str:
        return yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10_000, allow_unicode=True).strip()

    lines = [f"# {line}".rstrip() for line in comment.splitlines()]
    for key, section in sections.items():
        if not isinstance(section, Mapping):
            lines.append(f"{key}: {flow(section).removesuffix('...').strip()}")
            continue
        lines += ["", f"{key}:"]
        for name, entry in section.items():
            cells = entry.get("cells") if isinstance(entry, Mapping) else None
            if cells is None:
                lines.append(f"  {name}: {flow(entry).removesuffix('...').strip()}")
                continue
            lines.append(f"  {name}:")
            lines += [f"    {k}: {flow(v).removesuffix('...').strip()}" for k, v in entry.items() if k != "cells"]
            lines.append("    cells:")
            lines += [f"      {cell}: {flow(value)}" for cell, value in cells.items()]
    return "\n".join(lines) + "\n"
