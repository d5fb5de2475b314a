"""A meter as the rules see it: what its name plate says, under one edition, and its currents in amperes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import cast

from wcs.metrology.edition import ClassRule, Connection, Edition, Phase, edition
from wcs.metrology.errors import RuleError
from wcs.metrology.rounding import EXACT

_NUMBER = r"(\d{1,6}(?:\.\d{1,6})?)"
_SPEC = re.compile(rf"(?:3\s?[x×]\s?)?{_NUMBER}(?:\s?-\s?{_NUMBER})?\s?\({_NUMBER}\)\s?A?", re.ASCII)
_WIDE = str.maketrans("（）", "()")
_SYMBOL = re.compile(rf"{_NUMBER}?(Imax|Imin|Ist|Itr|Ib|In)", re.ASCII)
_LEAST, _MOST = Decimal("0.000001"), Decimal(1_000_000_000)
CIRCUITS: dict[Phase, Decimal] = {"1p2w": Decimal(1), "3p3w": Decimal(3).sqrt(EXACT), "3p4w": Decimal(3)}
"""What power is of voltage times current, at cosφ 1: the m of the formulas."""


@dataclass(frozen=True, slots=True)
class Meter:
    """The name plate of a meter, under one edition of the rules; raises RuleError for what the edition does not know.

    `current_spec`: "5(60)" is Ib(Imax), behind transformers In(Imax); "0.25-0.5(60)" is Imin-Itr(Imax). Voltage in V
    (phase voltage, but line voltage for 3p3w), constant in imp/kWh; rules that need one of the two ask for it.
    """

    rules: str
    accuracy_class: str
    phase: Phase
    connection: Connection
    current_spec: str
    rated_voltage_v: Decimal | None = None
    constant_imp_kwh: Decimal | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "accuracy_class", plain_class(self.accuracy_class))
        known_plate(self.rules, accuracy_class=self.accuracy_class, phase=self.phase, connection=self.connection)
        for name, value in (("rated_voltage_v", self.rated_voltage_v), ("constant_imp_kwh", self.constant_imp_kwh)):
            if value is not None and not (value.is_finite() and _LEAST <= value <= _MOST):
                raise RuleError(name, f"{value} is not between {_LEAST:f} and {_MOST:f}")
        rated_currents(self)

    @property
    def book(self) -> Edition:
        """The edition the meter goes by."""
        return edition(self.rules)

    @property
    def kind(self) -> ClassRule:
        """What the accuracy class means."""
        return self.book.classes[self.accuracy_class]


@dataclass(frozen=True, slots=True)
class RatedCurrents:
    """The rated currents of a meter in amperes. `nominal` is Ib or In."""

    nominal: Decimal
    maximum: Decimal
    transitional: Decimal
    minimum: Decimal
    starting: Decimal


def known_plate(
    rules: str, *, accuracy_class: str | None = None, phase: str | None = None, connection: str | None = None
) -> None:
    """Raise RuleError for what an edition does not know of a name plate; None is not asked about."""
    book = edition(rules)
    if phase is not None and phase not in book.phases:
        raise RuleError("phase", f"{rules} is for {', '.join(book.phases)}, not for {phase}")
    if accuracy_class is None:
        return
    found = book.classes.get(plain_class(accuracy_class))
    if found is None:
        raise RuleError(
            "accuracy_class", f"{rules} has no class {accuracy_class}; its classes are {', '.join(book.classes)}"
        )
    if connection is not None and connection not in found.connections:
        raise RuleError(
            "connection",
            f"meters of accuracy_class {accuracy_class} of {rules} are connected {' or '.join(found.connections)}, "
            f"not {connection}",
        )


def plain_class(text: str) -> str:
    """Return the name of a class: a whole number is written without decimals.

    >>> plain_class("1.0"), plain_class("0.5S"), plain_class("B")
    ('1', '0.5S', 'B')
    """
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return f"{value.to_integral_value():f}" if value.is_finite() and 0 < value <= 9 and value % 1 == 0 else text  # noqa: PLR2004


@lru_cache(maxsize=4096)
def rated_currents(meter: Meter) -> RatedCurrents:
    """Return the currents that a name plate means; raises RuleError("current_spec").

    Where only Ib or In is printed, Itr is 0.1 Ib or 0.05 In, and Imin a share of it by class and connection.
    """
    spec = meter.current_spec.strip().translate(_WIDE)
    found = _SPEC.fullmatch(spec)
    if found is None or (meter.phase == "1p2w" and re.match(r"3\s?[x×]", spec)):
        raise RuleError("current_spec", f'"{meter.current_spec}" is neither like "5(60)" nor like "0.25-0.5(60)"')
    book, connection = meter.book, meter.connection
    first, second, last = (
        None if part is None else Decimal(part) for part in cast(tuple[str | None, ...], found.groups())
    )
    assert first is not None and last is not None
    if second is not None:
        if book.family == "Ib":
            raise RuleError("current_spec", f'{meter.rules} speaks of Ib or In, as "5(60)", not of Imin and Itr')
        minimum, transitional = first, second
        nominal = transitional / book.itr[connection]
    else:
        nominal = first
        transitional = nominal * book.itr[connection]
        minimum = transitional * book.imin[meter.accuracy_class][connection]
    # NOTE: behind a transformer Imax may equal In, so that nothing is left between the two.
    if not 0 < minimum < transitional < last or (second is None and nominal > last):
        raise RuleError("current_spec", f'"{meter.current_spec}" does not rise from left to right')
    share = book.starting.current[meter.accuracy_class][connection]
    starting = share * (nominal if book.family == "Ib" else transitional)
    return RatedCurrents(nominal, last, transitional, minimum, starting)


@lru_cache(maxsize=16_384)
def current_a(meter: Meter, symbol: str) -> Decimal:
    """Return the amperes of "Imax", "0.5Imax", "Ib", "In", "10Itr", "Itr", "Imin", "Ist" or "0".

    Ib and In name the same current: Ib of a meter connected directly, In of one behind transformers. Raises
    RuleError("current") for anything else.

    >>> meter = Meter("JJG596-2012", "1", "1p2w", "direct", "5(60)")
    >>> current_a(meter, "0.5Imax"), current_a(meter, "Ist")
    (Decimal('30.0'), Decimal('0.020'))
    """
    if symbol == "0":
        return Decimal(0)
    found = _SYMBOL.fullmatch(symbol)
    if found is None:
        raise RuleError("current", f'"{symbol}" is not a current such as "Imax", "0.1Ib" or "10Itr"')
    currents = rated_currents(meter)
    ampere = {
        "Imax": currents.maximum, "Ib": currents.nominal, "In": currents.nominal, "Itr": currents.transitional,
        "Imin": currents.minimum, "Ist": currents.starting,
    }[found[2]]  # fmt: skip
    return ampere * Decimal(found[1] or 1)
