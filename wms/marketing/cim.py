"""Letters as IEC 61968-100 messages in JSON: header, payload, reply. Pure.

Four messages say all that an enterprise bus must know of a meter (IEC 61968-4 and -9, reduced to what is meant):
created MeterConfig on arrival, changed MeterConfig on state or place, created TestDataSet on a result, changed
MeterConfig on dispatch. A meter's mRID is the UUIDv5 of its bar code, so that both sides can tell it without asking.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from wms.errors import Refused

NAMESPACE = uuid.UUID("6f0c3b52-2a7e-5d0e-9c38-61968100a001")
REVISION = "2.0"
CREATED, CHANGED, ASKED = "created", "changed", "get"
METERS, TESTS = "MeterConfig", "TestDataSet"
OK, PARTIAL, FAILED = "OK", "PARTIAL", "FAILED"
SHIPPED = "shipped"
Letter = Mapping[str, Any]
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bus:
    """How a site is called on the bus; `epoch` is when plant time is 0."""

    source: str
    epoch: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    def at(self, at_ms: int) -> str:
        """Return a plant time as ISO 8601 in UTC.

        >>> Bus("METRO").at(1500)
        '1970-01-01T00:00:01.500Z'
        """
        moment = (self.epoch + timedelta(milliseconds=at_ms)).astimezone(UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Told:
    """What a reply says: whether the message was taken, else which meters were not, and why."""

    result: str
    words: str = ""
    refused: tuple[str, ...] = ()


def meter_id(bar_code: str) -> str:
    """Return the mRID of a meter.

    >>> meter_id("3330001260000000010005") == meter_id("3330001260000000010005")
    True
    """
    return str(uuid.uuid5(NAMESPACE, bar_code))


def message_of(kind: str, letter: Letter, bus: Bus, *, key: str, at_ms: int = 0) -> Body:
    """Return the message that says a letter; the same key gives the same MessageID for ever.

    Raises Refused for a kind that has no noun.
    """
    if kind not in NOUNS:
        raise Refused("letter_has_no_message", kind=kind[:40])
    said = str(letter.get("of", kind)) if kind == "late_result" else kind
    verb, noun, build = NOUNS.get(said, NOUNS["test_result"])
    header = {
        "Verb": verb, "Noun": noun, "Revision": REVISION, "Timestamp": bus.at(int(letter.get("at_ms") or at_ms)),
        "Source": bus.source, "MessageID": str(uuid.uuid5(NAMESPACE, key)),
        "CorrelationID": str(letter.get("task") or letter.get("order") or ""),
    }  # fmt: skip
    return {"Header": header, "Payload": {noun: build(letter, bus)}}


def _created(letter: Letter, bus: Bus) -> Body:
    meters = [
        _asset(one["bar_code"])
        | {
            "lotNumber": str(letter.get("lot", "")), "ProductAssetModel": {"modelNumber": str(letter.get("model", ""))},
            "manufacturedDate": str(one.get("made_on", "")), "status": {"value": "received"},
            "Location": _place(letter.get("pallet", "")),
        }
        for one in letter.get("meters") or ()
    ]  # fmt: skip
    return {"Meter": meters}


def _changed(letter: Letter, bus: Bus) -> Body:
    when, state = bus.at(int(letter.get("at_ms", 0))), str(letter.get("state", ""))
    rest = {
        "lotNumber": str(letter.get("lot", "")), "status": {"value": state, "dateTime": when},
        "AssetContainer": _container(letter.get("box", "")), "Location": _place(letter.get("place", "")),
    }  # fmt: skip
    return {"Meter": [_asset(code) | rest for code in letter.get("bars") or ()]}


def _dispatched(letter: Letter, bus: Bus) -> Body:
    rest = {
        "status": {"value": SHIPPED, "dateTime": bus.at(int(letter.get("at_ms", 0)))},
        "AssetContainer": _container(letter.get("pallet", "")), "Location": _place(letter.get("district", "")),
        "WorkRequest": {"names": str(letter.get("order", ""))},
    }  # fmt: skip
    return {"Meter": [_asset(code) | rest for code in letter.get("bars") or ()]}


def _concluded(letter: Letter, bus: Bus) -> Body:
    return {"Meter": [_asset(one["bar_code"]) | _acceptance(one, letter, bus) for one in letter.get("meters") or ()]}


def _acceptance(one: Letter, letter: Letter, bus: Bus) -> Body:
    test = {
        "dateTime": bus.at(int(one.get("at_ms", 0))),
        "success": one.get("verdict") == "pass",
        "type": "verification",
    }
    why = [{"reason": item} for item in one.get("failed") or ()]
    return {"lotNumber": str(letter.get("lot", "")), "acceptanceTest": test, "ActivityRecords": why} | _late(letter)


def _tested(letter: Letter, bus: Bus) -> Body:
    """Return one procedure data set for each meter: every point that was measured, in its order."""
    sets = [
        {
            "Asset": _asset(one["bar_code"]), "completedDateTime": bus.at(int(one.get("at_ms", 0))),
            "verdict": str(one.get("verdict", "")), "sequenceNumber": int(one.get("test_no", 1) or 1),
            "TestStation": {"bench": str(one.get("bench", "")), "position": str(one.get("position", ""))},
            "MeasurementValues": _points(one, bus),
        }
        for one in letter.get("meters") or ()
    ]  # fmt: skip
    return {"ProcedureDataSet": sets} | _late(letter)


def _points(one: Letter, bus: Bus) -> list[Body]:
    return [
        {
            "name": item["item"], "point": str(point.get("point", "")), "verdict": str(point.get("verdict", "")),
            "value": str(point.get("value", "")), "rounded": str(point.get("rounded", "")),
            "limit": str(point.get("limit", "")), "unit": str(point.get("unit", "")),
            "clause": str(point.get("clause", "")), "timeStamp": bus.at(int(point.get("at_ms", 0))),
        }
        for item in one.get("items") or ()
        for point in item["points"]
    ]  # fmt: skip


def _asset(bar_code: str) -> Body:
    return {"mRID": meter_id(bar_code), "utcNumber": bar_code}


def _place(name: object) -> Body:
    return {"names": str(name or "")}


def _container(name: object) -> Body:
    return {"names": str(name or "")}


def _late(letter: Letter) -> Body:
    return {"late": True} if letter.get("late") else {}


def _nothing(letter: Letter, bus: Bus) -> Body:
    """Return the payload of a question that only shows whether the bus is there."""
    return {"Meter": []}


def reply_of(reply: Mapping[str, Any], bar_codes: Sequence[str]) -> Told:
    """Return what a reply says (Reply.Result OK, PARTIAL or FAILED); `bar_codes` are the meters that were told of.

    Raises ValueError for what is no reply.

    >>> reply_of({"Reply": {"Result": "OK"}}, [])
    Told(result='OK', words='', refused=())
    """
    said = reply.get("Reply")
    if not isinstance(said, Mapping):
        raise ValueError("no Reply")
    body = cast("Mapping[str, Any]", said)
    result = str(body.get("Result", "")).upper()
    if result not in (OK, PARTIAL, FAILED):
        raise ValueError(f"Result {result[:20]!r}")
    found = body.get("Error") or []
    rows = cast(
        "list[Any]", found if isinstance(found, list) else [found]
    )  # one error needs no list in JSON made of XML
    errors = [cast("Mapping[str, Any]", one) for one in rows if isinstance(one, Mapping)]
    named = {str(one.get("ID", "")) for one in errors}
    known = {meter_id(code): code for code in bar_codes} | {code: code for code in bar_codes}
    refused = tuple(dict.fromkeys(known[one] for one in sorted(named) if one in known))
    words = "; ".join(str(one.get("reason") or one.get("details") or one.get("code", "")) for one in errors)
    return Told(result, words, refused)


NOUNS: dict[str, tuple[str, str, Callable[[Letter, Bus], Body]]] = {
    "meter_created": (CREATED, METERS, _created), "meter_changed": (CHANGED, METERS, _changed),
    "test_result": (CREATED, TESTS, _tested), "late_result": (CREATED, TESTS, _tested),
    "conclusion": (CHANGED, METERS, _concluded), "dispatched": (CHANGED, METERS, _dispatched),
    "test": (ASKED, METERS, _nothing),
}  # fmt: skip
"""Verb, noun and payload of each kind of letter."""
