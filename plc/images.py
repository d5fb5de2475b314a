"""Between the blocks' values and the telegrams of `plc.telegram`: what each field of each block means to us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plc.blocks import METERS
from plc.codes import AckCode, ActState, CmdCode, EvtCode, PackML, StatusBit, UnitMode
from plc.handshake.responder import JOURNAL_SIZE
from plc.layout import Value, spot_values
from plc.link import CommandImage, StatusImage, SysImage, SysStatus
from plc.telegram import BoxResult, Command, Event, JournalEntry, MeterResult, Spot, Status

Values = Mapping[str, Any]


class UnknownCode(Exception):
    """A block holds a number that the contract does not know; nothing is guessed."""


def command_values(seq: int, command: Command) -> dict[str, Value]:
    """Return the body of a CMD block, from head to LoadId, without tail and EvtAckSeq."""
    return {
        "CmdSeqHead": seq,
        "CmdCode": int(command.code),
        "MissionNo": command.mission,
        **spot_values("Src", command.source),
        **spot_values("Dst", command.target),
        "LoadType": command.load_type,
        "Prio": command.priority,
        "Weight_g": command.weight_g,
        "Par1": command.par1,
        "Par2": command.par2,
        "LoadId": command.load_id,
    }


def command_image(v: Values) -> CommandImage:
    """Return the CMD block; its command is None where nothing was ever written.

    A code outside the table becomes NONE, which a device refuses: it is never ignored.
    """
    command = None
    if v["CmdSeqHead"]:
        command = Command(
            _known(v["CmdCode"]), v["MissionNo"], _spot(v, "Src"), _spot(v, "Dst"), v["LoadType"], v["Prio"],
            v["Weight_g"], v["Par1"], v["Par2"], v["LoadId"] or "",
        )  # fmt: skip
    return CommandImage(v["CmdSeqHead"], v["CmdSeqTail"], v["EvtAckSeq"], command)


def status_values(image: StatusImage) -> dict[str, Value]:
    """Return the values of a STA block, sequence numbers included."""
    s, e = image.status, image.event or Event(EvtCode.NONE)
    return {
        "StateCurrent": int(s.state), "UnitMode": int(s.mode), "StatusWord": int(s.word),
        "CmdAckMission": image.ack_mission, "CmdAckCode": int(image.ack_code), "CmdAckSeq": image.ack_seq,
        "ActMission": s.mission, "ActState": int(s.act_state), "ActStep": s.step,
        "PosX_mm": s.x_mm, "PosY_mm": s.y_mm, "PosZ_mm": s.z_mm,
        "FaultCode": s.fault, "AlarmSeq": s.alarm_seq, "AlarmBits": list(s.alarms),
        "EvtSeqHead": image.event_seq, "EvtCode": int(e.code), "EvtMission": e.mission, "EvtPoint": e.point,
        "EvtResult": e.result, "EvtData1": e.data1, "EvtData2": e.data2, "EvtLoadId": e.load_id,
        "EvtSeqTail": image.event_seq,
    }  # fmt: skip


def status_image(v: Values) -> StatusImage | None:
    """Return the STA block, or None while its event is being written (head and tail differ)."""
    if v["EvtSeqHead"] != v["EvtSeqTail"]:
        return None
    status = Status(
        _code(PackML, v["StateCurrent"] or PackML.STOPPED), _code(UnitMode, v["UnitMode"] or UnitMode.PRODUCTION),
        StatusBit(v["StatusWord"]), v["ActMission"], _code(ActState, v["ActState"]), v["ActStep"],
        v["PosX_mm"], v["PosY_mm"], v["PosZ_mm"], v["FaultCode"], v["AlarmSeq"], tuple(v["AlarmBits"]),
    )  # fmt: skip
    event = None
    if v["EvtSeqHead"]:
        event = Event(
            _code(EvtCode, v["EvtCode"]), v["EvtMission"], v["EvtPoint"], v["EvtResult"],
            v["EvtData1"], v["EvtData2"], v["EvtLoadId"] or "",
        )  # fmt: skip
    ack = _code(AckCode, v["CmdAckCode"])
    return StatusImage(status, v["CmdAckSeq"], ack, v["EvtSeqHead"], event, v["CmdAckMission"])


def journal_values(entries: tuple[JournalEntry, ...]) -> dict[str, Value]:
    """Return the values of a JRN block; `entries` are oldest first, at most 24."""
    kept = entries[-JOURNAL_SIZE:]
    empty = (0,) * (JOURNAL_SIZE - len(kept))
    return {
        "Head": len(kept) % JOURNAL_SIZE,
        "Count": len(kept),
        "Job.MissionNo": [*(entry.mission for entry in kept), *empty],
        "Job.State": [*(int(entry.state) for entry in kept), *empty],
        "Job.Result": [*(entry.result for entry in kept), *empty],
    }


def journal_entries(v: Values) -> tuple[JournalEntry, ...]:
    """Return the valid entries of a JRN block, oldest first, wherever its ring stands."""
    first = v["Head"] - v["Count"]
    return tuple(
        JournalEntry(v["Job.MissionNo"][i], _code(ActState, v["Job.State"][i]), v["Job.Result"][i])
        for i in ((first + n) % JOURNAL_SIZE for n in range(min(v["Count"], JOURNAL_SIZE)))
    )


def result_values(result: BoxResult) -> dict[str, Value]:
    """Return the values of a RES block; raises ValueError for more than 20 meters."""
    room = METERS - len(result.meters)
    if room < 0:
        raise ValueError(f"a box holds at most {METERS} meters, not {len(result.meters)}")
    return {
        "Box": result.box, "Pallet": result.pallet, "Pile": result.pile, "Verdict": result.verdict,
        "Count": len(result.meters),
        "Meter.Code": [*(m.code for m in result.meters), *("",) * room],
        "Meter.Verdict": [*(m.verdict for m in result.meters), *(0,) * room],
        "Meter.Seal": [*(m.seal for m in result.meters), *("",) * room],
    }  # fmt: skip


def box_result(v: Values) -> BoxResult:
    """Return the RES block."""
    meters = zip(v["Meter.Code"], v["Meter.Verdict"], v["Meter.Seal"], strict=True)
    valid = tuple(MeterResult(code or "", verdict, seal or "") for code, verdict, seal in meters)[: v["Count"]]
    return BoxResult(v["Box"] or "", v["Pallet"] or "", v["Pile"], v["Verdict"], valid)


def sys_command_values(image: SysImage) -> dict[str, Value]:
    """Return the values of a SYS_CMD block."""
    return {
        "ProtoVer": image.version, "Life": image.life, "SessionId": image.session, "CtrlWord": image.control,
    }  # fmt: skip


def sys_image(v: Values) -> SysImage:
    """Return the SYS_CMD block."""
    return SysImage(v["ProtoVer"], v["Life"], v["SessionId"], v["CtrlWord"])


def sys_status_values(status: SysStatus) -> dict[str, Value]:
    """Return the values of a SYS_STA block."""
    return {
        "ProtoVer": status.version, "Life": status.life, "BootId": status.boot_id,
        "SessionEcho": status.session_echo, "StatusWord": status.word,
    }  # fmt: skip


def sys_status(v: Values) -> SysStatus:
    """Return the SYS_STA block."""
    return SysStatus(v["ProtoVer"], v["Life"], v["BootId"], v["SessionEcho"], v["StatusWord"])


def _spot(v: Values, prefix: str) -> Spot:
    return Spot(v[f"{prefix}.Aisle"], v[f"{prefix}.Side"], v[f"{prefix}.X"], v[f"{prefix}.Y"], v[f"{prefix}.Z"])


def _known(number: int) -> CmdCode:
    return CmdCode(number) if number in CmdCode.__members__.values() else CmdCode.NONE


def _code(kind: Any, number: int) -> Any:
    """Return the code; raises UnknownCode for a number outside the table."""
    try:
        return kind(number)
    except ValueError:
        raise UnknownCode(f"{number} is no {kind.__name__}") from None
