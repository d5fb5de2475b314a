"""The sender against receivers that nobody has foreseen: no letter is lost, none is believed, the others go on."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import ssl
import tracemalloc
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from api.marketing.cim import CimAdapter
from api.marketing.own import OwnAdapter
from api.marketing.platform import PlatformAdapter, brought_along
from api.marketing.sender import Post, Sender
from api.marketing.wire import BIGGEST_REPLY, Adapter
from tests.contract.hostile import bomb, continues, drips, listening, pours, reply, says
from tests.contract.link_site import SITE
from wms.desk import Desk
from wms.marketing import outbox, receivers, views
from wms.marketing.cim import Bus
from wms.marketing.platform.site import site_of
from wms.marketing.views import LetterView

pytestmark = [pytest.mark.sockets, pytest.mark.usefixtures("swept")]
KEY = "secret-key-of-the-test"
PLATFORM = PlatformAdapter(site_of(SITE), partial(brought_along, "gen2"), KEY, "S1")
OWN, CIM = OwnAdapter(KEY, "S1"), CimAdapter(Bus("S1"), KEY, "S1")
BARS = [f"33300010000000000{n:05}" for n in range(3)]
PACKED = {"lot": "L1", "box": "B1", "verdict": "pass", "bars": BARS, "packed_ms": 5, "task": "T1"}
YES, NO = b'{"resultFlag":"1","errorInfo":""}', b'{"resultFlag":"0","errorInfo":"%s"}'


def post(engine: Engine, *, profile: str = "platform", task: str = "T1", count: int = 1) -> None:
    with Session(engine) as session:
        receivers.seed(session, [receivers.Receiver("far", profile, "http://x")], at_ms=0)
        desk = Desk(session, 1)
        kind = "meter_changed" if profile == "cim" else "box_packed"
        for n in range(1, count + 1):
            said = {"kind": kind, "key": f"{kind}:{task}:{n}", "task": task}
            outbox.post(desk, receiver="far", **said, body=PACKED | {"task": task}, bars=BARS)
        desk.close()
        session.commit()


def letters(engine: Engine) -> list[LetterView]:
    with Session(engine) as session:
        return views.letters(session)


async def one_round(engine: Engine, url: str, adapter: Adapter = PLATFORM, timeout_s: float = 0.5) -> list[LetterView]:
    """Send what is due once, as the sender of a site does, and return the log."""
    writing = partial(Session, engine)
    sender = Sender(Post("far", url, adapter, timeout_s), writing, writing, lambda: 10)
    async with asyncio.timeout(20), httpx.AsyncClient(timeout=timeout_s, follow_redirects=False) as client:
        assert await sender.round(client)
    return letters(engine)


async def said_to(engine: Engine, raw: bytes, adapter: Adapter = PLATFORM) -> list[LetterView]:
    async with listening(says(raw), []) as port:
        return await one_round(engine, f"http://127.0.0.1:{port}/in", adapter)


SILENCE = "letter_receiver_away"
WRONG = "letter_answered_wrongly"
REPLIES = {
    "nothing at all": (b"", SILENCE),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", SILENCE),
    "half a reply": (b"HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n{", SILENCE),
    "a page with 200": (reply(b"<html>logged out</html>"), WRONG),
    "an empty body": (reply(b""), WRONG),
    "no body at all": (b"HTTP/1.1 204 No Content\r\n\r\n", WRONG),
    "another place": (reply(YES, "302 Found", "location: http://127.0.0.1:1/there"), WRONG),
    "cut in the middle": (reply(YES[:20]), WRONG),
    "a list": (reply(b"[1]"), WRONG),
    "too deep": (reply(b"[" * 60_000), WRONG),
    "a flag that is no number": (reply(b'{"resultFlag": NaN}'), WRONG),
    "a flag of its own": (reply(b'{"resultFlag": "ok"}'), WRONG),
    "no flag": (reply(b'{"errorInfo": "x"}'), WRONG),
    "yes and no": (reply(b'{"resultFlag": "0", "resultFlag": "1"}'), WRONG),
    "yes with an error": (reply(YES, "400 Bad Request"), WRONG),
    "yes of another server": (reply(YES, "502 Bad Gateway"), WRONG),
    "no key": (reply(b"", "401 Unauthorized"), WRONG),
    "a bomb": (bomb(2 * BIGGEST_REPLY), WRONG),
    "no gzip that says it is": (reply(b"no", "200 OK", "content-encoding: gzip"), WRONG),
}


@pytest.mark.parametrize("case", REPLIES)
def test_what_is_no_answer_leaves_the_letter_waiting_with_a_reason(engine: Engine, case: str) -> None:
    raw, reason = REPLIES[case]
    post(engine)
    (letter,) = asyncio.run(said_to(engine, raw))
    assert (letter.state, letter.due_ms > 10) == ("waiting", True)
    assert letter.why is not None and letter.why.code == reason, letter.answer


@pytest.mark.parametrize(
    "raw",
    [
        reply(YES), reply(b'{"resultFlag": 1}'), reply(b'{"resultFlag": true, "errorInfo": null}'),
        reply(b"\xef\xbb\xbf" + YES), reply(YES.decode().encode("utf-16")), b"HTTP/1.0 200 OK\r\n\r\n" + YES,
        reply(YES, "200 OK", "connection: close", "set-cookie: a=b"),
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(YES), YES),
    ],
)  # fmt: skip
def test_a_yes_is_heard_however_it_is_said(engine: Engine, raw: bytes) -> None:
    post(engine)
    (letter,) = asyncio.run(said_to(engine, raw))
    assert letter.state == "done"


@pytest.mark.parametrize("flag", [b'"0"', b"0", b"false"])
def test_a_no_is_heard_however_it_is_said(engine: Engine, flag: bytes) -> None:
    post(engine)
    (letter,) = asyncio.run(said_to(engine, reply(b'{"resultFlag": %s, "errorInfo": "unknown box"}' % flag)))
    assert (letter.state, letter.answer) == ("dead", "unknown box")


def test_words_in_the_charset_of_the_field_are_read(engine: Engine) -> None:
    post(engine)
    raw = reply('{"resultFlag":"0","errorInfo":"条码不存在"}'.encode("gb18030"), "200 OK")
    (letter,) = asyncio.run(said_to(engine, raw))
    assert (letter.state, letter.answer) == ("dead", "条码不存在")


def test_words_that_no_database_holds_are_kept_as_far_as_they_go(engine: Engine) -> None:
    post(engine)
    raw = reply(b'{"resultFlag":"0","errorInfo":"a\\u0000b\\ud800c"}')
    (letter,) = asyncio.run(said_to(engine, raw))
    assert (letter.state, letter.answer) == ("dead", "a\ufffdb?c")


@pytest.mark.parametrize("talk", [drips, continues])
def test_who_never_ends_is_silent_when_its_time_is_over(engine: Engine, talk: object) -> None:
    async def play() -> list[LetterView]:
        async with listening(talk, []) as port:  # type: ignore[arg-type]
            return await one_round(engine, f"http://127.0.0.1:{port}/")

    post(engine)
    (letter,) = asyncio.run(play())
    assert letter.state == "waiting" and letter.why is not None and letter.why.code == SILENCE


def test_a_reply_without_end_is_read_no_further_than_anybody_needs(engine: Engine) -> None:
    async def play() -> tuple[list[LetterView], int]:
        async with listening(pours, []) as port:
            tracemalloc.start()
            try:
                found = await one_round(engine, f"http://127.0.0.1:{port}/", timeout_s=10)
                return found, tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    post(engine)
    (letter,), most = asyncio.run(play())
    assert letter.why is not None and letter.why.code == WRONG
    assert most < 24 * BIGGEST_REPLY


def test_a_bomb_is_not_unfolded(engine: Engine) -> None:
    async def play() -> int:
        raw = bomb(512 * 1024 * 1024)
        async with listening(says(raw), []) as port:
            tracemalloc.start()
            try:
                await one_round(engine, f"http://127.0.0.1:{port}/", timeout_s=10)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    post(engine)
    assert asyncio.run(play()) < 24 * BIGGEST_REPLY


def test_a_receiver_that_sends_us_elsewhere_gives_nobody_our_key(engine: Engine) -> None:
    async def play() -> tuple[list[bytes], list[bytes]]:
        there: list[bytes] = []
        here: list[bytes] = []
        async with listening(says(reply(YES)), there) as port:
            away = reply(b"", "307 Temporary Redirect", f"location: http://127.0.0.1:{port}/steal")
            async with listening(says(away), here) as first:
                await one_round(engine, f"http://127.0.0.1:{first}/")
        return here, there

    post(engine)
    here, there = asyncio.run(play())
    assert KEY.encode() in here[0] and there == []
    assert letters(engine)[0].state == "waiting"


def test_who_cannot_show_who_it_is_gets_no_letter(engine: Engine, tmp_path: Path) -> None:
    async def play() -> list[bytes]:
        heads: list[bytes] = []
        async with listening(says(reply(YES)), heads, _own_certificate(tmp_path)) as port:
            await one_round(engine, f"https://127.0.0.1:{port}/", timeout_s=5)
        return heads

    post(engine)
    assert asyncio.run(play()) == []
    (letter,) = letters(engine)
    assert letter.state == "waiting" and "CERTIFICATE_VERIFY_FAILED" in letter.answer


@pytest.mark.parametrize("url", ["http://nobody.invalid/", "http://127.0.0.1:1/", "http://[::1]:1/", "http://x:99999/"])
def test_a_place_where_nobody_is_costs_no_letter(engine: Engine, url: str) -> None:
    post(engine, count=1)
    (letter,) = asyncio.run(one_round(engine, url, timeout_s=5))
    assert (letter.state, letter.attempts) in {("waiting", 0), ("waiting", 1)}


@pytest.mark.parametrize(("adapter", "profile"), [(OWN, "own"), (PLATFORM, "platform"), (CIM, "cim")])
def test_a_task_may_be_called_in_any_language(engine: Engine, adapter: Adapter, profile: str) -> None:
    async def play() -> list[bytes]:
        heads: list[bytes] = []
        answer = reply(json.dumps({"resultFlag": "1", "Reply": {"Result": "OK"}}).encode())
        async with listening(says(answer), heads) as port:
            await one_round(engine, f"http://127.0.0.1:{port}/", adapter)
        return heads

    post(engine, profile=profile, task="批次 一")
    (head,) = asyncio.run(play())
    assert "%E6%89%B9%E6%AC%A1%20%E4%B8%80:1" in head.decode("ascii")
    assert letters(engine)[0].state == "done"


@pytest.mark.parametrize(
    ("result", "states"), [("PARTIAL", ["mended", "done", "dead"]), ("FAILED", ["mended", "waiting", "dead"])]
)
@pytest.mark.parametrize("listed", [True, False])
def test_a_bus_that_took_the_rest_is_not_told_of_it_again(
    engine: Engine, result: str, states: list[str], *, listed: bool
) -> None:
    post(engine, profile="cim")
    error = {"ID": BARS[1], "reason": "unknown meter"}
    said = {"Reply": {"Result": result, "Error": [error] if listed else error}}
    found = asyncio.run(said_to(engine, reply(json.dumps(said).encode()), CIM))
    assert [one.state for one in found] == states
    with Session(engine) as session:
        assert [outbox.bars_of(session, one.number) for one in found] == [BARS, [BARS[0], BARS[2]], [BARS[1]]]


def test_a_reply_that_names_thousands_of_meters_refuses_those_of_the_letter(engine: Engine) -> None:
    post(engine)
    others = [f"4440001000000000{n:06}" for n in range(20_000)]
    words = NO % ",".join([*others, BARS[0], BARS[1] + "7"]).encode()
    found = asyncio.run(said_to(engine, reply(words)))
    assert [one.state for one in found] == ["mended", "waiting", "dead"]
    with Session(engine) as session:
        assert outbox.bars_of(session, found[2].number) == [BARS[0]]


def test_one_silence_is_counted_once_however_many_letters_met_it(engine: Engine) -> None:
    for n in range(8):
        post(engine, task=f"T{n}")
    asyncio.run(one_round(engine, "http://127.0.0.1:1/"))
    with Session(engine) as session:
        (far,) = views.receivers(session)
    assert not far.online and 1_000 <= far.retry_ms - 10 <= 1_250


def _own_certificate(folder: Path) -> ssl.SSLContext:
    """Return what a server shows that nobody has signed."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = built.add_extension(names, critical=False).sign(key, hashes.SHA256())
    pem = folder / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
