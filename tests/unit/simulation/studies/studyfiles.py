"""Study files for tests: small ones, on the plants that come with the software."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from simulation.studies.experiment import Experiment, load_experiment
from simulation.studies.inside import run
from simulation.studies.replica import Replica
from simulation.studies.scenario import scenarios

ROOT = Path(__file__).resolve().parents[4]
DEMO = ROOT / "plants" / "demo.yaml"
BUSY: dict[str, Any] = {
    "name": "busy",
    "plant": str(DEMO),
    "seed": 5,
    "hours": 2,
    "start": {"fill": 0.1, "verified": 0.6, "lot": 2},
    "benches": {"purpose": "demo", "batch_min": {"1ph": 20}},
    "demand": [
        {"kind": "inbound", "family": "DDZY2026", "pallets": 240, "together": 2},
        {"kind": "verification", "family": "DDZY2026", "pallets": 120, "together": 2, "lines": ["VL1"]},
        {"kind": "distribution", "family": "DDZY2026", "pallets": 240, "together": 1, "districts": ["north", "hills"]},
    ],
    "meters": {"reject_rate": 0.02, "retest_share": 0.05},
    "breakdowns": {
        "crane": {"mtbf_h": 0.3, "mttr_min": 4},
        "conveyor": {"mtbf_h": 4, "mttr_min": 2},
        "bench": {"mtbf_h": 1, "mttr_min": 5},
    },
}


def written(folder: Path, **changes: Any) -> Path:
    """Return a study file with some keys of the busy one changed."""
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(BUSY | changes), encoding="utf-8")
    return path


def experiment(folder: Path, **changes: Any) -> Experiment:
    """Return the experiment of such a file."""
    return load_experiment(written(folder, **changes))


@cache
def busy_run(folder: Path) -> Replica:
    """Return one replication of the busy study; run once for all tests that look at it."""
    return run(scenarios(experiment(folder))[0], 0)
