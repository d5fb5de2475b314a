"""What the benchmarks share: a generated plant of crane aisles, and how figures are printed."""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Sequence

from plc.plant.model import Plant

COLUMNS, LEVELS = 20, 10


def aisles_plant(count: int) -> Plant:
    """Return a plant of `count` aisles, a crane in each, shared out between two PLCs."""
    dbs = {"cmd_db": 100, "sta_db": 101, "jrn_db": 102, "res_db": 103, "sys_db": 104}
    cranes = {
        f"SC{n}": {
            "aisle": f"A{n}", "plc": f"PLC{n % 2 + 1}", "index": n // 2, "speed_x_m_s": 2.7, "accel_x_m_s2": 0.45,
            "speed_y_m_s": 0.8, "accel_y_m_s2": 0.45, "fork_s": 9.0, "positioning_s": 1.5,
        }
        for n in range(1, count + 1)
    }  # fmt: skip
    aisles = {
        f"A{n}": {
            "number": n, "crane": f"SC{n}", "infeed": f"I{n}", "outfeed": f"O{n}", "columns": COLUMNS, "levels": LEVELS,
            "column_pitch_m": 1.35, "level_pitch_m": 1.6, "max_weight_kg": 1000,
            "height_classes": [{"name": "all", "from_level": 1, "to_level": LEVELS, "height_m": 1.4}],
        }
        for n in range(1, count + 1)
    }  # fmt: skip
    ends = [f"{end}{n}" for n in range(1, count + 1) for end in "IO"]
    return Plant.model_validate(
        {
            "name": "aisles",
            "epoch": "2026-01-01T00:00:00Z",
            "plcs": {
                "PLC1": {"kind": "opcua", "host": "127.0.0.1", "port": 48400},
                "PLC2": {"kind": "s7", "host": "127.0.0.1", "port": 11020, **dbs},
            },
            "points": {point: {"number": n, "x_m": n, "y_m": 0} for n, point in enumerate(ends, 1)},
            "segments": {},
            "aisles": aisles,
            "cranes": cranes,
            "stations": {},
            "docks": {},
            "reactions": {
                "no_read": "clarify", "weight": "clarify", "profile": "clarify", "slot_occupied": "other_slot",
                "slot_empty": "substitute", "machine_fault": "hold", "link_lost": "resync",
            },
        }
    )  # fmt: skip


def arguments(what: str, **numbers: int) -> argparse.Namespace:
    """Return the command line of a benchmark: `--json`, and each of `numbers` with its default."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser.parse_args()


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def show(rows: Sequence[tuple[str, float, str]], *, as_json: bool) -> None:
    """Print (name, value, unit) rows as a table, or as one JSON object by name."""
    if as_json:
        print(json.dumps({name: round(value, 4) for name, value, _ in rows}))
        return
    width = max(len(name) for name, _, _ in rows)
    for name, value, unit in rows:
        print(f"  {name:<{width}}  {value:>12,.3f} {unit}")


Rows = list[tuple[str, float, str]]
