"""Batch after batch through a real scheme: what the benches say of meters is what the meters are."""

from __future__ import annotations

from collections import Counter

import pytest

from plc.clock import Clock
from simulation.meters.nature import doubtful, true_faults
from simulation.physics import Physics
from tests.benches import Rig, bar_code, play, shipped_sheet


@pytest.mark.slow
def test_six_hundred_verdicts_are_the_hidden_truth() -> None:
    """Outside the doubtful zone, where two honest measurements may disagree."""
    physics = Physics(seed=11, reject_rate=0.05, retest_share=0.01)

    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("jjg596-1ph-first"), positions=60, physics=physics)
        rig.near_share = 0.01
        judged: Counter[str] = Counter()
        for batch in range(10):
            rig.hung.clear()
            await clock.sleep(60)
            rig.hung.update({number: bar_code(batch * 60 + number) for number in range(1, 61)})
            run = rig.order(f"r{batch}")
            await rig.finish(run.id)
            for one in rig.server.verdicts(run.id).values():
                truth = rig.nature_of(one.bar_code)
                judged[one.verdict] += 1
                if one.verdict != "aborted" and not doubtful(truth):
                    wanted = true_faults(truth) - {"appearance", "withstand"}
                    assert (one.verdict == "fail") == bool(wanted), (one, wanted)
        assert judged["pass"] > 500
        assert judged["fail"] > 15
        assert judged["aborted"] > 0

    play(story)
