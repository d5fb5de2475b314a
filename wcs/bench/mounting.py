"""Get a batch ready: terminals pressed on, wiring checked, empty positions out of the loop, addresses, preheating."""

from __future__ import annotations

from plc.bench.equipment import PositionState
from wcs.bench.batch import Batch, Position
from wcs.bench.errors import BenchStopped
from wcs.bench.steps import ApplySource
from wcs.bench.supply_steps import supply
from wcs.bench.talk import ask
from wcs.bench.watch import source_off, unconfirmed

_PRESSES = 2
_NO_WIRING = frozenset({"not_present", "bad_wiring"})


async def prepare(batch: Batch) -> None:
    """Press, check, power and preheat a batch, at the start of its run as after a power cut."""
    await source_off(batch)  # whoever died under load has left it on
    await _press(batch)
    await _set_loop(batch)
    if not batch.inside():
        return
    await supply(batch, ApplySource())
    await ask(batch, _confirm_address, batch.inside())
    for position in batch.inside():
        read, book = position.standing.address_read, position.place.comm_address
        if read and book and read != book:
            batch.drop(position, "address_differs", read=read, book=book)
    await _set_loop(batch)
    await batch.clock.sleep(batch.sheet.guard.preheat_s)


async def _press(batch: Batch) -> None:
    """Press the terminals on; what shows no good wiring is pressed once more, and then left out."""
    positions, wanted = batch.equipment.positions, [position.number for position in batch.inside()]
    states = await batch.states()
    for _ in range(_PRESSES):
        open_ones = [number for number in wanted if not _good(states.get(number))]
        if not open_ones:
            break
        await positions.press(open_ones)
        states = await batch.states()
    for position in batch.inside():
        state = states.get(position.number)
        if not _good(state):
            batch.drop(position, "bad_wiring" if state is not None and state.present else "not_present")
    foreign = [number for number, state in states.items() if state.present and number not in batch.positions]
    if foreign and not batch.progress.begun:
        batch.say("running", notices=[{"code": "unexpected_meter", "position": number} for number in foreign])


def _good(state: PositionState | None) -> bool:
    return state is not None and state.present and state.pressed and state.wired


async def _set_loop(batch: Batch) -> None:
    """Bypass every position without a meter that is tested, and only those; raises BenchStopped for a stuck one."""
    positions, inside = batch.equipment.positions, {position.number for position in batch.inside()}
    states = await batch.states()
    back = [number for number in sorted(inside) if states[number].bypassed]
    if back:
        await positions.rejoin(back)
        states = await batch.states()
        for number in back:
            if states[number].bypassed:  # without current every meter would fail here
                batch.drop(batch.positions[number], "bad_wiring")
                inside.discard(number)
    out = {number for number in states if number not in inside}
    for number in sorted(out):
        if not states[number].bypassed:
            await positions.bypass(number)
    stuck = await unconfirmed(batch, out)
    if stuck:
        batch.say("running", notices=[{"code": "bypass_stuck", "position": number} for number in sorted(stuck)])
        raise BenchStopped("bypass_stuck", f"positions {sorted(stuck)}")


async def _confirm_address(_: Batch, position: Position) -> None:
    position.standing.address_read = await position.client.read_address()
