"""A load stands at a station: who it is, whether it is fit to travel, and where it shall go."""

from __future__ import annotations

from plc.link import EventRaised, Scanned
from plc.plant.kinds import FaultKind, Reaction
from plc.plant.model import Plant
from plc.plant.stations import Clarification, GoodsIn
from plc.values import replace
from wcs.alarms import clear_about, find, reaction
from wcs.decision import Decision, Trigger, Wake
from wcs.floor import Floor
from wcs.happenings import Asking, FaultFound
from wcs.journal import Fact
from wcs.partners import partners
from wcs.rows import DropUnit, Question, Serial, Unit

ENTRY_FAULTS = frozenset(
    f.value for f in (FaultKind.NO_READ, FaultKind.WEIGHT, FaultKind.PROFILE, FaultKind.SLOT_EMPTY)
)
RETRY_SCAN_MS, RETRY_FOR_MS = 5_000, 30_000


def load_arrived(floor: Floor, notice: EventRaised, now_ms: int) -> Decision:
    """A station reports a load at a point: a new unit, or at the clarification station the one that was mended."""
    event = notice.event
    point = floor.plant.point_by_number.get(event.point, "")
    if not point:
        return Decision()
    done, unit = Decision(), _mended(floor, point)
    if unit is None:
        unit = Unit(f"?{floor.serial + 1}", point, (point,))
        done.changes.append(Serial(floor.serial + 1))
    scanner = scanner_at(floor.plant, point)
    unit = replace(
        unit, code=event.load_id, weight_g=event.data1, profile=event.result, faults=(), order=0,
        stage="scanning" if scanner else "", since_ms=now_ms,
    )  # fmt: skip
    if not scanner:
        return done.join(_identified(floor, unit, now_ms))
    done.changes.append(unit)
    done.effects.append(Trigger(scanner))
    return done


def scanned(floor: Floor, notice: Scanned, now_ms: int) -> Decision:
    """A scanner has answered for the unit that stands before it."""
    unit = next((u for u in _scanning(floor, notice.scanner)), None)
    if unit is None:
        return Decision()
    if notice.code is None and _reads_again(floor, unit, now_ms):
        found = FaultFound(FaultKind.NO_READ, unit.id, _station(floor.plant, unit.at), unit=unit.id)
        return Decision(effects=[Wake(now_ms + RETRY_SCAN_MS, (notice.scanner,))], follow=[found])
    return _identified(floor, replace(unit, code=notice.code or ""), now_ms)


def _reads_again(floor: Floor, unit: Unit, now_ms: int) -> bool:
    """Return whether a no-read is tried again where the unit stands.

    At clarification always, for the clerk has just mended the label and there is nowhere else to go; elsewhere for
    half a minute, if the plant file says so.
    """
    if _at_clarification(floor.plant, unit.at):
        return True
    alarm = find(floor, FaultKind.NO_READ.value, unit.id)
    in_time = alarm is None or now_ms - alarm.raised_ms < RETRY_FOR_MS
    return in_time and reaction(floor.plant, FaultKind.NO_READ) is Reaction.RETRY


def scan_again(floor: Floor, scanner: str) -> Decision:
    """Ask a scanner once more, if a unit still waits for it."""
    return Decision(effects=[Trigger(scanner)] if _scanning(floor, scanner) else [])


def standing(floor: Floor, unit_id: str) -> Decision:
    """A unit stands and belongs to no order: ask where it shall go. At clarification a clerk works first."""
    unit = floor.units.get(unit_id)
    if unit is None or unit.order or unit.question or unit.stage:
        return Decision()
    if _at_clarification(floor.plant, unit.at):
        return Decision()
    return Decision(follow=[Asking(unit_id, "where")])


def ask(floor: Floor, asking: Asking, now_ms: int) -> Decision:
    """Put a question to the WMS, unless the unit waits for an answer already."""
    unit = floor.units.get(asking.unit)
    if unit is None or unit.question:
        return Decision()
    number, order = floor.serial + 1, floor.orders.get(unit.order)
    question = Question(f"{asking.what}:{number}", asking.what, unit.id, unit.at, unit.order, asked_ms=now_ms)
    payload = {
        "question": question.id, "ask": asking.what, "station": unit.at, "unit": unit.id, "code": unit.code or None,
        "weight_g": unit.weight_g, "profile": unit.profile, "faults": list(unit.faults),
        "order": unit.order or None, "slot": order.destination if order else None,
    }  # fmt: skip
    if asking.what == "slot" and (found := partners(floor, unit.at, now_ms)):
        payload["partners"] = found
    asked = replace(unit, question=question.id)
    return Decision([Serial(number), question, asked], [Fact("DirectionRequested", unit.id, payload)])


def rename(floor: Floor, old: str, unit: Unit) -> Decision:
    """Give a unit its true name; `unit` is the new row."""
    fact = Fact("UnitIdentified", unit.id, {"old": old, "new": unit.id, "station": unit.at})
    return Decision([DropUnit(old)] if old in floor.units else [], [fact])


def scanner_at(plant: Plant, point: str) -> str:
    """Return the scanner that reads loads at `point`, "" if there is none."""
    found = plant.points.get(point)
    return (found.scanner or "") if found is not None else ""


def _identified(floor: Floor, unit: Unit, now_ms: int) -> Decision:
    """The reading is in: name the unit by its code, judge it, and ask where it shall go."""
    old = unit.id
    stranger = unit.code == old or unit.code not in floor.units
    name = unit.code if unit.code and stranger else old
    faults = _faults(floor.plant, unit, readable=bool(unit.code) and stranger)
    unit = replace(unit, id=name, faults=tuple(f.value for f in faults), stage="")
    done = rename(floor, old, unit) if name != old else Decision()
    done.changes.append(unit)
    if not faults:
        for subject in {old: None, name: None}:
            done.join(clear_about(floor, subject, ENTRY_FAULTS, now_ms))
    payload = {"station": unit.at, "weight_g": unit.weight_g, "profile": unit.profile, "code": unit.code or None}
    done.facts.append(Fact("UnitArrived", name, payload))
    station = _station(floor.plant, unit.at)
    done.follow += [FaultFound(f, name, station, code=unit.profile, unit=name) for f in faults]
    if all(reaction(floor.plant, f) is not Reaction.HOLD for f in faults):
        done.follow.append(Asking(name, "where"))
    return done


def _mended(floor: Floor, point: str) -> Unit | None:
    """Return the unit that a clerk has just released: the first to stand there without an order."""
    here = (floor.units[u] for u in floor.standing.get(point, ()))
    return next((u for u in here if not u.order and not u.question), None)


def _scanning(floor: Floor, scanner: str) -> list[Unit]:
    points = (p for p in floor.plant.points if scanner_at(floor.plant, p) == scanner)
    here = (floor.units[u] for p in points for u in floor.standing.get(p, ()))
    return [unit for unit in here if unit.stage == "scanning"]


def _faults(plant: Plant, unit: Unit, *, readable: bool) -> list[FaultKind]:
    station = plant.stations.get(_station(plant, unit.at))
    checks = station.checks if isinstance(station, GoodsIn) else ("scan", "weight", "profile")
    limit_kg = min((s.max_weight_kg for s in plant.stations.values() if isinstance(s, GoodsIn)), default=0.0)
    found = {
        FaultKind.NO_READ: not readable and "scan" in checks,
        FaultKind.WEIGHT: bool(limit_kg) and unit.weight_g > limit_kg * 1000 and "weight" in checks,
        FaultKind.PROFILE: bool(unit.profile) and "profile" in checks,
    }
    return [fault for fault, is_so in found.items() if is_so]


def _at_clarification(plant: Plant, at: str) -> bool:
    return isinstance(plant.stations.get(_station(plant, at)), Clarification)


def _station(plant: Plant, at: str) -> str:
    return plant.station_at.get(at, "")
