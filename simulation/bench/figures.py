"""Figures as instruments show them."""

from __future__ import annotations

from decimal import Decimal


def figure(value: float, digits: int = 4) -> Decimal:
    """Return a measured value with so many decimals."""
    return Decimal(f"{value:.{digits}f}")
