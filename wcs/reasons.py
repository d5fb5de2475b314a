"""No is data with a reason: a stable code and what fills its text. The texts live in the face."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something waits; `args` are (name, value) pairs for the text `reason.<code>`."""

    code: str
    args: tuple[tuple[str, str | int], ...] = ()

    @staticmethod
    def of(code: str, /, **args: str | int) -> Reason:
        """Return the reason `code`.

        >>> Reason.of("claim_full", place="LI")
        Reason(code='claim_full', args=(('place', 'LI'),))
        """
        return Reason(code, tuple(args.items()))


NEW = Reason("new")
MOVING = Reason("moving")
DONE = Reason("done")
TURN = Reason("waiting_turn")
