"""The controller's end of the handshake, where a wire plays tricks."""

from __future__ import annotations

from plc.codes import AckCode, CmdCode, EvtCode
from plc.handshake.commander import Commander, Unanswered, WriteCommand, WriteEventAck
from plc.link import Acked, CommandImage, EventRaised, StatusImage, StatusSeen
from plc.telegram import Command, Event, Status

A, B = Command(CmdCode.TRANSPORT, 11), Command(CmdCode.TRANSPORT, 12)


def online(block: CommandImage | None = None, seen: StatusImage | None = None) -> Commander:
    commander = Commander("SC1")
    commander.sync(block or CommandImage(), seen or StatusImage())
    commander.go_online()
    return commander


def test_it_sends_nothing_before_it_is_online() -> None:
    commander = Commander("SC1")
    commander.sync(CommandImage(), StatusImage())
    assert commander.send(A, 0.0) is None


def test_numbers_go_on_behind_what_was_read_back_and_skip_what_stands_there() -> None:
    half_written = CommandImage(head=65535, tail=1)
    assert online(half_written, StatusImage(ack_seq=2)).send(A, 0.0) == WriteCommand(3, A)


def test_it_repeats_under_a_new_number_and_gives_up_after_three_tries() -> None:
    commander = online()
    assert commander.send(A, 0.0) == WriteCommand(1, A)
    assert commander.due(0.9) == []
    assert commander.due(1.0) == [WriteCommand(2, A, repeated=True)]
    assert commander.due(2.0) == [WriteCommand(3, A, repeated=True)]
    assert commander.due(3.0) == [Unanswered(11)]


def test_an_answer_to_another_mission_under_our_number_is_not_ours() -> None:
    commander = online()
    commander.send(B, 0.0)
    assert commander.observe(StatusImage(ack_seq=1, ack_code=AckCode.ACCEPTED, ack_mission=11), 0.1) == []
    answered = StatusImage(ack_seq=1, ack_code=AckCode.BUSY, ack_mission=12)
    assert commander.observe(answered, 0.2) == [Acked("SC1", 12, AckCode.BUSY)]


def test_the_second_telegram_waits_for_the_first_answer() -> None:
    commander = online()
    commander.send(A, 0.0)
    assert commander.send(B, 0.0) is None
    commander.observe(StatusImage(ack_seq=1, ack_code=AckCode.ACCEPTED), 0.1)
    assert commander.due(0.1) == [WriteCommand(2, B)]


def test_an_event_is_told_once_and_its_acknowledgement_is_written_again_if_it_was_lost() -> None:
    commander = online()
    shown = StatusImage(event_seq=5, event=Event(EvtCode.ENDED, 11))
    assert commander.observe(shown, 0.0) == [EventRaised("SC1", 5, Event(EvtCode.ENDED, 11))]
    assert commander.observe(shown, 0.1) == []
    assert commander.due(5.0) == []  # not booked yet
    assert commander.book(5, 5.0) == WriteEventAck(5)
    assert commander.due(5.5) == []
    assert commander.due(6.0) == [WriteEventAck(5)]


def test_positions_are_told_five_times_a_second_and_everything_else_at_once() -> None:
    commander = online()
    told = [
        notice
        for step in range(100)
        for notice in commander.observe(StatusImage(Status(x_mm=step)), step / 100)
        if isinstance(notice, StatusSeen)
    ]
    assert 4 <= len(told) <= 6
    assert len(commander.observe(StatusImage(Status(x_mm=100, mission=7)), 1.0)) == 1
