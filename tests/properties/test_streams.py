"""What comes and is wanted in a study: it flows as the study file says, and no rule that is compared changes it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.studies.demand import HOURS, Demand
from simulation.studies.stream import Draw, drawn, time_of

PER_PALLET = {"DDZY2026": 75, "DTZY2026": 20}
weights = st.lists(st.integers(0, 9), min_size=HOURS, max_size=HOURS).filter(any).map(tuple)
demands = st.builds(
    Demand,
    kind=st.sampled_from(["inbound", "verification", "distribution"]),
    family=st.sampled_from(sorted(PER_PALLET)),
    pallets=st.integers(1, 300),
    by_hour=weights,
    arrivals=st.sampled_from(["poisson", "fixed"]),
    together=st.integers(1, 8),
    districts=st.just(("north", "south")),
)
draws = st.builds(Draw, seed=st.integers(0, 2**32), replication=st.integers(0, 50), hours=st.integers(1, 72))


@settings(max_examples=60, deadline=None)
@given(st.lists(demands, max_size=3), draws)
def test_calls_are_in_order_within_the_run_and_only_in_hours_that_have_weight(demand: list[Demand], draw: Draw) -> None:
    calls = drawn(demand, PER_PALLET, draw)
    assert [call.at_s for call in calls] == sorted(call.at_s for call in calls)
    assert len({call.key for call in calls}) == len(calls)
    names = [name for call in calls for name in call.names]
    assert len(set(names)) == len(names)
    for call in calls:
        source = demand[int(call.key[1 : call.key.index("-")])]
        assert 0 <= call.at_s < draw.hours * 3600
        assert source.by_hour[int(call.at_s / 3600 - 1e-9) % HOURS] or source.by_hour[int(call.at_s / 3600) % HOURS]
        assert len(call.names) == (call.pallets if call.kind == "inbound" else 0)


@settings(max_examples=60, deadline=None)
@given(demands, st.integers(0, 10))
def test_a_fixed_demand_brings_its_pallets_each_day(demand: Demand, replication: int) -> None:
    even = demand.model_copy(update={"arrivals": "fixed"})
    calls = drawn([even], PER_PALLET, Draw(1, replication, 48))
    wanted = 2 * (demand.pallets or 0)
    assert abs(sum(call.pallets for call in calls) - wanted) <= demand.together


@settings(max_examples=60, deadline=None)
@given(st.lists(demands, min_size=1, max_size=3), demands, draws)
def test_more_demand_of_another_kind_leaves_what_is_there_as_it_was(
    demand: list[Demand], other: Demand, draw: Draw
) -> None:
    before = drawn(demand, PER_PALLET, draw)
    after = drawn([*demand, other], PER_PALLET, draw)
    mine = [call for call in after if not call.key[1:].startswith(f"{len(demand)}-")]
    assert mine == before


@given(st.floats(0.01, 500), st.floats(0.1, 100), weights)
def test_the_cumulated_rate_grows_with_time(total: float, a_day: float, by_hour: tuple[int, ...]) -> None:
    assert time_of(total, a_day, by_hour) <= time_of(total * 1.01, a_day, by_hour) + 1e-6
