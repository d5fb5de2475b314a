"""The hidden truth about a meter: what it really is, before anybody has measured it.

Everything follows from the seed and the bar code, so that the same meter is the same in every process. A good
meter is adjusted as makers adjust: well inside its limits. A reject lies well outside in one respect. A few
meters lie near a limit, where two honest measurements may disagree: `doubtful` names them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from random import Random

from simulation.meters import defects
from simulation.meters.model import CONSISTENT, LIMIT, LIMIT_LAGGING, TANGENT, MeterModel
from simulation.physics import Physics

NEAR_SHARE = 0.002  # of meters lie near a limit
DOUBT = (0.8, 1.2)  # of a limit
NOISE_PERCENT = 0.014
TIMING_S_D, CLOCK_S, LEAKAGE_MA = 0.5, 300.0, 5.0  # limits: daily timing, clock value, leakage
DEVIATION_SHARE = 1 / 3  # of the consistency limit: the limit of the standard deviation
SPOKEN = frozenset({
    "communication", "parameters", "clock", "demand", "time_switching", "security", "fee_control", "clearing",
    "key_download", "constant",
})  # fmt: skip
COUNTED = frozenset({
    "starting", "intrinsic_error", "standard_deviation", "variation", "consistency", "rising_falling", "repeatability",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class MeterNature:
    """What one meter truly is. Percentages are of the true energy."""

    bar_code: str
    model: MeterModel
    base_percent: float
    low_percent: float  # added at a twentieth of the reference current, falling with the current
    high_percent: float  # added at the maximum current, falling with its square
    angle_percent: float  # per unit of tan phi
    unbalanced_percent: tuple[float, float, float]  # added with one phase loaded
    noise_percent: float
    starts_at_a: float
    clock_s_d: float
    clock_off_s: float
    leakage_ma: float
    built_imp_kwh: float  # the constant that its pulses really have
    defect: str = ""
    creeps_w: float = 0.0  # registered without any current
    register_factor: float = 1.0
    demand_factor: float = 1.0
    switches_late_s: float = 0.0
    has_pulses: bool = True
    answers: bool = True
    relay_works: bool = True
    esam_works: bool = True
    takes_key: bool = True
    parameters_right: bool = True
    keys: str = "factory"
    looks: str = ""  # what a camera sees: 01 dial broken, 02 foreign body
    bad_presses: int = 0  # times that its terminals make no contact

    @property
    def address(self) -> str:
        """The address on its line: digits 10 to 21 of the bar code (Q/GDW 1205-2013)."""
        return self.bar_code[9:21].rjust(12, "0")


def nature(physics: Physics, bar_code: str, model: MeterModel, *, near_share: float = NEAR_SHARE) -> MeterNature:
    """Return the truth about a meter; `physics` says the seed and the shares of rejects and of bad contacts."""
    digest = blake2b(f"{physics.seed}/{bar_code}".encode(), digest_size=8).digest()
    draw = Random(int.from_bytes(digest, "big"))  # a draw of its own, so that nothing depends on order
    good = _good(draw, bar_code, model)
    lot = draw.random()
    if draw.random() < physics.retest_share:
        good = replace(good, bad_presses=2)
    if lot < physics.reject_rate:
        return defects.spoil(good, draw)
    return defects.shift_near(good, draw) if lot < physics.reject_rate + near_share else good


def true_error(meter: MeterNature, *, current_a: float, power_factor: str, phase: str = "all") -> float:
    """Return the true error in percent of what the meter registers, under a load."""
    model = meter.model
    share = max(current_a / model.reference_a, 1e-6)
    error = meter.base_percent + meter.low_percent * 0.05 / share
    error += meter.high_percent * (current_a / model.max_a) ** 2 + meter.angle_percent * TANGENT[power_factor]
    return error if phase == "all" else error + meter.unbalanced_percent["abc".index(phase)]


def ratios(meter: MeterNature) -> dict[str, float]:
    """Return how far each measured quantity is towards its limit, by item; above 1 it is beyond."""
    model = meter.model
    limit, consistent = LIMIT[model.accuracy_class], CONSISTENT[model.accuracy_class]
    main = max(abs(_error(meter, a, "1")) for a in (model.max_a, model.reference_a, 0.1 * model.reference_a))
    lagging = max(abs(_error(meter, a, "0.5L")) for a in (model.max_a, model.reference_a))
    full = 1 + _error(meter, model.max_a, "1") / 100
    return {
        "intrinsic_error": max(main / limit, lagging / LIMIT_LAGGING[model.accuracy_class]),
        "consistency": abs(_error(meter, model.reference_a, "1")) / consistent,
        "standard_deviation": meter.noise_percent / (consistent * DEVIATION_SHARE),
        "starting": meter.starts_at_a / model.starting_a,
        "daily_timing": abs(meter.clock_s_d) / TIMING_S_D,
        "clock": abs(meter.clock_off_s) / CLOCK_S,
        "constant": abs(full * meter.register_factor - 1) * 100 / limit,
        "demand": abs(full * meter.register_factor * meter.demand_factor - 1) * 100 / limit,
        "time_switching": abs(meter.switches_late_s) / CLOCK_S,
        "withstand": meter.leakage_ma / LEAKAGE_MA,
    }


def true_faults(meter: MeterNature) -> frozenset[str]:
    """Return the items that the meter truly fails, called as in a run sheet, and "withstand" and "appearance"."""
    found = {item for item, ratio in ratios(meter).items() if ratio > 1}
    wrong: dict[str, bool] = {
        "creep": meter.creeps_w > 0, "appearance": bool(meter.looks), "parameters": not meter.parameters_right,
        "fee_control": not (meter.relay_works and meter.esam_works), "security": not meter.esam_works,
        "key_download": not (meter.takes_key and meter.esam_works),
    }  # fmt: skip
    found |= {item for item, is_wrong in wrong.items() if is_wrong}
    if not meter.answers:
        found |= SPOKEN
    if not meter.has_pulses:
        found |= COUNTED
    return frozenset(found)


def doubtful(meter: MeterNature) -> bool:
    """Return whether a true value lies at 0.8 to 1.2 of its limit, so that a verdict may fall either way."""
    return any(DOUBT[0] <= ratio <= DOUBT[1] for ratio in ratios(meter).values())


def _error(meter: MeterNature, current_a: float, power_factor: str) -> float:
    error = true_error(meter, current_a=current_a, power_factor=power_factor)
    built = meter.built_imp_kwh / meter.model.constant_imp_kwh
    return (100 + error) * built - 100


def _good(draw: Random, bar_code: str, model: MeterModel) -> MeterNature:
    """Return a meter as a maker adjusts it: half way to the limit of consistency at most."""
    spread = CONSISTENT[model.accuracy_class]
    between = draw.uniform
    a, b, c = (between(-0.2, 0.2) * spread for _ in range(3))
    return MeterNature(
        bar_code=bar_code,
        model=model,
        base_percent=max(-0.4, min(0.4, draw.gauss(0, 0.15))) * spread,
        low_percent=between(-0.1, 0.1) * spread,
        high_percent=between(-0.1, 0.1) * spread,
        angle_percent=between(-0.1, 0.1) * spread,
        unbalanced_percent=(a, b, c),
        noise_percent=min(NOISE_PERCENT, 0.04 * spread + 0.002),
        starts_at_a=model.starting_a * between(0.3, 0.7),
        clock_s_d=between(-0.3, 0.3),
        clock_off_s=between(-60, 60),
        leakage_ma=between(0.2, 2.0),
        built_imp_kwh=model.constant_imp_kwh,
    )
