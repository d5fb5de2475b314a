"""What can go wrong between a bench and a meter.

MeterError
    BadFrame        bytes that are no frame, or no answer to what was asked
    BadValue        a value that an identifier cannot carry; nothing was sent
    NoAnswer        one try and three resends brought nothing that fits
    MeterRefused    the meter answered, and its answer is no
"""

from __future__ import annotations


class MeterError(Exception):
    """Something went wrong between a bench and a meter."""


class BadFrame(MeterError):
    """Bytes are no frame, or not the answer to what was asked."""


class BadValue(MeterError):
    """A value that the identifier `name` cannot carry, or a name that nobody knows."""

    def __init__(self, name: str, message: str) -> None:
        """Keep the name."""
        super().__init__(f"{name}: {message}")
        self.name = name


class NoAnswer(MeterError):
    """`tries` tries at `name` brought no answer."""

    def __init__(self, name: str, tries: int) -> None:
        """Keep what was asked, and how often."""
        super().__init__(f"{name}: no answer in {tries} tries")
        self.name, self.tries = name, tries


class MeterRefused(MeterError):
    """The meter says no. `code` is `645:<error byte>`, `698:<DAR>`, or a word for what our end has found.

    Error bytes of DL/T 645-2007 (table of error word ERR): bit 0 other, 1 no such datum, 2 password wrong or not
    authorised, 3 baud rate fixed, 4 to 6 too many zones, periods, rates. DAR: DL/T 698.45-2017, table of data
    access results. Words: `identity` (the proof of the security module is wrong), `key_state` (keys unknown).
    """

    def __init__(self, code: str) -> None:
        """Keep the code."""
        super().__init__(f"the meter refuses: {code}")
        self.code = code
