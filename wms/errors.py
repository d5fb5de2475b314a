"""What can go wrong in a call of the WMS.

WmsError
  +- Refused        the software's no to somebody's wish, with a reason
  +- OutOfStep      the books and the floor contradict each other: a bug, or somebody wrote past the services
"""

from __future__ import annotations

from wms.reasons import Reason, Value


class WmsError(Exception):
    """A call that cannot be taken; `code` is stable, `params` fill its text."""

    def __init__(self, code: str, **params: Value) -> None:
        super().__init__(f"{code}: {params}" if params else code)
        self.code = code
        self.params = params

    @property
    def reason(self) -> Reason:
        """Return the same as data."""
        return Reason(self.code, self.params)


class Refused(WmsError):
    """The software's no to somebody's wish."""


class OutOfStep(WmsError):
    """The books contradict what the floor reports."""
