"""Steps that need the encryption machine: authentication, fee control, key download."""

from __future__ import annotations

from contextlib import suppress

from plc.meters.errors import MeterRefused, NoAnswer
from plc.meters.security import SecurityError
from wcs.bench.batch import Batch, Position
from wcs.bench.errors import BenchStopped
from wcs.bench.steps import Authenticate, CheckOutput, DownloadKey, Relay
from wcs.bench.talk import ask

_RELAY_S = 2.0
"""A relay has moved by then."""


async def authenticate(batch: Batch, _: Authenticate) -> None:
    """Authenticate with the security module; its serial number is the reading."""

    async def prove(batch: Batch, position: Position) -> None:
        serial = await position.client.authenticate()
        batch.note(position, "pass", point="esam", value=serial)

    await ask(batch, prove)


async def relay(batch: Batch, step: Relay) -> None:
    """Send a control command; with `expect` "refused" the meter must say no."""

    async def command(batch: Batch, position: Position) -> None:
        try:
            await position.client.control(step.action)
        except MeterRefused as refusal:
            verdict = "pass" if step.expect == "refused" else "fail"
            cause = "" if step.expect == "refused" else "refused"
            batch.note(position, verdict, point=step.action, value=str(refusal.code), limit=step.expect, cause=cause)
            return
        batch.note(position, "pass" if step.expect == "done" else "fail", point=step.action, limit=step.expect)

    await ask(batch, command)
    await batch.clock.sleep(_RELAY_S)


async def check_output(batch: Batch, step: CheckOutput) -> None:
    """Check at the bench that the load circuit of each meter is open or closed."""
    states = await batch.states()
    for position in batch.live():
        shown = "closed" if states[position.number].load_closed else "open"
        verdict = "pass" if shown == step.expect else "fail"
        batch.note(position, verdict, point="output", value=shown, limit=step.expect)


async def download_key(batch: Batch, _: DownloadKey) -> None:
    """Put the operating key into each meter. While keys are held the bench waits for a quality engineer, for hours.

    The status is read before every try. That a key may have been sent is written down before the first frame of
    it: after a power cut a key is only sent again where the meter says that it still has its factory key.
    """
    if not await _let_go(batch):
        for position in batch.live():
            batch.note(position, "not_tested", point="key", cause="keys_held")
        return
    await ask(batch, _look)
    waiting = [position for position in batch.live() if position.values.get("key") == "factory"]
    for position in waiting:
        position.standing.key_tried = True
    batch.spool.save(batch.progress)
    await ask(batch, _send, waiting)
    for position in batch.live():
        status = str(position.values.get("key", "unknown"))
        if status == "unknown":
            batch.drop(position, "key_unknown")
        else:
            verdict, cause = ("pass", "") if status == "operating" else ("fail", "key_not_taken")
            batch.note(position, verdict, point="key", value=status, limit="operating", cause=cause)


async def _look(_: Batch, position: Position) -> None:
    """Read which key a meter has; silence is a failure if nothing was sent yet, and an unknown key if something was."""
    try:
        position.values["key"] = await position.client.key_status()
    except (NoAnswer, MeterRefused):
        if not position.standing.key_tried:
            raise
        position.values["key"] = "unknown"


async def _send(batch: Batch, position: Position) -> None:
    """Send the key and read what the meter has then; a silent meter is asked, never sent to again."""
    with suppress(NoAnswer, MeterRefused, SecurityError):
        await position.client.download_key()
    await _look(batch, position)


async def _let_go(batch: Batch) -> bool:
    """Wait until keys are held no more; False if nobody has let them go in time.

    Without a line server nobody can: then too many failed meters are enough to leave the keys where they are.
    """
    for tries in range(batch.habits.hold_tries + 1):
        orders = await batch.place.orders()
        if orders is None:
            return not _too_many_rejects(batch)
        if orders.stop == "abort":
            raise BenchStopped("stopped", orders.reason)
        if not orders.hold_keys:
            if tries:
                batch.say("running")
            return True
        batch.say("paused", notices=[{"code": "keys_held"}] if tries == 0 else [])
        await batch.clock.sleep(batch.habits.hold_s)
    return False


def _too_many_rejects(batch: Batch) -> bool:
    guard = batch.sheet.guard
    tested, failed = batch.spool.rejects(batch.run.lot)
    tested += len(batch.positions)
    failed += sum(1 for position in batch.positions.values() if position.standing.failed)
    held = failed >= guard.reject_least and failed > guard.reject_share * tested
    if held:
        batch.say("running", notices=[{"code": "reject_share", "failed": failed, "tested": tested}])
    return held
