"""What comes in is handled once by its key, and the key keeps its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.orm import Session

from wms.errors import Refused
from wms.marketing import inbox, views


class Counting:
    """Answers with how often it was asked; refuses what says so."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, session: Session, body: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked += 1
        if body.get("bad"):
            raise Refused("unknown_task", task="T1")
        return {"nth": self.asked}


def test_the_same_key_gets_the_same_answer_and_is_handled_once(session: Session) -> None:
    handler = Counting()
    said: dict[str, Any] = {"key": "k1", "handler": handler, "at_ms": 5, "task": "T1"}
    first = inbox.receive(session, "platform", "task", body={"b": 1, "a": "箱"}, **said)
    assert inbox.receive(session, "platform", "task", body={"a": "箱", "b": 1}, **said) == first == {"nth": 1}
    assert handler.asked == 1
    assert inbox.receive(session, "other", "task", body={"b": 1}, **said) == {"nth": 2}
    (kept,) = views.received(session, sender="platform")
    assert (kept.body, kept.answer, kept.task) == ({"a": "箱", "b": 1}, {"nth": 1}, "T1")


@pytest.mark.parametrize(("kind", "body"), [("task", {"b": 2}), ("pause", {"b": 1})])
def test_a_key_that_says_another_thing_is_refused(session: Session, kind: str, body: dict[str, int]) -> None:
    handler = Counting()
    inbox.receive(session, "platform", "task", key="k1", body={"b": 1}, handler=handler, at_ms=5)
    with pytest.raises(Refused, match="key_with_other_body"):
        inbox.receive(session, "platform", kind, key="k1", body=body, handler=handler, at_ms=6)
    assert handler.asked == 1


def test_what_was_refused_may_be_sent_again(session: Session) -> None:
    handler = Counting()
    for _ in range(2):
        with pytest.raises(Refused, match="unknown_task"):
            inbox.receive(session, "platform", "task", key="k1", body={"bad": 1}, handler=handler, at_ms=5)
    assert handler.asked == 2 and views.received(session) == []
