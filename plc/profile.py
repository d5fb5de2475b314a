"""Device profiles: which blocks and which handshake a PLC speaks, and what can be promised with them.

`metrostack-1` is the contract of docs/devices/contract.md. Other PLCs are described in YAML; what they cannot promise
is named, so that nobody believes in exactly-once where there is no journal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from plc.codes import CmdCode, FaultCode
from plc.layout import SCALARS, Scalar

FOLDER = Path(__file__).parent / "profiles"
OURS = "metrostack-1"
STRICT = ConfigDict(frozen=True, extra="forbid")
Byte = Annotated[int, Field(ge=0, le=1023)]


class ProfileError(Exception):
    """A profile cannot be read, or cannot be run on this wire; the text says what would do."""


class Guarantee(StrEnum):
    """What a handshake can promise; texts stand in the language catalogues under `guarantee.<value>`."""

    EXACTLY_ONCE = "exactly_once"  # a mission is done once, whatever is cut or restarted
    ANSWER = "answer"  # each telegram is answered
    EVENTS_KEPT = "events_kept"  # events wait in a queue until they are booked
    END_SHOWN = "end_shown"  # the last end stands until it is booked
    HANG_SEEN = "hang_seen"  # a PLC that hangs while its port answers is noticed
    RESTART_SEEN = "restart_seen"  # a restart and lost memory are noticed
    FAULT_CODES = "fault_codes"
    CONTENTS = "contents"  # load ids, weights, results of boxes


ALL = tuple(Guarantee)


class NumberAt(BaseModel):
    """A number at a byte."""

    model_config = STRICT
    byte: Byte
    type: Literal["UInt", "Int", "Word", "UDInt", "DInt"]

    @property
    def scalar(self) -> Scalar:
        """The S7 type."""
        return SCALARS[self.type]


class BitAt(BaseModel):
    """A bit of a byte."""

    model_config = STRICT
    byte: Byte
    bit: Annotated[int, Field(ge=0, le=7)]


SpotPart = Literal["aisle", "side", "x", "y", "z"]


class StrobeCommand(BaseModel):
    """What the WCS writes."""

    model_config = STRICT
    size: Annotated[int, Field(ge=4, le=200)]
    task: NumberAt
    code: NumberAt | None = None
    source: dict[SpotPart, NumberAt]
    target: dict[SpotPart, NumberAt]
    strobe: BitAt
    done_ack: BitAt


class StrobeStatus(BaseModel):
    """What the PLC writes."""

    model_config = STRICT
    size: Annotated[int, Field(ge=4, le=200)]
    task: NumberAt
    done_task: NumberAt
    ack: BitAt
    done: BitAt
    refused: BitAt | None = None
    busy: BitAt | None = None
    fault: NumberAt | None = None


class StrobeProfile(BaseModel):
    """A PLC with a task number, places, and strobe and acknowledge bits."""

    model_config = STRICT
    profile: str
    handshake: Literal["strobe"]
    commands: dict[str, int]
    command: StrobeCommand
    status: StrobeStatus
    faults: dict[int, str] = Field(default_factory=dict[int, str])

    @model_validator(mode="after")
    def _fits(self) -> StrobeProfile:
        tasks = (self.command.task, self.status.task, self.status.done_task)
        problems = [
            *_misplaced("command", self.command),
            *_misplaced("status", self.status),
            *(f"commands.{name}: no such command" for name in self.commands if name.upper() not in CmdCode.__members__),
            *(f"faults.{n}: no such fault" for n, name in self.faults.items() if name not in FaultCode.__members__),
            *(f"byte {task.byte}: a mission number needs a UDInt" for task in tasks if task.type != "UDInt"),
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def code_of(self, code: CmdCode) -> int | None:
        """Return the PLC's number for a command, None if it does not know it."""
        return self.commands.get(code.name.lower())

    def fault_of(self, number: int) -> FaultCode:
        """Return our code for a fault number of the PLC; an unknown one is a communication fault."""
        name = self.faults.get(number)
        return FaultCode[name] if name is not None else FaultCode.COMMUNICATION


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile ready to use; `strobe` is None for the contract of ours."""

    name: str
    guarantees: tuple[Guarantee, ...]
    wires: tuple[str, ...]
    strobe: StrobeProfile | None = None

    @property
    def weaknesses(self) -> tuple[Guarantee, ...]:
        """What cannot be promised with this profile."""
        return tuple(guarantee for guarantee in ALL if guarantee not in self.guarantees)


METROSTACK_1 = Profile(OURS, ALL, ("memory", "opcua", "s7"))


def load_profile(name: str, folder: Path = FOLDER) -> Profile:
    """Return the profile `name`: ours, or `<name>.yaml` in `folder`; raises ProfileError with every problem."""
    if name == OURS:
        return METROSTACK_1
    path = folder / f"{name}.yaml"
    try:
        strobe = StrobeProfile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        known = sorted({OURS, *(p.stem for p in folder.glob("*.yaml"))})
        raise ProfileError(f"no profile {name}; there are: {', '.join(known)}") from None
    except (ValidationError, yaml.YAMLError) as error:
        raise ProfileError(f"{path.name}: {error}") from error
    found = (Guarantee.ANSWER, Guarantee.END_SHOWN, *((Guarantee.FAULT_CODES,) if strobe.status.fault else ()))
    return Profile(strobe.profile, found, ("s7",), strobe)


def check_runs(profile: Profile, wire: str, plc: str) -> None:
    """Raise ProfileError if `profile` cannot be run over `wire`."""
    if wire not in profile.wires:
        runs = " or ".join(profile.wires)
        raise ProfileError(f"PLC {plc}: the profile {profile.name} runs over {runs}, not over {wire}")


def _misplaced(owner: str, part: StrobeCommand | StrobeStatus) -> Iterator[str]:
    """Yield what lies outside the block, at an odd byte, or on top of something else."""
    taken: dict[int, str] = {}
    bits: dict[tuple[int, int], str] = {}
    for name, number in _numbers(part):
        if number.byte % 2:
            yield f"{owner}.{name}: byte {number.byte} is odd"
        for byte in range(number.byte, number.byte + number.scalar.size):
            if byte >= part.size:
                yield f"{owner}.{name}: byte {byte} lies outside {part.size} bytes"
            if other := taken.get(byte):
                yield f"{owner}.{name}: byte {byte} belongs to {other}"
            taken[byte] = name
    for name, bit in ((name, value) for name, value in part if isinstance(value, BitAt)):
        if bit.byte >= part.size:
            yield f"{owner}.{name}: byte {bit.byte} lies outside {part.size} bytes"
        if other := taken.get(bit.byte) or bits.get((bit.byte, bit.bit)):
            yield f"{owner}.{name}: bit {bit.byte}.{bit.bit} belongs to {other}"
        bits[bit.byte, bit.bit] = name


def _numbers(part: StrobeCommand | StrobeStatus) -> Iterator[tuple[str, NumberAt]]:
    for name, value in part:
        if isinstance(value, NumberAt):
            yield name, value
    if isinstance(part, StrobeCommand):
        yield from ((f"source.{axis}", number) for axis, number in part.source.items())
        yield from ((f"target.{axis}", number) for axis, number in part.target.items())
