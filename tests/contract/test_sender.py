"""The sender against a receiver on a real socket that loses, doubles, answers late or wrongly, and restarts."""

from __future__ import annotations

import asyncio

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from api.marketing.own import OwnAdapter, signature
from api.marketing.sender import Post, Sender
from tests.contract.receiver import CROOKED, Receiver
from wms.desk import Desk
from wms.marketing import outbox, receivers, splitting, views
from wms.marketing.tables import LetterRow
from wms.rows import table

pytestmark = [pytest.mark.sockets, pytest.mark.usefixtures("swept")]
SECRET, TASKS = "a key of the test", ("T1", "T2", "T3")
_letter = table(LetterRow)


class Times:
    """Plant time that jumps to whatever is waited for."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.ms = engine, 1

    def now_ms(self) -> int:
        return self.ms

    def skip(self) -> None:
        """Go to the next moment at which something is due."""
        with Session(self.engine) as session:
            letters = session.connection().execute(
                sa.select(sa.func.max(_letter.c.due_ms)).where(_letter.c.state.in_(["waiting", "sent"]))
            )
            retry = max((one.retry_ms for one in views.receivers(session)), default=0)
        self.ms = max(self.ms, int(letters.scalar() or 0), retry) + 1


def post(engine: Engine, to: Receiver, count: int) -> None:
    """Write letters of several tasks, as the WMS does it."""
    with Session(engine) as session:
        url = f"http://127.0.0.1:{to.port}/hook"
        receivers.seed(session, [receivers.Receiver("far", "own", url)], at_ms=0)
        desk = Desk(session, 1)
        for n in range(count):
            bars = [f"{n}-1", f"{n}-2"]
            said = {"kind": "box_packed", "key": f"k{n:03}", "task": TASKS[n % len(TASKS)]}
            outbox.post(desk, receiver="far", **said, body={"n": n, "bars": bars}, bars=bars)
        desk.close()
        session.commit()


def sender(engine: Engine, times: Times, to: Receiver) -> Sender:
    to_far = Post("far", f"http://127.0.0.1:{to.port}/hook", OwnAdapter(SECRET, "S1"), timeout_s=0.25)
    return Sender(to_far, lambda: Session(engine), lambda: Session(engine), times.now_ms)


async def send_all(one: Sender, times: Times, rounds: int = 400) -> None:
    """Send until nothing is open; time jumps over every back-off."""
    async with httpx.AsyncClient(timeout=one.post.timeout_s) as client:
        for _ in range(rounds):
            if not await one.round(client):
                with Session(times.engine) as session:
                    if not views.receivers(session)[0].waiting:
                        return
                times.skip()
    raise AssertionError("letters are still open")


def test_every_letter_arrives_once_in_the_order_of_its_task_whatever_the_receiver_does(engine: Engine) -> None:
    def behave(key: str, nth: int) -> str:
        n = int(key[-3:])
        return CROOKED[n % len(CROOKED)] if nth <= n % 4 else ""

    async def play() -> Receiver:
        to, times = Receiver(behave), Times(engine)
        await to.start()
        post(engine, to, 30)
        await send_all(sender(engine, times, to), times)
        await to.stop()
        return to

    to = asyncio.run(play())
    assert len(to.taken) == 30 and max(to.calls.values()) > 2
    for task in TASKS:
        mine = [said["body"]["n"] for said in to.taken.values() if said["task"] == task]
        assert mine == sorted(mine)
    with Session(engine) as session:
        assert {one.state for one in views.letters(session)} == {"done"}


def test_a_receiver_that_restarts_gets_the_rest_and_nothing_twice(engine: Engine) -> None:
    async def play() -> tuple[Receiver, bool]:
        to, times = Receiver(), Times(engine)
        await to.start()
        post(engine, to, 12)
        one = sender(engine, times, to)
        async with httpx.AsyncClient(timeout=1) as client:
            await one.round(client)
        await to.stop()
        async with httpx.AsyncClient(timeout=1) as client:
            await one.round(client)
        with Session(engine) as session:
            online = views.receivers(session)[0].online
            assert views.receivers(session)[0].last_error.startswith("no answer")
        await to.start()
        times.skip()
        await send_all(one, times)
        await to.stop()
        return to, online

    to, online = asyncio.run(play())
    assert not online and len(to.taken) == 12
    assert all(count == 1 for key, count in to.calls.items())


def test_a_letter_refused_for_one_meter_is_split_and_the_rest_passes(engine: Engine) -> None:
    async def play() -> Receiver:
        to, times = Receiver(lambda key, nth: "refuse 0-2" if key == "S1:k000" else ""), Times(engine)
        await to.start()
        post(engine, to, 4)
        await send_all(sender(engine, times, to), times)
        await to.stop()
        return to

    to = asyncio.run(play())
    assert to.taken["S1:k000.pass1"]["body"]["bars"] == ["0-1"]
    assert list(to.taken).index("S1:k000.pass1") < list(to.taken).index("S1:k003")
    with Session(engine) as session:
        (dead,) = views.letters(session, state="dead")
        assert dead.why is not None and (dead.why.code, dead.answer) == ("letter_meters_refused", "not ours")
        assert outbox.bars_of(session, dead.number) == ["0-2"]
        assert [one.state for one in views.letters(session, bar_code="0-2")] == ["mended", "dead"]
        desk = Desk(session, 5)
        new = splitting.mend(desk, dead.number, {"n": 0, "bars": ["0-2"], "why": "put right"}, by="me")
        assert outbox.letter(session, new).key == f"k000.mend{dead.number}"


def test_a_webhook_is_signed_over_key_time_and_body(engine: Engine) -> None:
    async def play() -> Receiver:
        to, times = Receiver(), Times(engine)
        await to.start()
        post(engine, to, 1)
        await send_all(sender(engine, times, to), times)
        await to.stop()
        return to

    to = asyncio.run(play())
    headers, body = to.headers["S1:k000"], to.bodies["S1:k000"]
    stamp = headers["metrostack-timestamp"]
    assert headers["metrostack-signature"] == signature(SECRET, "S1:k000", stamp, body)
    assert signature(SECRET, "S1:k000", stamp, body + b" ") != headers["metrostack-signature"]
