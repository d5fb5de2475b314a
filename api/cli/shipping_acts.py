"""What people do with a delivery plan and its stops on the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from api.cli.say import Json, tell
from api.cli.shipping_site import BY, Number, Seconds, ask, plan_of, show_plan
from optimizer.effort import Effort
from wms.desk import Desk
from wms.shipping import handover, service
from wms.shipping.handover import Receipt
from wms.shipping.proposing import prepare, propose
from wms.shipping.rules import Place

Stop = Annotated[int, typer.Argument(help="The stop's number.")]


def move(  # noqa: PLR0917 - a command line has as many options as people need
    number: Number,
    stop: Stop,
    vehicle: Annotated[str, typer.Option(help="To this vehicle; without it the stop is left out.")] = "",
    trip: Annotated[int, typer.Option(min=1, max=6, help="Its trip of the day.")] = 1,
    position: Annotated[int, typer.Option(min=1, max=300, help="As which stop of the trip.")] = 1,
    json: Json = False,
) -> None:
    """Take a stop of a draft to another vehicle, trip or position, and fix it there."""
    to = {"stop": stop, "vehicle": vehicle, "trip": trip, "position": position}
    _change(number, "move", to, lambda desk: service.move(desk, number, Place(**to), by=BY), json=json)  # type: ignore[arg-type]


def again(number: Number, seconds: Seconds = 3.0, json: Json = False) -> None:
    """Plan a draft anew with all that can be delivered now; what people have fixed stays on its vehicle."""

    def here(desk: Desk) -> None:
        day = service.day_of(desk, number)
        prepare(desk, day, plan=number)
        service.replace_by(desk, number, propose(desk, day, Effort(seconds=seconds), plan=number), by=BY)

    _change(number, "again", {"seconds": seconds}, here, json=json)


def freeze(number: Number, json: Json = False) -> None:
    """Freeze a draft: notes are issued and pallets called to the docks, the last stops first."""
    _change(number, "freeze", {}, lambda desk: service.freeze(desk, number, by=BY), json=json)


def cancel(number: Number, json: Json = False) -> None:
    """Take a plan back of which nothing has been called yet."""
    _change(number, "cancel", {}, lambda desk: service.cancel(desk, number, by=BY), json=json)


def leave(stop: Stop) -> None:
    """Let the vehicle go without what has not come to the dock for a stop; that waits for another plan."""
    tell(ask(f"/shipping/stops/{stop}/leave", {}, lambda desk: {"meters": handover.leave(desk, stop, by=BY)}))


def received(
    stop: Stop,
    signed_by: Annotated[str, typer.Option(help="Who signed the receipt note.")],
    damaged: Annotated[int, typer.Option(min=0, help="How many boxes are damaged.")] = 0,
    remark: Annotated[str, typer.Option(help="What else was to say.")] = "",
) -> None:
    """Book what a district has signed on its receipt note.

    metrostack shipping received 4 --signed-by "Wang Fang" --damaged 1
    """
    said = {"signed_by": signed_by, "damaged": damaged, "remark": remark}

    def here(desk: Desk) -> dict[str, str]:
        handover.receive(desk, stop, Receipt(signed_by, damaged, remark), by=BY)
        return {"state": "received"}

    tell(ask(f"/shipping/stops/{stop}/received", said, here))


def _change(number: int, what: str, body: dict[str, Any], here: Callable[[Desk], Any], *, json: bool) -> None:
    def done(desk: Desk) -> dict[str, Any]:
        here(desk)
        return plan_of(desk.session, number)

    show_plan(ask(f"/shipping/plans/{number}/{what}", body, done), json=json)
