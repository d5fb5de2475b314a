"""The device's end of the handshake."""

from __future__ import annotations

from plc.codes import AckCode, ActState, CmdCode, EvtCode
from plc.handshake.responder import Responder, Retentive, admission
from plc.link import CommandImage, SysImage
from plc.telegram import Command, Event, JournalEntry, Status


def telegram(seq: int, mission: int, code: CmdCode = CmdCode.TRANSPORT) -> CommandImage:
    return CommandImage(seq, seq, 0, Command(code, mission))


def accept(_: Command) -> AckCode:
    return AckCode.ACCEPTED


def test_a_half_written_telegram_is_not_seen() -> None:
    assert Responder().receive(CommandImage(2, 1, 0, Command(CmdCode.TRANSPORT, 5)), accept) is None


def test_a_known_mission_is_answered_and_not_started() -> None:
    responder = Responder()
    responder.receive(telegram(1, 5), accept)
    again = responder.receive(telegram(2, 5), accept)
    assert again is not None
    assert (again.reply.code, again.command) == (AckCode.KNOWN, None)


def test_what_is_about_a_mission_is_judged_each_time() -> None:
    responder = Responder()
    responder.receive(telegram(1, 5), accept)
    cancelled = responder.receive(telegram(2, 5, CmdCode.CANCEL), accept)
    assert cancelled is not None
    assert cancelled.command == Command(CmdCode.CANCEL, 5)
    assert len(responder.journal()) == 1


def test_an_unknown_code_and_a_missing_number_are_refused() -> None:
    responder = Responder()
    for seq, image in enumerate((telegram(1, 5, CmdCode.NONE), telegram(2, 0)), 1):
        answered = responder.receive(image, accept)
        assert answered is not None
        assert (answered.reply.seq, answered.reply.code) == (seq, AckCode.BAD_CODE)


def test_the_journal_drops_the_oldest_finished_mission_and_never_a_running_one() -> None:
    responder = Responder(journal_size=3)
    for seq in (1, 2, 3):
        responder.receive(telegram(seq, seq), accept)
    full = responder.receive(telegram(4, 4), accept)
    assert full is not None
    assert full.reply.code is AckCode.BUSY
    responder.finish(2, ActState.ENDED, 7)
    responder.receive(telegram(5, 4), accept)
    assert [entry.mission for entry in responder.journal()] == [1, 3, 4]


def test_events_are_shown_one_by_one() -> None:
    responder = Responder(Retentive(evt_seq=65535))
    responder.raise_event(Event(EvtCode.PICKED, 5))
    responder.raise_event(Event(EvtCode.ENDED, 5))
    assert responder.shown() == (1, Event(EvtCode.PICKED, 5))
    assert not responder.acknowledge(2)
    assert responder.acknowledge(1)
    assert responder.image(Status()).event_seq == 2


def test_a_cold_start_takes_the_block_for_answered() -> None:
    responder = Responder()
    old = CommandImage(9, 9, 1, Command(CmdCode.TRANSPORT, 5))
    responder.cold_start(old)
    assert responder.receive(old, accept) is None
    responder.raise_event(Event(EvtCode.MODE))
    assert not responder.acknowledge(old.event_ack)


def test_what_is_retentive_survives_as_text() -> None:
    kept = Retentive(
        7, AckCode.BUSY, (JournalEntry(5, ActState.RUNNING, -2),), ((3, Event(EvtCode.ARRIVED, data1=9)),), 3, 5
    )
    assert Retentive.from_json(kept.to_json()) == kept


def test_who_may_command() -> None:
    assert admission(SysImage(2, 0, 4, 1), 4) is AckCode.VERSION
    assert admission(SysImage(1, 0, 4, 0), 4) is AckCode.SESSION_STALE
    assert admission(SysImage(1, 0, 4, 1), 3) is AckCode.SESSION_STALE
    assert admission(SysImage(1, 0, 4, 1), 4) is AckCode.ACCEPTED
