"""What can go wrong at the door of the WCS.

WcsError
  +- UnknownPlace      a place that the plant file does not have
  +- UnknownOrder      an order number that was never given
  +- WrongKey          a key that stands for another order already
  +- TimeRanBack       the journal holds facts from the future of the clock
"""

from __future__ import annotations


class WcsError(Exception):
    """A call at the door that cannot be taken; `code` is stable, `params` fill its text."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(f"{code}: {params}" if params else code)
        self.code = code
        self.params = params


class UnknownPlace(WcsError):
    """A place that the plant file does not have."""


class UnknownOrder(WcsError):
    """An order number that was never given."""


class WrongKey(WcsError):
    """An idempotency key that stands for another order already."""


class TimeRanBack(WcsError):
    """The journal holds facts from the future of the clock."""
