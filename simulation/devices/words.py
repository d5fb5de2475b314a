"""Status words as a machine puts them together."""

from __future__ import annotations

from plc.codes import ActState, PackML, StatusBit
from plc.telegram import Status

REST = StatusBit.SAFETY_CLOSED | StatusBit.REMOTE | StatusBit.SIMULATED
"""What stands in the status word of every machine of the twin."""

_WORDS = {
    (ready, loaded, faulty): REST
    | (StatusBit.READY if ready else 0)
    | (StatusBit.LOAD_PRESENT if loaded else 0)
    | (StatusBit.FAULT if faulty else 0)
    for ready in (False, True)
    for loaded in (False, True)
    for faulty in (False, True)
}


def status(
    *, mission: int = 0, ready: bool = True, loaded: bool = False, fault: int = 0, xy_m: tuple[float, float] = (0, 0)
) -> Status:
    """Return the status of a machine; with `fault` it is held, with a mission it executes."""
    state = PackML.HELD if fault else PackML.EXECUTE if mission else PackML.IDLE
    act = ActState.INTERRUPTED if fault and mission else ActState.RUNNING if mission else ActState.NONE
    return Status(
        state=state, word=_WORDS[ready, loaded, fault > 0], mission=mission, act_state=act, fault=fault,
        x_mm=round(xy_m[0] * 1000), y_mm=round(xy_m[1] * 1000),
    )  # fmt: skip
