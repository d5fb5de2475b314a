"""What can go wrong between a bench and its line server, and what ends or interrupts a run.

BenchStopped     the run ends here: `cause` is a code of the catalogues (bench.<cause>)
AirBad           temperature or humidity out of limits: the case that runs begins again when they are good
ServerAway       the line server cannot be reached, or the envelope was spoilt: the same again later
ServerRefused    the line server says no, with a code
"""

from __future__ import annotations


class BenchStopped(Exception):
    """The run cannot or shall not go on."""

    def __init__(self, cause: str, detail: str = "") -> None:
        """Keep the code of the cause, and what it says to an engineer."""
        super().__init__(f"{cause}: {detail}" if detail else cause)
        self.cause, self.detail = cause, detail


class AirBad(Exception):
    """The air at the bench is out of the limits of the sheet."""


class ServerAway(Exception):
    """The line server does not answer, or what came back was spoilt on its way."""


class ServerRefused(Exception):
    """The line server answers with a problem; `code` is stable."""

    def __init__(self, code: str, message: str = "") -> None:
        """Keep the code."""
        super().__init__(message or code)
        self.code = code
