"""What one field of a plant file cannot tell alone: names that must exist, things that must fit each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from plc.plant.checks_cells import check_cells, check_names, whole
from plc.plant.checks_sizes import check_sizes
from plc.plant.checks_unique import check_unique
from plc.plant.checks_ways import check_ways
from plc.plant.kinds import FITTING, FaultKind, Reaction
from plc.plant.model import SECTIONS, Plant
from plc.plant.plcs import OpcuaPlc
from plc.plant.problems import Finding, nearest
from plc.plant.stations import Clarification, GoodsIn

REFERENCES = {
    "plc": "plcs",
    "point": "points",
    "source": "points",
    "target": "points",
    "infeed": "points",
    "outfeed": "points",
    "scanner": "scanners",
    "aisle": "aisles",
    "crane": "cranes",
}
"""Keys whose value is a name, and the section where it must stand."""

WAYS = frozenset({"points", "segments", "aisles", "cranes", "stations", "lines", "docks", "zones"})


@dataclass(frozen=True, slots=True)
class Draft:
    """A plant that may still be wrong: without its `broken` sections' bad entries, whose names count as known."""

    plant: Plant
    names: Mapping[str, frozenset[str]]
    broken: frozenset[str] = frozenset()


def cross_check(draft: Draft) -> list[Finding]:
    """Return all that is wrong between the things of a plant; ways are only judged once all names are right."""
    if not whole(draft.plant):
        return [*_references(draft), *check_cells(draft.plant)]
    checks: tuple[Callable[[Plant], Iterable[Finding]], ...] = (
        check_unique,
        check_sizes,
        check_cells,
        _security,
    )
    lost = [*_references(draft), *check_names(draft.plant, draft.names)]
    findings = [
        *lost,
        *_essentials(draft),
        *_reactions(draft),
        *(finding for check in checks for finding in check(draft.plant)),
    ]
    if not draft.broken & WAYS and not any(finding.path[0] in WAYS for finding in lost):
        findings += check_ways(draft.plant)
    return findings


def _references(draft: Draft) -> Iterator[Finding]:
    plant = draft.plant
    for section in SECTIONS:
        things: Mapping[str, BaseModel] = getattr(plant, section)
        for name, thing in things.items():
            for key, target in REFERENCES.items():
                wanted = getattr(thing, key, None) if key in type(thing).model_fields else None
                if wanted is not None and wanted not in draft.names[target]:
                    yield _unknown((section, name, key), wanted, draft.names[target])
    for segment in plant.segments.values():
        for end in (segment.source, segment.target):
            if end not in draft.names["points"]:
                yield _unknown(("segments", segment.id), end, draft.names["points"])
    for zone in plant.zones.values():
        for index, wanted in enumerate(zone.segments):
            if wanted not in draft.names["segments"]:
                yield _unknown(("zones", zone.id, "segments", index), wanted, draft.names["segments"])


def _unknown(path: tuple[str | int, ...], wanted: str, known: Iterable[str]) -> Finding:
    return Finding(path, f"there is no `{wanted}` in this plant", nearest(wanted, sorted(known)))


def _essentials(draft: Draft) -> Iterator[Finding]:
    """Yield what every plant must have."""
    plant = draft.plant
    for section, what in (("plcs", "PLC"), ("aisles", "aisle"), ("docks", "dock")):
        if not draft.names[section] and section not in draft.broken:
            yield Finding((section,), f"a plant needs at least one {what}", "add one")
    if "stations" in draft.broken:
        return
    if not any(isinstance(station, GoodsIn) for station in plant.stations.values()):
        yield Finding(("stations",), "nothing can come in", "add a station with `kind: goods_in`")
    if Reaction.CLARIFY in plant.reactions.values() and not any(
        isinstance(station, Clarification) for station in plant.stations.values()
    ):
        yield Finding(("stations",), "nobody can clarify", "add a station with `kind: clarification`")


def _security(plant: Plant) -> Iterator[Finding]:
    for plc in plant.plcs.values():
        if isinstance(plc, OpcuaPlc) and plc.security == "sign_encrypt":
            for key in ("certificate_env", "private_key_env"):
                if getattr(plc, key) is None:
                    yield Finding(("plcs", plc.id, "security"), f"sign_encrypt needs `{key}`", f"add `{key}: ...`")


def _reactions(draft: Draft) -> Iterator[Finding]:
    for fault, reaction in draft.plant.reactions.items():
        if reaction not in FITTING[fault]:
            fitting = ", ".join(FITTING[fault])
            yield Finding(("reactions", fault.value), "this reaction does not fit that fault", f"use one of {fitting}")
    for fault in FaultKind:
        if fault not in draft.names["reactions"]:
            yield Finding(("reactions",), f"`{fault}` has no reaction", f"add `{fault}: {FITTING[fault][0]}`")
