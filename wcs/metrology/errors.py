"""What can go wrong when the rules are asked.

RuleError    a combination that the edition does not know; `field` names what does not fit
"""

from __future__ import annotations


class RuleError(ValueError):
    """A question that the rules of the edition have no answer to: guessing a limit would make a verdict void."""

    def __init__(self, field: str, message: str) -> None:
        """Keep the name of the field, and what would do."""
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message
