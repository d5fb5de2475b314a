"""What an archive says, by its kind: drivers with their parameters, and communication ports. Pure."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from wcs.bench.steps import STRICT
from wms.schemes.findings import Finding, of_validation

Kind = Literal["meter", "terminal", "auxiliary", "port"]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
Name = Annotated[str, Field(max_length=64)]
Models = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=40)], ...], Field(max_length=200)]
Baud = Literal[300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200]
Parity = Literal["none", "even", "odd"]
Timeout = Annotated[float, Field(ge=0.05, le=60)]
Gear = Literal[
    "withstand_tester", "image_station", "power_source", "reference_standard", "error_board", "time_standard",
    "encryption_machine", "sealing_robot", "label_laser", "climate_sensor",
]  # fmt: skip
PARAMETERS: dict[str, dict[str, tuple[float, float]]] = {
    "withstand_tester": {
        "voltage_v": (500, 5000), "duration_s": (1, 300), "rise_s": (1, 60), "leakage_ma": (0.1, 100),
        "position_leakage_ma": (0.1, 100),
    },
    "image_station": {"exposure_ms": (0.01, 1000), "confidence": (0, 1), "pictures": (1, 10)},
    "power_source": {"settle_s": (0, 60), "max_voltage_v": (1, 1000), "max_current_a": (0.001, 200)},
    "reference_standard": {"constant_imp_kwh": (1, 1e9)},
    "error_board": {"least_reading_s": (1, 60), "pulses": (1, 1000)},
    "time_standard": {"gate_s": (1, 600)},
    "encryption_machine": {"sessions": (1, 64)},
    "sealing_robot": {"warn_before_h": (0, 72), "tries": (1, 5)},
    "label_laser": {"power_percent": (1, 100), "speed_mm_s": (1, 10_000)},
    "climate_sensor": {"interval_s": (1, 3600)},
}  # fmt: skip
"""Parameters of each kind of gear and between what they lie; the unit is in the name."""


class MeterDriver(BaseModel):
    """How meters of some models are talked to. Real meters: 2400 baud, even parity (DL/T 645-2007, 5.1)."""

    model_config = STRICT
    zh: Name = ""
    en: Name = ""
    models: Models = ()
    protocol: Literal["645", "698"] = "645"
    baud: Baud = 2400
    parity: Parity = "even"
    timeout_s: Timeout = 1.5
    wake_up_bytes: Annotated[int, Field(ge=0, le=8)] = 4
    """Bytes FE before a frame."""
    password: Annotated[str, Field(pattern=r"^([0-9A-F]{8})?$")] = ""
    """Authority and password of the plain path, which only old meters take; empty: by the encryption machine."""


class TerminalDriver(BaseModel):
    """How acquisition terminals and modules of some models are talked to, and by which scheme they are tested."""

    model_config = STRICT
    zh: Name = ""
    en: Name = ""
    models: Models = ()
    protocol: Literal["645", "698"] = "698"
    transport: Literal["serial", "tcp"] = "serial"
    baud: Baud = 9600
    parity: Parity = "even"
    timeout_s: Timeout = 3
    scheme: Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9_-]{0,39})?$")] = ""
    """An approved scheme for terminals or modules; empty: none yet."""


class AuxiliaryDriver(BaseModel):
    """How a piece of auxiliary gear is talked to, with its parameters."""

    model_config = STRICT
    zh: Name = ""
    en: Name = ""
    gear: Gear
    protocol: Literal["json_lines", "scpi", "modbus_rtu", "modbus_tcp", "opcua", "s7"] = "json_lines"
    timeout_s: Timeout = 2
    parameters: Annotated[dict[Annotated[str, Field(max_length=40)], float], Field(max_length=20)] = {}


class Port(BaseModel):
    """A communication port, and what hangs on it. "{position}" in the address stands for a bench's positions."""

    model_config = STRICT
    zh: Name = ""
    en: Name = ""
    address: Annotated[str, Field(pattern=r"^(/dev/|ptys/|COM\d|socket://|tcp://)[A-Za-z0-9_.:/{}\[\]-]{0,120}$")]
    baud: Baud = 2400
    parity: Parity = "even"
    data_bits: Literal[7, 8] = 8
    stop_bits: Literal[1, 2] = 1
    place: Name = ""
    """The bench or cell that it belongs to."""
    serves: Literal["meter", "terminal", "auxiliary"] = "meter"
    driver: Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9_-]{0,39})?$")] = ""
    """The driver of that kind that talks on it; empty: any."""


Content = MeterDriver | TerminalDriver | AuxiliaryDriver | Port
MODELS: dict[str, type[Content]] = {
    "meter": MeterDriver, "terminal": TerminalDriver, "auxiliary": AuxiliaryDriver, "port": Port,
}  # fmt: skip


def read_content(kind: str, tree: object) -> Content | list[Finding]:
    """Return the content that `tree` (plain values) says, or everything that is wrong with it."""
    try:
        content = MODELS[kind].model_validate(tree, strict=False)
    except ValidationError as error:
        return of_validation(error, "")
    return list(_wrong_parameters(content)) or content


def text_of(content: Content) -> str:
    """Return the one JSON text of a content."""
    return json.dumps(content.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_text(kind: str, text: str) -> Content:
    """Return the content that a table holds."""
    return MODELS[kind].model_validate_json(text)


def plain(content: Content) -> dict[str, Any]:
    """Return a content as plain values."""
    return content.model_dump(mode="json")


def _wrong_parameters(content: Content) -> list[Finding]:
    """Return parameters that the gear does not have, or that lie out of range.

    >>> [f.code for f in _wrong_parameters(AuxiliaryDriver(gear="time_standard", parameters={"gate_s": 0, "x": 1}))]
    ['out_of_range', 'unknown_field']
    """
    if not isinstance(content, AuxiliaryDriver):
        return []
    known, found = PARAMETERS[content.gear], list[Finding]()
    for name, value in content.parameters.items():
        if name not in known:
            found.append(Finding(f"parameters.{name}", "unknown_field", {"value": name}))
        elif not known[name][0] <= value <= known[name][1]:
            limits = "{} ... {}".format(*known[name])
            found.append(Finding(f"parameters.{name}", "out_of_range", {"value": str(value), "what": limits}))
    return found
