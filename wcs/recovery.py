"""After a restart, or when a link comes back: read back first, then send again only what never arrived."""

from __future__ import annotations

from plc.codes import ActState
from plc.link import LinkDown, LinkUp
from plc.plant.kinds import FaultKind
from plc.states import after
from plc.telegram import JournalEntry
from plc.values import replace
from wcs import life
from wcs.alarms import clear_alarm, find, shown
from wcs.arrivals import scanner_at
from wcs.commands import command_for
from wcs.decision import Decision, GoOnline, Send, Trigger
from wcs.faults import USED_UP, CellFault
from wcs.floor import Floor
from wcs.happenings import Asking, Dispatch, FaultFound, Standing
from wcs.journeys import held, must_confirm
from wcs.life import MISSION, MissionState, OrderState
from wcs.line import batches, legs
from wcs.reasons import Reason
from wcs.rows import BootMemo, Change, KnownMission, LinkMemo, Mission, ModeMemo


def started(floor: Floor) -> Decision:
    """The controller begins: what was sent is unknown until its PLC is read back; scans are asked again."""
    done = Decision(list(_unknown(floor, list(floor.plant.devices))))
    for unit in floor.units.values():
        if unit.stage == "scanning" and (scanner := scanner_at(floor.plant, unit.at)):
            done.effects.append(Trigger(scanner))
        elif not unit.order:
            done.follow.append(Standing(unit.id))
    for line in {line.id: line for line in floor.plant.line_of.values()}.values():
        done.effects += batches.waking(floor, line)
        done.effects += [wake for cell in line.cells for wake in legs.waking(floor, cell)]
    for order in floor.orders.values():
        unit = floor.units.get(order.unit)
        if order.state is OrderState.WAITING and unit and not unit.question and must_confirm(floor, order, unit):
            done.follow.append(Asking(unit.id, "slot"))
    return done


def link_down(floor: Floor, notice: LinkDown, now_ms: int) -> Decision:
    """A PLC is out of reach: nothing new goes there, and what was on its way is unknown."""
    link = floor.links.get(notice.plc)
    was_online = link is not None and link.online
    devices = [d.id for d in floor.plant.devices_by_plc[notice.plc]]
    done = Decision([LinkMemo(notice.plc, False, link.soft if link else False, now_ms, notice.reason)])
    done.changes += _unknown(floor, devices)
    if was_online:
        done.follow.append(FaultFound(FaultKind.LINK_LOST, notice.plc, notice.plc))
        done.follow += [Dispatch(device) for device in devices]
    return done


def link_up(floor: Floor, notice: LinkUp, now_ms: int) -> Decision:
    """A PLC has been read back: settle each mission by its journal, then let new telegrams flow.

    A PLC that began without a memory remembers everything since: only what is older than its start is lost.
    """
    done = Decision([LinkMemo(notice.plc, True, notice.soft, now_ms), BootMemo(notice.plc, notice.boot_id)])
    retained = notice.retained or floor.boots.get(notice.plc) == notice.boot_id
    for device, image in notice.devices.items():
        done.changes.append(ModeMemo(device, image.status.mode))
        known = {entry.mission: entry for entry in image.journal}
        if known:
            done.changes.append(KnownMission(max(known)))
        done.join(_read_back(floor, device, image.status.fault, retained=retained, now_ms=now_ms))
        for number in list(floor.running.get(device, ())):
            done.join(_settle(floor, floor.missions[number], known, retained=retained, now_ms=now_ms))
    done.follow += [Dispatch(device.id) for device in floor.plant.devices_by_plc[notice.plc]]
    done.effects.insert(0, GoOnline(notice.plc))
    if (alarm := find(floor, FaultKind.LINK_LOST.value, notice.plc)) is not None:
        done.join(clear_alarm(alarm, now_ms))
    return done


def _read_back(floor: Floor, device: str, fault: int, *, retained: bool, now_ms: int) -> Decision:
    """A device shows its fault anew: the end of one may have been forgotten with the rest."""
    memo = floor.memo(device)
    seq, own = memo.booked_seq if retained else 0, 0 if fault in USED_UP else fault
    since_ms = memo.fault_ms if own == memo.fault else now_ms if own else 0
    read = replace(memo, booked_seq=seq, fault=own, fault_ms=since_ms)
    return Decision([read] if read != memo else []).join(shown(floor, device, fault, now_ms, retained=retained))


def _settle(floor: Floor, mission: Mission, known: dict[int, JournalEntry], *, retained: bool, now_ms: int) -> Decision:
    """Compare one mission with what its device remembers."""
    entry = known.get(mission.number)
    if entry is not None:
        if mission.state in (MissionState.SENT, MissionState.UNKNOWN) and entry.state is not ActState.NONE:
            return Decision([replace(mission, state=after(MISSION, mission.state, life.Accepted()))])
        return Decision()
    if mission.state in (MissionState.SENT, MissionState.UNKNOWN) and retained:
        again = replace(mission, state=MissionState.SENT)
        return Decision([again], effects=[Send(mission.device, command_for(floor, again))])
    if retained or mission.state in (MissionState.CLARIFY, MissionState.HELD):
        return Decision()  # older than the journal reaches: its end will be reported
    asked = mission if mission.state is not MissionState.SENT else replace(mission, state=MissionState.UNKNOWN)
    done = Decision([replace(asked, state=after(MISSION, asked.state, life.Forgotten()))])
    if mission.order == 0:
        lost = FaultFound(CellFault.MEMORY_LOST, mission.device, mission.device, 0, mission.number, unit=mission.unit)
        done.follow.append(lost)
    order = floor.orders.get(mission.order)
    if order is not None and order.state in (OrderState.MOVING, OrderState.WITHDRAWN):
        done.join(held(order, Reason.of("journal_lost", device=mission.device, mission=mission.number), now_ms))
    return done


def _unknown(floor: Floor, devices: list[str]) -> list[Change]:
    return [
        replace(floor.missions[number], state=MissionState.UNKNOWN)
        for device in devices
        for number in floor.running.get(device, ())
        if floor.missions[number].state is MissionState.SENT
    ]
