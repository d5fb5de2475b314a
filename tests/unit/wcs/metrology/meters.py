"""Meters that the tables of these tests speak of."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wcs.metrology import Meter

JJG, GBT, QGDW, OIML = "JJG596-2012", "GBT17215.321-2021", "QGDW10364-2020", "OIML-R46-2012"


def jjg(accuracy_class: str, connection: Any = "direct", phase: Any = "1p2w") -> Meter:
    return Meter(JJG, accuracy_class, phase, connection, "5(60)" if connection == "direct" else "1.5(6)")


def itr(accuracy_class: str, rules: str = GBT, connection: Any = "direct", phase: Any = "1p2w") -> Meter:
    return Meter(
        rules, accuracy_class, phase, connection, "0.25-0.5(60)" if connection == "direct" else "0.015-0.075(6)"
    )


def d(text: str) -> Decimal:
    return Decimal(text)
