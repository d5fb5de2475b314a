"""The tables of states have no hole: every state is reached, and every life can end."""

from __future__ import annotations

import pytest

from plc.states import IllegalTransition, after, final_states, reachable
from wcs import life
from wcs.life import MISSION, ORDER, MissionState, OrderState


def test_every_state_is_reached() -> None:
    assert reachable(ORDER, OrderState.SUBMITTED) == set(OrderState)
    assert reachable(MISSION, MissionState.SENT) == set(MissionState)


def test_every_life_can_end() -> None:
    for state in set(OrderState) - final_states(ORDER):
        assert reachable(ORDER, state) & final_states(ORDER)
    for state in set(MissionState) - final_states(MISSION):
        assert reachable(MISSION, state) & final_states(MISSION)


def test_an_event_out_of_place_is_a_bug() -> None:
    with pytest.raises(IllegalTransition, match=r"Departed in OrderState\.FINISHED"):
        after(ORDER, OrderState.FINISHED, life.Departed())
