"""From cover to slots: how many pallets stand in the store, and how many slots that takes."""

from __future__ import annotations

import math
from statistics import NormalDist

from simulation.studies.capacity.figures import SAFETY, Figure, Sheet
from simulation.studies.capacity.plan import Cover, Family, FlowPlan


def put_stock(plan: FlowPlan, sheet: Sheet) -> None:
    """Take down the pallets of each family before and after verification, those with empty boxes, and the slots."""
    for family in plan.families:
        _family(plan, family, sheet)
    days = plan.flows.verification.days
    year = sheet.value("flow.pallets.empties_in")
    inputs = (("E", year, "pallets/a"), ("d", days, "d/a"), ("t", plan.store.empties_days, "d"))
    sheet.put(Figure("stock.empties", math.ceil(year / days * plan.store.empties_days), "pallets", "⌈E t / d⌉", inputs))
    unverified, verified = sheet.total("stock.unverified"), sheet.total("stock.verified")
    empties, fill = sheet.value("stock.empties"), plan.store.fill
    stock = unverified + verified + empties
    parts = (("U", unverified, "pallets"), ("V", verified, "pallets"), ("E", empties, "pallets"))
    sheet.put(Figure("stock", stock, "pallets", "U + V + E", parts))
    needed = (("S", stock, "pallets"), ("f", fill, "1"))
    sheet.put(Figure("slots.needed", math.ceil(stock / fill - 1e-9), "slots", "⌈S / f⌉", needed))


def _family(plan: FlowPlan, family: Family, sheet: Sheet) -> None:
    verification, delivery = plan.flows.verification, plan.flows.delivery
    daily = {
        "unverified": sheet.value(f"verified.{family.model}") / verification.days,
        "verified": sheet.value(f"meters.{family.model}") / delivery.days,
    }
    for state, cover in (("unverified", family.stock.unverified), ("verified", family.stock.verified)):
        meters, formula, inputs = _covered(cover, daily[state])
        pallets = math.ceil(meters / family.per_pallet - 1e-9)
        whole = (*inputs, ("p", family.per_pallet, "meters/pallet"))
        source = "plan" if cover.days is not None else SAFETY
        figure = Figure(f"stock.{state}", pallets, "pallets", f"⌈{formula} / p⌉", whole, source, family.model)
        sheet.put(figure)


def _covered(cover: Cover, daily: float) -> tuple[float, str, tuple[tuple[str, float, str], ...]]:
    """Return the meters in stock, the formula and its inputs.

    Under periodic review the stock is highest when a delivery has come: the demand of a review period, and the safety
    stock z σ √(L + R) (periodic review, order-up-to level; Silver, Pyke and Peterson 1998, chapter 7).

    >>> round(_covered(Cover(days=10), 800.0)[0]), round(_covered(Cover(service=0.975, variation=0.25), 800.0)[0])
    (8000, 5518)
    """
    per_day = ("D", daily, "meters/d")
    if cover.days is not None:
        return daily * cover.days, "D t", (per_day, ("t", cover.days, "d"))
    z = NormalDist().inv_cdf(cover.service or 0.5)
    risk = math.sqrt(cover.lead_days + cover.review_days)
    inputs = (
        per_day, ("R", cover.review_days, "d"), ("L", cover.lead_days, "d"), ("z", z, "1"), ("v", cover.variation, "1"),
    )  # fmt: skip
    return daily * (cover.review_days + z * cover.variation * risk), "(D R + z v D √(L + R))", inputs
