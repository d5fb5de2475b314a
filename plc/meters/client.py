"""The master's end: what a bench asks of one meter, in either protocol, with one try and three resends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from plc.meters import dialect645, dialect698
from plc.meters.asking import Action, Dialect, Output, Password, Question, T
from plc.meters.channel import MeterChannel
from plc.meters.errors import BadFrame, BadValue, MeterError, MeterRefused, NoAnswer
from plc.meters.identifiers import identifier
from plc.meters.security import KeyHolder, KeyStatus, SecurityBox
from plc.meters.values import MeterValue
from plc.meters.values698 import ALL_KEYS

__all__ = ["BadValue", "Frame", "MeterClient", "MeterError", "MeterRefused", "MeterValue", "NoAnswer", "Protocol"]

Protocol = Literal["645", "698"]
TRIES = 4  # one try and three resends
SESSION_ENDED = ("645:04", "698:3", "698:20", "698:22", "698:23")  # not authorised, denied, seal wrong
TIMEOUT_S = 1.5  # a meter answers within 0.5 s, and its longest answer takes 1 s at 2400 baud
DIALECTS: dict[Protocol, Dialect] = {"645": cast(Dialect, dialect645), "698": cast(Dialect, dialect698)}


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that was on the line, by the time of the channel's clock."""

    at_s: float
    direction: Literal["out", "in"]
    raw: bytes


class MeterClient:
    """One meter on a channel. Every call raises NoAnswer, MeterRefused or BadValue, and SecurityError of the box.

    `heard` is told every frame, also one that does not fit. Calls of one client must not overlap.
    """

    def __init__(
        self,
        channel: MeterChannel,
        *,
        protocol: Protocol,
        address: str,
        box: SecurityBox,
        heard: Callable[[Frame], None] | None = None,
        password: Password | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Speak to the meter at `address` (12 digits); nothing is sent yet."""
        self.channel, self.address, self.box, self.timeout_s = channel, address, box, timeout_s
        self._dialect, self._password, self._heard = DIALECTS[protocol], password or Password(), heard
        self._by_session = protocol == "698"  # only there a session, not a password, lets us write
        self._keys: KeyStatus | None = None
        self._session = b""  # the random number of the security module in this session

    async def read(self, name: str) -> MeterValue:
        """Return the value of an identifier, in the unit that `identifiers.yaml` names."""
        return await self._ask(self._dialect.read(self.address, identifier(name)))

    async def write(self, name: str, value: MeterValue) -> None:
        """Set an identifier; a text is taken apart by the identifier's kind."""
        one = identifier(name)
        if not one.writable:
            raise BadValue(name, "cannot be written")
        await self._change(self._dialect.write(self.address, one, value, self._password))

    async def read_address(self) -> str:
        """Return the address of the only meter on the line, whatever its address is."""
        return await self._ask(self._dialect.read_address())

    async def authenticate(self) -> str:
        """Open a session with the security module and return its serial number."""
        holder = await self._holder()
        challenge = await self.box.challenge(holder)
        identity = await self._ask(self._dialect.authenticate(self.address, challenge, self._password.operator))
        if identity.proof and not await self.box.verify(holder, challenge, identity):
            raise MeterRefused("identity")
        self._session = identity.nonce
        return identity.serial or str(await self.read("esam_number"))

    async def control(self, action: Action) -> None:
        """Trip, close, alarm, or keep the meter, by an encrypted command; opens a session if none is open."""
        plain = self._dialect.plain_action(action)

        async def act() -> None:
            sealed = await self.box.seal_command(await self._holder(), plain, self._session)
            await self._ask(self._dialect.control(self.address, sealed, self._password.operator))

        await self._in_session(act)

    async def key_status(self) -> KeyStatus:
        """Return which keys the meter holds; "unknown" is a set that is partly replaced."""
        flags = cast(int, await self.read("key_state")) & ALL_KEYS
        self._keys = "factory" if flags == 0 else "operating" if flags == ALL_KEYS else "unknown"
        return self._keys

    async def download_key(self) -> None:
        """Put the operating key into the meter, once.

        The key status is read first, and again when the outcome is in doubt: a meter whose answer was lost has
        the new key, and would refuse the resend under the old one.
        """
        if await self.key_status() == "operating":
            return
        await self.authenticate()
        packet = await self.box.key_packet(await self._holder(), self._session)
        self._session = b""
        try:
            await self._ask(self._dialect.install_key(self.address, packet, self._password.operator))
        except (NoAnswer, MeterRefused):
            if await self.key_status() != "operating":
                raise
        self._keys = "operating"

    async def clear_energy(self) -> None:
        """Clear energy, demand and events."""
        await self._change(self._dialect.clear_energy(self.address, self._password))

    async def clear_demand(self) -> None:
        """Clear the demand."""
        await self._change(self._dialect.clear_demand(self.address, self._password))

    async def output(self, kind: Output) -> None:
        """Let the multi-function terminal give another signal."""
        await self._change(self._dialect.output(self.address, kind))

    async def broadcast_time(self, at: datetime) -> None:
        """Tell every meter on the line the time; no meter answers."""
        raw = self._dialect.broadcast_time(at)
        self._tell("out", raw)
        await self.channel.send(raw)

    async def _change(self, question: Question[None]) -> None:
        if self._by_session:
            await self._in_session(lambda: self._ask(question))
        else:
            await self._ask(question)

    async def _in_session(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do what needs a session; a meter that has ended it, by time or for want of voltage, is asked for another."""
        is_fresh = not self._session
        if is_fresh:
            await self.authenticate()
        try:
            await act()
        except MeterRefused as refusal:
            if is_fresh or refusal.code not in SESSION_ENDED:
                raise
            await self.authenticate()
            await act()

    async def _holder(self) -> KeyHolder:
        if self._keys is None:
            await self.key_status()
        if self._keys is None or self._keys == "unknown":
            raise MeterRefused("key_state")
        return KeyHolder(self.address, self._keys)

    async def _ask(self, question: Question[T]) -> T:
        for _ in range(TRIES):
            self._tell("out", question.raw)
            raw = await self.channel.exchange(question.raw, timeout_s=self.timeout_s)
            if raw is None:
                continue
            self._tell("in", raw)
            try:
                return question.take(raw)
            except BadFrame:
                continue  # noise, or a late answer to something else
        raise NoAnswer(question.name, TRIES)

    def _tell(self, direction: Literal["out", "in"], raw: bytes) -> None:
        if self._heard is not None:
            self._heard(Frame(self.channel.clock.now_s(), direction, raw))
