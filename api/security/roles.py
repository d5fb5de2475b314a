"""The roles, and what each of them includes."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Who somebody is to the program. People climb viewer < operator < engineer < admin; machines are apart."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ENGINEER = "engineer"
    ADMIN = "admin"
    MACHINE = "machine"
    BENCH = "bench"


LADDER = (Role.VIEWER, Role.OPERATOR, Role.ENGINEER, Role.ADMIN)


def includes(has: Role, needed: Role, *, machine: bool = False) -> bool:
    """Return whether somebody with role `has` may do what `needed` may; `machine`: machines may as well.

    >>> includes(Role.ADMIN, Role.OPERATOR), includes(Role.VIEWER, Role.OPERATOR)
    (True, False)
    >>> includes(Role.MACHINE, Role.VIEWER), includes(Role.MACHINE, Role.OPERATOR, machine=True)
    (False, True)
    >>> includes(Role.BENCH, Role.BENCH), includes(Role.ADMIN, Role.BENCH), includes(Role.BENCH, Role.VIEWER)
    (True, False, False)
    """
    if Role.BENCH in (has, needed):
        return has is needed  # what a bench says is a legal result: nobody else may say it
    if has is Role.MACHINE:
        return machine
    return LADDER.index(has) >= LADDER.index(needed)
