"""One question to a meter, and what the two protocols have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, Protocol, TypeVar

from plc.meters.identifiers import Identifier
from plc.meters.security import Challenge, Identity
from plc.meters.values import MeterValue

T = TypeVar("T")
Action = Literal["trip", "close", "alarm", "alarm_off", "keep", "keep_off"]
Output = Literal["clock_pulse", "demand_period", "rate_switch"]


@dataclass(frozen=True, slots=True)
class Password:
    """Password and operator code of DL/T 645-2007; level 02 is the highest that a bench needs."""

    level: int = 0x02
    digits: str = "000000"
    operator: str = "00000000"


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """A frame to send, and how its answer is understood.

    `take` raises BadFrame if a frame is not the answer to this question, MeterRefused if it says no.
    """

    name: str
    raw: bytes
    take: Callable[[bytes], T]


class Dialect(Protocol):
    """One of the two protocols: a question for each thing that a bench wants. Addresses are 12 digits."""

    def read(self, address: str, one: Identifier) -> Question[MeterValue]:
        """Ask for a value."""
        ...

    def write(self, address: str, one: Identifier, value: MeterValue, password: Password) -> Question[None]:
        """Set a value; raises BadValue if the identifier cannot carry it."""
        ...

    def read_address(self) -> Question[str]:
        """Ask the only meter on the line for its address."""
        ...

    def authenticate(self, address: str, challenge: Challenge, operator: str) -> Question[Identity]:
        """Open a session with the security module."""
        ...

    def plain_action(self, action: Action) -> bytes:
        """Return what the encryption machine must seal for an action."""
        ...

    def control(self, address: str, sealed: bytes, operator: str) -> Question[None]:
        """Send a sealed action."""
        ...

    def install_key(self, address: str, packet: bytes, operator: str) -> Question[None]:
        """Send a sealed key."""
        ...

    def clear_energy(self, address: str, password: Password) -> Question[None]:
        """Clear all registers."""
        ...

    def clear_demand(self, address: str, password: Password) -> Question[None]:
        """Clear the demand."""
        ...

    def output(self, address: str, kind: Output) -> Question[None]:
        """Switch the multi-function terminal."""
        ...

    def broadcast_time(self, at: datetime) -> bytes:
        """Return the frame that tells every meter the time."""
        ...
