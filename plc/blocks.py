"""The blocks of the contract, declared once. Offsets, codecs, OPC UA nodes, PLC sources and docs come from here.

One writer per block: the WCS writes SYS_CMD and CMD, the PLC writes SYS_STA, STA, JRN and RES. No bit is written by
both. Within CMD and STA the sequence numbers are what makes a telegram valid; they are written last.
"""

from __future__ import annotations

from plc.handshake.responder import JOURNAL_SIZE
from plc.layout import DINT, INT, STRING, UDINT, UINT, WORD, Codec, Member, Struct

METERS = 20  # of one box

SPOT = Struct(
    "udtMsSpot",
    (
        Member("Aisle", UINT, "number of the aisle"),
        Member("Side", UINT, "1 left, 2 right, seen from the in-feed"),
        Member("X", UINT, "column, or the number of a point"),
        Member("Y", UINT, "level"),
        Member("Z", UINT, "depth"),
    ),
)

SYS_CMD = Struct(
    "udtMsSysCmd",
    (
        Member("ProtoVer", UINT, "version of this contract: 1"),
        Member("Life", UINT, "+1 every 0.5 s"),
        Member("SessionId", UDINT, "+1 for each start of the WCS"),
        Member("CtrlWord", WORD, "b0 online, b1 release motion, b2 lock local HMI, b3 lamp test, b4 sync time"),
    ),
)

SYS_STA = Struct(
    "udtMsSysSta",
    (
        Member("ProtoVer", UINT, "version of this contract: 1"),
        Member("Life", UINT, "+1 every 0.5 s"),
        Member("BootId", UDINT, "retentive, +1 for each start of the PLC"),
        Member("SessionEcho", UDINT, "SessionId as the PLC has taken it over"),
        Member("StatusWord", WORD, "b7 forced or simulated, b8 retentive data valid, b10 WCS life lost"),
    ),
)

CMD = Struct(
    "udtMsCmd",
    (
        Member("EvtAckSeq", UINT, "the event that is durably booked; written on its own"),
        Member("CmdSeqHead", UINT, "1..65535, 0 none; the body begins here"),
        Member("CmdCode", UINT, "what to do, see CmdCode"),
        Member("MissionNo", UDINT, "unique for ever"),
        Member("Src", SPOT, "from where; 65535 not used"),
        Member("Dst", SPOT, "to where; 65535 not used"),
        Member("LoadType", UINT, "kind of load"),
        Member("Prio", UINT, "priority"),
        Member("Weight_g", UDINT, "weight in g"),
        Member("Par1", DINT, "parameter of the command"),
        Member("Par2", DINT, "parameter of the command"),
        Member("LoadId", STRING, "bar code of the load"),
        Member("CmdSeqTail", UINT, "equal to the head when complete; written last, on its own"),
    ),
)

STA = Struct(
    "udtMsSta",
    (
        Member("StateCurrent", UINT, "PackML state"),
        Member("UnitMode", UINT, "who leads the device"),
        Member("StatusWord", WORD, "bits, see StatusBit"),
        Member("CmdAckSeq", UINT, "the telegram that was answered; read before its code, written after it"),
        Member("CmdAckMission", UDINT, "MissionNo of that telegram"),
        Member("CmdAckCode", INT, "the answer, see AckCode"),
        Member("ActMission", UDINT, "the first running mission"),
        Member("ActState", UINT, "how far it is, see ActState"),
        Member("ActStep", UINT, "step within it, for display"),
        Member("PosX_mm", DINT, "position in mm"),
        Member("PosY_mm", DINT, "position in mm"),
        Member("PosZ_mm", DINT, "position in mm"),
        Member("FaultCode", UINT, "first-out fault, see FaultCode"),
        Member("AlarmSeq", UINT, "+1 for each change of the alarm bits"),
        Member("AlarmBits", WORD, "alarms of the device", count=8),
        Member("EvtSeqHead", UINT, "1..65535, 0 none; stands until EvtAckSeq equals it"),
        Member("EvtCode", UINT, "what happened, see EvtCode"),
        Member("EvtMission", UDINT, "mission it belongs to, 0 none"),
        Member("EvtPoint", UINT, "number of the point"),
        Member("EvtResult", INT, "result, meaning by EvtCode"),
        Member("EvtData1", DINT, "value, meaning by EvtCode"),
        Member("EvtData2", DINT, "value, meaning by EvtCode"),
        Member("EvtLoadId", STRING, "bar code of the load"),
        Member("EvtSeqTail", UINT, "equal to the head when complete; written last"),
    ),
)

JOB = Struct(
    "udtMsJob",
    (
        Member("MissionNo", UDINT, "mission"),
        Member("State", UINT, "how far it came, see ActState"),
        Member("Result", INT, "as in its event"),
    ),
)

JRN = Struct(
    "udtMsJrn",
    (
        Member("Head", UINT, "index that is written next"),
        Member("Count", UINT, "how many are valid"),
        Member("Job", JOB, "ring of the last missions, retentive", count=JOURNAL_SIZE),
    ),
)

METER = Struct(
    "udtMsMeter",
    (
        Member("Code", STRING, "asset bar code of the meter"),
        Member("Verdict", UINT, "1 pass, 2 fail"),
        Member("Seal", STRING, "code of the seal, may be empty"),
    ),
)

RES = Struct(
    "udtMsRes",
    (
        Member("Box", STRING, "bar code of the box"),
        Member("Pallet", STRING, "bar code of the pallet it was put on"),
        Member("Pile", UINT, "pile on the pallet"),
        Member("Verdict", UINT, "1 pass, 2 fail"),
        Member("Count", UINT, "how many meters are valid"),
        Member("Meter", METER, "meters of the box", count=METERS),
    ),
)

SYS_CMD_CODEC, SYS_STA_CODEC = Codec(SYS_CMD), Codec(SYS_STA)
CMD_CODEC, STA_CODEC, JRN_CODEC, RES_CODEC = Codec(CMD), Codec(STA), Codec(JRN), Codec(RES)
SYS_STA_AT = SYS_CMD_CODEC.size
"""Byte of the SYS DB at which SYS_STA starts, behind SYS_CMD."""
CODECS = {
    "SYS_CMD": SYS_CMD_CODEC,
    "SYS_STA": SYS_STA_CODEC,
    "CMD": CMD_CODEC,
    "STA": STA_CODEC,
    "JRN": JRN_CODEC,
    "RES": RES_CODEC,
}
