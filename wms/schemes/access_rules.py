"""Who may see, edit, submit and decide. Pure.

Before approval a thing is public (everybody sees it and edits with), of its project (the project's members do), or
private (its owner alone). What is approved, everybody may see. Two duties decide, and never about one's own work.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from wms.reasons import Reason

DUTIES = ("administrative_head", "product_lead")
"""The administrative head, and who is responsible for the tested product."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks, and the reviewing duties that they hold."""

    name: str
    duties: frozenset[str] = frozenset()

    @property
    def reviews(self) -> bool:
        """Whether they hold a reviewing duty."""
        return bool(self.duties & frozenset(DUTIES))


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose a thing is and how open it is: `lead` is the project's, `members` are of the project."""

    owner: str
    visibility: str
    state: str
    lead: str = ""
    members: frozenset[str] = frozenset()

    @property
    def keeper(self) -> str:
        """Who brings it together and submits it: the project's lead, or its owner where there is no project."""
        return self.lead or self.owner


def may_see(person: Person, thing: Standing) -> bool:
    """Return whether a person may see a version.

    >>> mine = Standing("li", "private", "draft")
    >>> may_see(Person("li"), mine), may_see(Person("wang"), mine)
    (True, False)
    >>> may_see(Person("wang", frozenset({"product_lead"})), Standing("li", "private", "submitted"))
    True
    """
    if thing.state == "approved" or _of_circle(person, thing):
        return True
    return thing.state == "submitted" and person.reviews


def may_edit(person: Person, thing: Standing) -> bool:
    """Return whether a person may have a contribution in a draft."""
    return thing.state in ("draft", "rejected") and _of_circle(person, thing)


def may_begin(person: Person, thing: Standing) -> bool:
    """Return whether a person may begin the next version of what is approved."""
    return thing.state == "approved" and _of_circle(person, thing)


def may_keep(person: Person, thing: Standing) -> bool:
    """Return whether a person may change the draft itself, merge, and submit.

    The keeper of a private thing is its owner, also inside a project: nobody else sees it.
    """
    return person.name == (thing.owner if thing.visibility == "private" else thing.keeper)


def may_decide(person: Person, authors: Collection[str]) -> Reason | None:
    """Return why a person may not decide a review, or None."""
    if not person.reviews:
        return Reason("not_a_reviewer", {"who": person.name})
    if person.name in authors:
        return Reason("own_work", {"who": person.name})
    return None


def _of_circle(person: Person, thing: Standing) -> bool:
    match thing.visibility:
        case "public":
            return True
        case "project":
            return person.name in thing.members or person.name in (thing.owner, thing.lead)
        case _:
            return person.name == thing.owner
