"""Orders from the command line: create, show, why."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import remote
from api.cli.plant import load_plant
from api.cli.say import DEFAULT_PLANT, Json, Language, PlantFile, Trouble, out, table, tell
from api.texts import text
from plc.plant.rules import Batching
from wms.errors import WmsError
from wms.outbound import service, views

app = typer.Typer(no_args_is_help=True, help="Orders: verification of a lot, distribution to districts.")
Number = Annotated[int, typer.Argument(help="The order's number.")]


@app.command()
def create(  # noqa: PLR0917 - a command line has as many options as people need
    line: Annotated[list[str], typer.Option("--line", help="DISTRICT:MODEL:QUANTITY, once for each line.")] = [],  # noqa: B006
    lot: Annotated[str, typer.Option(help="Verify this lot instead.")] = "",
    on: Annotated[str, typer.Option(help="The line to verify on.")] = "VL1",
    purpose: Annotated[
        str, typer.Option(help="first, recheck (what is in stock once more), sampling or demo.")
    ] = "first",
    scheme: Annotated[str, typer.Option(help="Verify by this approved scheme; else by the one that is chosen.")] = "",
    key: Annotated[str, typer.Option(help="The same key gives the same order again.")] = "",
    json: Json = False,
) -> None:
    """Create an order.

    metrostack order create --line East:DDZY2026:1500 --line West:DTZY2026:80

    metrostack order create --lot LOT26-1PH-A --on VL1
    """
    key = key or f"cli-{uuid.uuid4()}"
    if bool(lot) == bool(line):
        raise Trouble(
            "say either --line (distribution) or --lot (verification)", remedy="metrostack order create --help"
        )
    order = (
        _verify({"lot": lot, "line": on, "purpose": purpose, "scheme": scheme}, key)
        if lot
        else _distribute([_wish(text) for text in line], key)
    )
    tell(order) if json else _show(order)


@app.command()
def plan(
    lot: Annotated[list[str], typer.Option("--lot", help="A lot to verify, once for each.")],
    go: Annotated[bool, typer.Option("--go", help="Create the orders as planned.")] = False,
    plant: PlantFile = DEFAULT_PLANT,
    lang: Language = "en",
    json: Json = False,
) -> None:
    """Plan which lot goes to which line and in what order, by the plant's rule for batches.

    metrostack order plan --lot LOT26-1PH-A --lot LOT26-1PH-B --go
    """
    found = _planned(lot, plant)
    if go:
        for each in found["placed"]:
            _verify({"lot": each["lot"], "line": each["line"]}, f"plan-{each['lot']}-{uuid.uuid4()}")
    if json:
        tell(found)
        return
    head = tuple(text(lang, f"lines.plan.{name}") for name in ("lot", "line", "start_h", "end_h"))
    table(
        head, ((p["lot"], p["line"], f"{p['start_s'] / 3600:.1f}", f"{p['end_s'] / 3600:.1f}") for p in found["placed"])
    )
    said = {"hours": f"{found['done_s'] / 3600:.1f}", "bound": f"{found['bound_s'] / 3600:.1f}"}
    out.print(text(lang, f"lines.plan.{found['rule']}", said), highlight=False)


def _planned(lots: list[str], plant: Path) -> dict[str, Any]:
    if (where := remote.served()) is not None:
        return remote.ask(where, "POST", "/orders/plan", json={"lots": lots})
    from wms.line import planning  # the solver takes a moment to load

    site = load_plant(plant)
    seconds = site.rules.plan_s if site.rules.batches is Batching.PLANNED else 0.0
    with remote.database() as (session, _):
        try:
            return asdict(planning.plan_lots(session, site, lots, seconds=seconds))
        except WmsError as error:
            raise Trouble(text("en", f"problem.{error.code}", error.params), exit_code=1) from error


@app.command()
def show(number: Number, json: Json = False) -> None:
    """Show an order and how far it is."""
    order = _order(number)
    tell(order) if json else _show(order)


@app.command("list")
def list_orders(json: Json = False) -> None:
    """List orders."""
    found = remote.look("/orders", lambda session: [o.model_dump(mode="json") for o in views.orders(session)])
    if json:
        tell(found)
    else:
        rows = ((o["number"], o["kind"], o["key"], o["state"], f"{o['pallets_done']}/{o['pallets']}") for o in found)
        table(("number", "kind", "key", "state", "pallets"), rows)


@app.command()
def why(number: Number, json: Json = False) -> None:
    """Say why an order is not finished."""
    reasons = _order(number)["why"]
    if json:
        tell(reasons)
    else:
        for reason in reasons or [{"code": "done", "params": {}}]:
            out.print(text("en", f"reason.{reason['code']}", reason["params"]), highlight=False)


def _order(number: int) -> dict[str, Any]:
    def read(session: Any) -> dict[str, Any] | None:
        found = views.order(session, number)
        return None if found is None else found.model_dump(mode="json")

    found = remote.look(f"/orders/{number}", read)
    if found is None:
        raise Trouble(f"there is no order {number}", remedy="metrostack order list", exit_code=1)
    return found


def _wish(text: str) -> tuple[str, str, int]:
    district, _, rest = text.partition(":")
    model, _, quantity = rest.partition(":")
    if not (district and model and quantity.isdecimal() and int(quantity) > 0):
        raise Trouble(f"{text!r} is not DISTRICT:MODEL:QUANTITY", remedy="e.g. --line East:DDZY2026:1500")
    return district, model, int(quantity)


def _distribute(lines: list[tuple[str, str, int]], key: str) -> dict[str, Any]:
    if (where := remote.served()) is not None:
        body = {"lines": [{"district": d, "model": m, "quantity": q} for d, m, q in lines]}
        return remote.ask(where, "POST", "/orders/distribution", json=body, headers={"idempotency-key": key})
    return _local(lambda session, at_ms: service.create_distribution(session, key=key, lines=lines, at_ms=at_ms))


def _verify(wanted: dict[str, Any], key: str) -> dict[str, Any]:
    if (where := remote.served()) is not None:
        return remote.ask(where, "POST", "/orders/verification", json=wanted, headers={"idempotency-key": key})
    return _local(lambda session, at_ms: service.create_verification(session, key=key, at_ms=at_ms, **wanted))


def _local(create: Any) -> dict[str, Any]:
    with remote.database() as (session, at_ms):
        try:
            number = create(session, at_ms)
        except WmsError as error:
            raise Trouble(text("en", f"problem.{error.code}", error.params), exit_code=1) from error
        session.commit()
        found = views.order(session, number)
        assert found is not None
        return found.model_dump(mode="json")


def _show(order: dict[str, Any]) -> None:
    out.print(f"order {order['number']} ({order['kind']}, {order['key']}): {order['state']}", highlight=False)
    table(
        ("district", "model", "dock", "asked", "promised", "shipped"),
        ((w["district"], w["model"], w["dock"], w["quantity"], w["promised"], w["shipped"]) for w in order["lines"]),
    ) if order["lines"] else out.print(f"lot {order['lot']} on {order['line']}", highlight=False)
    out.print(f"pallets {order['pallets_done']} of {order['pallets']}", highlight=False)
    for reason in order["why"]:
        out.print(f"  {text('en', 'reason.' + reason['code'], reason['params'])}", highlight=False)
