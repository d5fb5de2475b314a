"""A small study file on the demo plant."""

from __future__ import annotations

from pathlib import Path

from simulation.studies.experiment import Experiment, load_experiment

PLANT = Path("plants/demo.yaml").resolve()
TEXT = """
name: trial
plant: {plant}
hours: 12
warm_up: {warm_up}
replications: {{ least: {least}, most: {most}, half_width: {half_width}, responses: {responses} }}
demand: [{{ kind: distribution, family: DDZY2026, pallets: 20 }}]
{rest}
"""
SCENARIOS = "scenarios: [{ name: base }, { name: near }, { name: slow }]"


def study(folder: Path, **changed: str | int | float) -> Experiment:
    """Return a study that is written to `folder` first; anything in it can be `changed`."""
    fields = {
        "plant": PLANT, "warm_up": "{ rule: none }", "least": 4, "most": 12, "half_width": 0.05,
        "responses": "[in.pallets_h]", "rest": SCENARIOS,
    }  # fmt: skip
    file = folder / "trial.yaml"
    file.write_text(TEXT.format(**{**fields, **changed}))
    return load_experiment(file)
