"""Talk to the meters of a batch, every position on its own line at the same time.

A meter that does not answer one try and three resends gets that stored as its finding, with the cause "no_answer",
and is left out until the next case.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from plc.meters.errors import MeterError, MeterRefused, NoAnswer
from plc.meters.security import SecurityError
from wcs.bench.batch import Batch, Position

Act = Callable[[Batch, Position], Awaitable[None]]


async def ask(batch: Batch, act: Act, positions: Iterable[Position] | None = None) -> None:
    """Do `act` at the given positions, else wherever the case goes on, and note what the meters do not answer."""
    chosen = batch.live() if positions is None else positions
    await asyncio.gather(*[_one(batch, act, position) for position in chosen])


async def _one(batch: Batch, act: Act, position: Position) -> None:
    try:
        await act(batch, position)
    except NoAnswer as silence:
        _failed(batch, position, cause="no_answer", point=silence.name)
        position.skipped = True
    except MeterRefused as refusal:
        if refusal.code == "key_state":
            batch.drop(position, "key_unknown")
        else:
            _failed(batch, position, cause="refused", point="", value=refusal.code)
    except MeterError as error:
        _failed(batch, position, cause="bad_answer", point="", value=str(error)[:64])
    except SecurityError:  # the encryption machine, which is not the meter's fault
        if batch.case is not None and position.is_in:
            batch.note(position, "not_tested", cause="security_machine", point="")
        position.skipped = True
    except OSError:
        batch.drop(position, "channel_lost")


def _failed(batch: Batch, position: Position, **fields: str) -> None:
    if batch.case is not None and position.is_in:
        batch.note(position, "fail", **fields)
