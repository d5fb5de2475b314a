"""What goes on at benches and lines as the platform's telemetry topics (GK_JD_...). Pure.

A letter says {topic, place, ...} in our own words; `machine` is a station within a line, "" for the line itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wms.errors import Refused
from wms.marketing.platform.codebook import CodeBook
from wms.marketing.platform.site import Site
from wms.marketing.platform.values import CODES, Body, in_parts, present

Letter = Mapping[str, Any]
PLAN, MACHINE = "PLAN", "MACH"


def topic_of(letter: Letter, site: Site, book: CodeBook) -> tuple[str, Body]:
    """Return the topic of a letter and what is said there; raises Refused for news that has no topic."""
    builder = TOPICS.get(str(letter.get("topic", "")))
    if builder is None:
        raise Refused("letter_has_no_message", kind=f"telemetry {letter.get('topic', '')}"[:40])
    return builder(letter, site, book)


def _head(letter: Letter, site: Site) -> Body:
    place = str(letter.get("place", ""))
    return {"plantNo": site.plant(place), "machNo": str(letter.get("machine", ""))}


def _level(letter: Letter) -> str:
    return MACHINE if letter.get("machine") else PLAN


def _stamp(letter: Letter, name: str, site: Site) -> str:
    return site.stamp(int(letter[name])) if letter.get(name) is not None else ""


def _boot_check(letter: Letter, site: Site, book: CodeBook) -> tuple[str, Body]:
    return "GK_JD_BOOT_CHECK_TOPIC", present({
        "plantNo": site.plant(str(letter.get("place", "")))[:8], "itemNo": str(letter.get("item", "")),
        "itemName": str(letter.get("name", "")), "itemType": book.code("boot_kind", str(letter.get("kind", ""))),
        "detectSn": str(letter.get("number", 1)), "startTime": _stamp(letter, "begun_ms", site),
        "finishTime": _stamp(letter, "at_ms", site),
        "checkConc": book.code("conclusion", "pass" if letter.get("ok") else "fail"),
        "checkData": str(letter.get("value", "")),
    })  # fmt: skip


def _buffer(letter: Letter, site: Site, book: CodeBook) -> tuple[str, Body]:
    number = site.plant(str(letter.get("place", "")))
    return "GK_JD_BUFFER_TOPIC", {"plantNo": number, "bufferOccupanNum": str(letter.get("occupied", 0))}


def _alarm(letter: Letter, site: Site, book: CodeBook) -> tuple[str, Body]:
    return f"GK_JD_{_level(letter)}_ALARM_INFO_TOPIC", present(_head(letter, site) | {
        "warnCode": str(letter.get("code", "")), "startTime": _stamp(letter, "begun_ms", site),
        "warnLevel": book.code("alarm_level", str(letter.get("level", "usual"))),
        "plantWarnType": book.code("alarm_kind", str(letter.get("kind", "fault"))),
        "warnInfo": str(letter.get("text", "")), "warnSuggest": str(letter.get("advice", "")),
        "epiPos": [str(one) for one in letter.get("positions") or ()], "receiveTime": _stamp(letter, "at_ms", site),
    })  # fmt: skip


def _working(letter: Letter, site: Site, book: CodeBook) -> tuple[str, Body]:
    before = str(letter.get("before", ""))
    return f"GK_JD_{_level(letter)}_WORKING_STATUS_TOPIC", present(_head(letter, site) | {
        "curWkStatusCode": book.code("working_state", str(letter.get("state", ""))),
        "startTime": _stamp(letter, "begun_ms", site), "receiveTime": _stamp(letter, "at_ms", site),
        "previousState": book.code("working_state", before) if before else "",
    })  # fmt: skip


def _event(letter: Letter, site: Site, book: CodeBook) -> tuple[str, Body]:
    body = _head(letter, site) | {
        "taskNo": str(letter.get("task", "")), "eventTime": _stamp(letter, "at_ms", site),
        "plantEventType": book.code("event", str(letter.get("event", ""))),
        "veriltemParaNo": str(letter.get("item", "")),
    }  # fmt: skip
    if not letter.get("machine"):
        return "GK_JD_PLAN_EVENT_TOPIC", present(body) | {"devSeatStatusList": _positions(letter, book)}
    bars = [str(code) for code in letter.get("bars") or ()]
    parts = in_parts(bars, "GK_JD_MACH_EVENT_TOPIC", "barCode")
    moved = {
        "containerType": book.code("container", str(letter.get("container", "pallet"))),
        "containerNo": str(letter.get("container_no", "")), "objectNum": str(len(bars)),
        "barCode": CODES.join(bars) if len(parts) == 1 else "",  # rather none than some: letters name them all
    }  # fmt: skip
    return "GK_JD_MACH_EVENT_TOPIC", present(body | moved | {"objectDetList": moved})


def _positions(letter: Letter, book: CodeBook) -> list[Body]:
    return [
        {
            "devSeatNo": str(one["position"]), "statusCode": book.code("position_state", str(one["state"])),
            "barCode": str(one.get("bar_code", "")),
        }
        for one in letter.get("positions") or ()
    ]  # fmt: skip


def _live(letter: Letter, site: Site, book: CodeBook) -> tuple[str, Body]:
    values: Mapping[str, Any] = letter.get("values") or {}
    read = [{"outParaName": name, "outParaValue": str(value)} for name, value in sorted(values.items())]
    return "GK_JD_OUTPUT_INFO_TOPIC", present(_head(letter, site) | {
        "devSeatNo": str(letter.get("position", "")), "occurTime": _stamp(letter, "at_ms", site),
        "realTimeValues": read, "remarks": str(letter.get("note", "")),
    })  # fmt: skip


TOPICS: dict[str, Callable[[Letter, Site, CodeBook], tuple[str, Body]]] = {
    "boot_check": _boot_check, "buffer": _buffer, "alarm": _alarm, "working": _working, "event": _event, "live": _live,
}  # fmt: skip
