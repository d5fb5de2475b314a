"""A small plant for tests: one aisle of 2 x 3 x 2 slots, a loop, a line, a picking station and a dock."""

from __future__ import annotations

from typing import Any

from plc.plant.model import Plant


def small_plant(**changes: Any) -> Plant:
    """Return the small plant, with whole sections replaced by `changes`."""
    return Plant.model_validate(small_plant_data() | changes)


def small_plant_data() -> dict[str, Any]:
    """Return the small plant as its YAML file would read."""
    points = ["GI", "CL", "AI", "AO", "PS", "PT", "LI", "LO", "D1", "L1", "L2", "L3", "L4"]
    ways = [
        ("GI-L1", 1), ("L1-L2", 2), ("L2-L3", 2), ("L3-L4", 2), ("L4-L1", 2), ("L1-CL", 2), ("CL-L2", 1),
        ("L2-AI", 2), ("AO-L3", 1), ("L3-PS", 2), ("PS-L4", 1), ("PT-L4", 1), ("L4-LI", 2), ("LO-L1", 1), ("L3-D1", 1),
    ]  # fmt: skip
    scanned = {"GI": "S1", "CL": "S2"}
    return {
        "name": "small",
        "epoch": "2026-11-02T08:00:00Z",
        "plcs": {"PLC1": {"kind": "opcua", "host": "127.0.0.1", "port": 48400}},
        "points": {
            p: {"number": n, "x_m": n, "y_m": 0} | ({"scanner": scanned[p]} if p in scanned else {})
            for n, p in enumerate(points, 1)
        },
        "segments": {
            name: {"length_m": 3, "speed_m_s": 0.3, "capacity": capacity, "plc": "PLC1", "index": n}
            for n, (name, capacity) in enumerate(ways)
        },
        "zones": {"LOOP": {"segments": ["L1-L2", "L2-L3", "L3-L4", "L4-L1"], "capacity": 6}},
        "aisles": {
            "A1": {
                "number": 1, "crane": "SC1", "infeed": "AI", "outfeed": "AO", "columns": 3, "levels": 2,
                "column_pitch_m": 1.5, "level_pitch_m": 1.5, "max_weight_kg": 1000,
                "height_classes": [{"name": "all", "from_level": 1, "to_level": 2, "height_m": 1.4}],
            }
        },
        "cranes": {
            "SC1": {
                "aisle": "A1", "plc": "PLC1", "index": 20, "speed_x_m_s": 2.5, "accel_x_m_s2": 0.5,
                "speed_y_m_s": 0.8, "accel_y_m_s2": 0.5, "fork_s": 8, "positioning_s": 1,
            }
        },
        "stations": {
            "GI1": {
                "kind": "goods_in", "point": "GI", "scanner": "S1", "max_weight_kg": 900, "plc": "PLC1", "index": 21,
            },
            "CL1": {"kind": "clarification", "point": "CL", "scanner": "S2", "capacity": 2, "plc": "PLC1", "index": 22},
            "PK1": {
                "kind": "picking", "source": "PS", "target": "PT", "magazine": 20, "pallet_s": 10, "box_s": 5,
                "plc": "PLC1", "index": 23,
            },
        },
        "lines": {
            "VL1": {
                "infeed": "LI", "outfeed": "LO", "scanner": "S3", "positions": 60, "batch_s": 300, "unload_s": 5,
                "pack_s": 5, "queue": 2, "plc": "PLC1", "index": 24,
            }
        },
        "docks": {"DK1": {"point": "D1", "handover_s": 30, "plc": "PLC1", "index": 25}},
        "scanners": {
            "S1": {"point": "GI", "port": "/dev/null"},
            "S2": {"point": "CL", "port": "/dev/null"},
            "S3": {"point": "LO", "port": "/dev/null"},
        },
        "reactions": {
            "no_read": "clarify", "weight": "clarify", "profile": "clarify", "slot_occupied": "other_slot",
            "slot_empty": "substitute", "machine_fault": "hold", "link_lost": "resync",
        },
    }  # fmt: skip
