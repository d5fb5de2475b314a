"""What a calibration found, as keys of a study file: `breakdowns`, `noise`, `benches`, and where each comes from."""

from __future__ import annotations

from simulation.studies.calibrate.findings import Calibration, Failing, Timed
from simulation.studies.calibrate.laws import Looked

SPREAD_MOST = 0.5  # of a study file
ROOT3 = 3**0.5
PHASES = ("1ph", "3ph")


def study_text(found: Calibration) -> str:
    """Return YAML that can be pasted into a study file, each value with its interval and its law in a comment."""
    lines = [
        f"# From the journal of {found.plant}: {found.hours:.1f} h of plant time, {found.facts} facts.",
        "# Each figure with its 95 % interval; n is how many values it rests on.",
    ]
    if found.failing:
        lines += ["breakdowns:", *(line for one in found.failing for line in _failing(one))]
    if found.noise is not None:
        n = found.noise
        lines.append(f"noise: {{ travel: {min(n.value, 0.5):.4f} }} # {n.low:.4f} to {n.high:.4f}, n {n.count}")
    batches = [one for one in found.batches if one.what in PHASES]
    if batches:
        lines += _benches(batches)
    return "\n".join(lines) + "\n"


def told(law: Looked) -> str:
    """Return a law in words: its name and parameters, or why there is none."""
    if law.law.why_not:
        return f"no law ({law.law.why_not})"
    parameters = ", ".join(f"{name} {value:.4g}" for name, value in law.law.parameters)
    return f"{law.law.name} ({parameters}), p {law.law.p_value:.2f}"


def _failing(one: Failing) -> list[str]:
    mtbf, mttr = one.mtbf_h, one.mttr_min
    values = f"mtbf_h: {max(mtbf.value, 0.001):.3f}, mttr_min: {max(mttr.value, 0.001):.3f}"
    lines = [
        f"  # {mtbf.count} stops of {one.devices} machines in {one.up_h:.1f} h",
        f"  # MTBF {mtbf.low:.2f} to {mtbf.high:.2f} h, MTTR {mttr.low:.2f} to {mttr.high:.2f} min",
    ]
    for name, law in (("between failures", one.between_h), ("repair", one.repair_min)):
        lines += [f"  # {name}: n {law.count}, {told(law)}"] if law is not None else []
    return [*lines, f"  {one.kind}: {{ {values}, distribution: {one.distribution} }}"]


def _benches(batches: list[Timed]) -> list[str]:
    """Return the key `benches`; a study spreads a batch evenly to both sides, so half the width is √3 s."""
    count = sum(one.took.count for one in batches)
    spread = sum(one.took.variation * one.took.count for one in batches) / count
    comments = [
        f"  # {one.what}: {one.took.low:.2f} to {one.took.high:.2f} min, n {one.took.count}, {told(one.took)}"
        for one in batches
    ]
    minutes = ", ".join(f"{one.what}: {one.took.mean:.3f}" for one in batches)
    return ["benches:", *comments, f"  batch_min: {{ {minutes} }}", f"  spread: {min(ROOT3 * spread, SPREAD_MOST):.4f}"]
