"""Rows of what is wanted by the month, and of what must never be promised."""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class SafetyRow(SQLModel, table=True):
    """Meters of a model that stay in stock for emergencies."""

    __tablename__ = "safety_stock"
    __table_args__ = (sa.CheckConstraint("meters >= 0", name="ck_safety_stock_meters"),)
    model: str = Field(primary_key=True, foreign_key="model.code")
    meters: int
    by: str = ""
    at_ms: int = Field(default=0, sa_type=sa.BigInteger)


class DemandRow(SQLModel, table=True):
    """Meters of a model that a district plans to take in a month ("2026-11")."""

    __tablename__ = "demand"
    __table_args__ = (sa.CheckConstraint("meters >= 0", name="ck_demand_meters"),)
    month: str = Field(primary_key=True)
    model: str = Field(primary_key=True, foreign_key="model.code")
    district: str = Field(primary_key=True)
    meters: int
