"""What a scanned box of a return is fit for, and what it differs in from the district's list. Pure."""

from __future__ import annotations

from dataclasses import dataclass

DAY_MS = 86_400_000
PASSED = 1


@dataclass(frozen=True, slots=True)
class Found:
    """A scan beside what is known: `of_box` is what the box left with, `listed` what the district sends back."""

    scanned: frozenset[str]
    of_box: frozenset[str]
    in_books: frozenset[str]
    listed: frozenset[str]
    lots: frozenset[int]
    opened: bool = False
    broken: frozenset[str] = frozenset()
    void: frozenset[str] = frozenset()
    """Meters whose seal or certificate has been made void, or which were recalled, while they were out."""
    rejected: bool = False
    """Whether their lot was rejected by its sample meanwhile."""

    @property
    def unknown(self) -> frozenset[str]:
        """Meters that the books do not know."""
        return self.scanned - self.in_books


def why_sorted(found: Found, *, kind: str, verdict: int, age_ms: int, days: int) -> str:
    """Return why a box goes to sorting, "" if it may be qualified at once.

    >>> whole = frozenset({"a"})
    >>> found = Found(whole, whole, whole, whole, frozenset({1}))
    >>> why_sorted(found, kind="sent_back", verdict=1, age_ms=0, days=180)
    ''
    >>> why_sorted(found, kind="dismantled", verdict=1, age_ms=0, days=180)
    'was_in_use'
    """
    rules = (
        ("was_in_use", kind == "dismantled"), ("was_opened", found.opened),
        ("seal_broken", bool(found.broken)), ("content_differs", found.scanned != found.of_box),
        ("not_passed", verdict != PASSED), ("papers_void", bool(found.void)),
        ("lot_rejected", found.rejected), ("too_old", age_ms > days * DAY_MS),
    )  # fmt: skip
    return next((why for why, holds in rules if holds), "")


def findings(found: Found, *, broken: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return what a claim is made of: meters that are not listed, not known, or whose seal is broken."""
    extra = sorted((found.scanned & found.in_books) - found.listed)
    told = [(code, "unknown") for code in sorted(found.unknown)] + [(code, "extra") for code in extra]
    return told + [(code, "broken_seal") for code in sorted(set(broken))]
