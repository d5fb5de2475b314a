"""From the controller's changes to the live picture: runs on the controller's thread and never blocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from api.live import Picture
from plc.link import Link, StatusSeen
from plc.plant.places import is_slot
from wcs.controller import Controller
from wcs.floor import Floor
from wcs.journal import Fact
from wcs.life import ORDER_FINAL
from wcs.rows import Alarm, Change, DeviceMemo, DropUnit, LinkMemo, Order, Unit
from wms.stock.views import SlotView

COUNT_EVERY_S = 1.0
BLOCKED_BY = {"SlotFoundOccupied": "occupied", "SlotFoundEmpty": "empty"}


@dataclass(slots=True)
class Observer:
    """Writes what the controller does into the picture."""

    picture: Picture
    controller: Controller

    def start(self, slots: Iterable[SlotView]) -> None:
        """Show the floor as it stands, `slots` as the WMS has them, and from now on every change."""
        self.picture.fill("slots", ((slot.id, shown_slot(slot)) for slot in slots))
        self._floor(self.controller.floor)
        self.controller.watchers.append(self.changed)
        self.controller.seen = self.seen
        self._count()

    def changed(self, changes: list[Change], facts: list[tuple[int, Fact]]) -> None:
        """Take over what a transaction has changed."""
        for change in changes:
            self._show(change)
        for _, fact in facts:
            self._slot(fact)

    def seen(self, notice: StatusSeen) -> None:
        """Take over a device's state and position."""
        status = notice.status
        shown = {
            "state": int(status.state), "mode": int(status.mode), "x_mm": status.x_mm, "y_mm": status.y_mm,
            "mission": status.mission, "fault": status.fault, "loaded": bool(status.word & 2),
        }  # fmt: skip
        self.picture.put("devices", notice.device, shown)

    def _floor(self, floor: Floor) -> None:
        for row in (*floor.units.values(), *floor.orders.values(), *floor.alarms.values(), *floor.devices.values()):
            self._show(row)

    def _show(self, change: Change) -> None:
        match change:
            case Unit():
                waits = self.controller.floor.questions.get(change.question)
                shown = {
                    "at": change.at,
                    "order": change.order,
                    "faults": list(change.faults),
                    "since": change.since_ms,
                }
                shown["why"] = _reason(waits.reason) if waits else None
                self.picture.put("units", change.id, shown)
            case DropUnit():
                self.picture.put("units", change.id, None)
            case Order():
                self.picture.put(
                    "transports", str(change.number), None if change.state in ORDER_FINAL else _order(change)
                )
            case Alarm():
                self.picture.put("alarms", str(change.id), None if change.cleared_ms else asdict(change))
            case DeviceMemo():
                self.picture.put("faults", change.id, change.fault or None)
            case LinkMemo():
                self.picture.put("links", change.plc, self._link(change))
            case _:
                pass

    def _slot(self, fact: Fact) -> None:
        payload, plant = fact.payload, self.controller.plant
        if fact.kind == "TransportFinished" and is_slot(plant, payload["destination"]):
            self.picture.put("slots", payload["destination"], payload["unit"])
        elif fact.kind == "UnitPicked" and is_slot(plant, payload["source"]):
            self.picture.put("slots", payload["source"], None)
        elif fact.kind in BLOCKED_BY:
            self.picture.put("slots", fact.subject, {"blocked": BLOCKED_BY[fact.kind]})

    def _link(self, memo: LinkMemo) -> dict[str, Any]:
        return {
            "online": memo.online,
            "soft": memo.soft,
            "reason": memo.reason,
            **counts(self.controller.links[memo.plc]),
        }

    def _count(self) -> None:
        """Show plant time and the telegrams of each PLC, once a second."""
        clock = self.controller.clock
        self.picture.put("clock", "plant", {"now_ms": clock.now_ms(), "speed": clock.speed})
        for memo in self.controller.floor.links.values():
            self._show(memo)
        self.controller.wire_clock.call_later(COUNT_EVERY_S, self._count)


def shown_slot(slot: SlotView) -> Any:
    """Return what the picture has of a slot: its pallet, why it is blocked, or None if it is free."""
    return {"blocked": slot.blocked} if slot.blocked else slot.pallet or None


def counts(link: Link) -> dict[str, int]:
    """Return the telegrams of a link as plain numbers."""
    return asdict(link.counts)


def _order(order: Order) -> dict[str, Any]:
    return {
        "kind": order.kind.value, "unit": order.unit, "source": order.source, "destination": order.destination,
        "state": order.state.value, "why": _reason(order.reason), "since": order.since_ms,
    }  # fmt: skip


def _reason(reason: Any) -> dict[str, Any]:
    return {"code": reason.code, "params": dict(reason.args)}
