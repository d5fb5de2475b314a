"""Slots under random reservations, arrivals, departures and blocks: one unit a slot, one slot a unit."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy.orm import Session

from tests.plants import small_plant
from wcs.store import create_tables, make_engine
from wms import setup
from wms.desk import Desk
from wms.errors import Refused
from wms.reasons import Reason
from wms.stock import putaway, slots, units, views

PALLETS = [f"P{n}" for n in range(15)]
pallet = st.sampled_from(PALLETS)


class Slots(RuleBasedStateMachine):
    """A rack of twelve slots and fifteen pallets that want in."""

    @initialize()
    def begin(self) -> None:
        """Start with an empty rack."""
        self.plant = small_plant()
        self.engine = make_engine("sqlite://")
        create_tables(self.engine)
        self.session = Session(self.engine)
        setup.seed(self.session, self.plant)
        self.desk = Desk(self.session, 1)
        for code in PALLETS:
            units.create(self.desk, code, "GI")
        self.promised: dict[str, str] = {}
        self.inside: dict[str, str] = {}
        self.blocked: set[str] = set()
        self.names = [s.id for s in views.slot_map(self.session)]

    @rule(unit=pallet)
    def slot_is_chosen(self, unit: str) -> None:
        """A pallet wants a slot: it gets one that is free, or hears why there is none."""
        if unit in self.inside:
            return
        self.promised.pop(unit, None)
        found = putaway.choose(self.desk, self.plant, unit, at="GI")
        taken = {*self.inside.values(), *self.promised.values(), *self.blocked}
        if isinstance(found, Reason):
            assert found.code == "no_slot_free"
            assert len(taken) == len(self.names)
            return
        assert found not in taken
        self.promised[unit] = found
        assert slots.confirmed(self.desk, unit, found) is None

    @rule(unit=pallet)
    def pallet_is_put_away(self, unit: str) -> None:
        """A crane puts a pallet into the slot that it was promised."""
        slot = self.promised.get(unit)
        if slot is not None and slot not in self.blocked:
            units.stored(self.desk, unit, slot)
            self.inside[unit] = self.promised.pop(unit)

    @rule(unit=pallet)
    def pallet_is_taken_out(self, unit: str) -> None:
        """A crane takes a pallet out."""
        if self.inside.pop(unit, None) is not None:
            units.taken_out(self.desk, unit, "SC1")

    @rule(unit=pallet)
    def pallet_is_not_there(self, unit: str) -> None:
        """A crane finds a slot empty."""
        slot = self.inside.pop(unit, None)
        if slot is not None:
            units.lost(self.desk, unit, slot)
            self.blocked.add(slot)

    @rule(unit=pallet)
    def lost_pallet_is_found(self, unit: str) -> None:
        """A pallet turns up: the slot that it was missed in is good again."""
        row = units.get(self.desk, unit)
        if row is not None and row.whereabouts == "missing":
            units.turned_up(self.desk, unit, "CL")
            self.blocked.discard(row.place)

    @rule(data=st.data())
    def slot_is_blocked(self, data: st.DataObject) -> None:
        """Somebody keeps a slot out of use; a pallet bound for it gets another one."""
        slot = data.draw(st.sampled_from(self.names))
        if slot in self.blocked or slot in self.inside.values():
            return
        slots.block(self.desk, slot, "manual")
        self.blocked.add(slot)
        for unit in [u for u, s in self.promised.items() if s == slot]:
            why = slots.confirmed(self.desk, unit, slot)
            assert why is not None
            assert why.code == "slot_blocked"

    @rule(data=st.data())
    def slot_is_checked(self, data: st.DataObject) -> None:
        """Somebody looks into a slot and finds it empty."""
        slot = data.draw(st.sampled_from(self.names))
        try:
            slots.check(self.desk, slot, holds=None)
        except Refused as refused:
            assert refused.code == "slot_holds_by_the_books"
            assert slot in self.inside.values()
            return
        self.blocked.discard(slot)

    @rule(raised=st.booleans())
    def crane_fails(self, raised: bool) -> None:
        """The only crane fails for a moment: nothing can be put away meanwhile."""
        slots.trouble(self.desk, device="SC1", fault="machine_fault", raised=True)
        unit = next((u for u in PALLETS if u not in self.inside and u not in self.promised), None)
        if unit is not None and raised:
            assert isinstance(putaway.choose(self.desk, self.plant, unit, at="GI"), Reason)
        slots.trouble(self.desk, device="SC1", fault="machine_fault", raised=False)

    @invariant()
    def rack_is_as_it_should_be(self) -> None:
        """Each slot holds or awaits whom the test put there, and nobody else."""
        if not hasattr(self, "session"):
            return
        seen = views.slot_map(self.session)
        assert {s.pallet: s.id for s in seen if s.pallet} == self.inside
        assert {s.reserved_for: s.id for s in seen if s.reserved_for} == self.promised
        assert {s.id for s in seen if s.blocked} == self.blocked
        assert all(not (s.pallet and s.reserved_for) for s in seen)

    def teardown(self) -> None:
        """Close what was opened."""
        if hasattr(self, "session"):
            self.session.close()
            self.engine.dispose()


Slots.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestSlots = Slots.TestCase
