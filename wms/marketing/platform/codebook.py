"""What a utility's codes mean to us and what ours are to it: tables of codes by role, in one generation. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wms.errors import Refused


@dataclass(frozen=True, slots=True)
class CodeBook:
    """The code tables of one generation: table -> role -> code, and table -> code -> role."""

    generation: str
    codes: Mapping[str, Mapping[str, str]]
    roles: Mapping[str, Mapping[str, str]]

    def code(self, table: str, role: str) -> str:
        """Return the utility's code for a role; raises Refused where the table has none.

        >>> book_of("gen2", [("result", "02", "pass"), ("result", "01", "fail")]).code("result", "pass")
        '02'
        """
        found = self.codes.get(table, {}).get(role)
        if found is None:
            raise Refused("code_missing", generation=self.generation, table=table, role=role)
        return found

    def code_or(self, table: str, role: str, other: str) -> str:
        """Return the utility's code for a role, or the one for `other`."""
        return self.codes.get(table, {}).get(role) or self.code(table, other)

    def role(self, table: str, code: str) -> str:
        """Return what a code means to us; raises Refused for one that nobody has given a meaning."""
        found = self.roles.get(table, {}).get(code, "")
        if not found:
            raise Refused("code_without_role", generation=self.generation, table=table, value=code[:40])
        return found

    def role_or(self, table: str, code: str, other: str = "") -> str:
        """Return what a code means to us, or `other`."""
        return self.roles.get(table, {}).get(code, "") or other


def book_of(generation: str, rows: Iterable[tuple[str, str, str]]) -> CodeBook:
    """Return a code book from rows of (table, code, role); where several codes have one role the lowest is ours."""
    codes: dict[str, dict[str, str]] = {}
    roles: dict[str, dict[str, str]] = {}
    for name, code, role in sorted(rows):
        roles.setdefault(name, {})[code] = role
        if role:
            codes.setdefault(name, {}).setdefault(role, code)
    return CodeBook(generation, codes, roles)
