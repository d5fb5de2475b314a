"""The commands of `metrostack`, put together."""

from __future__ import annotations

import sys

import typer
from sqlalchemy.exc import DBAPIError

from api.cli import (
    bench,
    calibrate,
    capacity,
    codes,
    db,
    delivery,
    judge,
    line,
    link,
    optimize,
    order,
    plant,
    result,
    returns,
    reviewing,
    run,
    seal,
    shipping,
    standard,
    stock,
    study,
    task,
    unit,
    user,
    validate,
)
from api.cli.say import Trouble, explain

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Control software for automated electricity-meter warehouses and verification centres.\n\n"
    "Try it: [bold]metrostack demo[/] runs three deliveries through a whole plant. "
    "Check a plant file: [bold]metrostack check plants/demo.yaml[/].",
)
app.command("check")(plant.check)
app.command("schema")(plant.schema)
app.command("judge")(judge.judge)
app.command("demo")(run.demo)
app.command("serve")(run.serve)
app.command("twin")(run.twin)
app.command("bench")(bench.bench)
app.command("study")(study.study)
app.command("capacity")(capacity.capacity)
app.command("calibrate")(calibrate.calibrate)
app.command("snapshot")(calibrate.snapshot)
app.add_typer(delivery.app, name="delivery")
app.add_typer(order.app, name="order")
app.add_typer(line.app, name="line")
app.add_typer(task.app, name="task")
app.add_typer(returns.app, name="return")
app.add_typer(shipping.app, name="shipping")
app.add_typer(link.app, name="link")
app.add_typer(codes.app, name="codes")
app.add_typer(stock.app, name="stock")
app.add_typer(unit.app, name="unit")
app.add_typer(reviewing.app, name="scheme")
app.add_typer(result.app, name="result")
app.add_typer(seal.app, name="seal")
app.add_typer(standard.app, name="standard")
app.add_typer(optimize.app, name="optimize")
app.add_typer(validate.app, name="validate")
app.add_typer(db.app, name="db")
app.add_typer(user.app, name="user")
app.add_typer(user.keys, name="key")


def main() -> None:
    """Run one command; what goes wrong is said in one line with the way out, and ends non-zero."""
    try:
        app()
    except Trouble as trouble:
        explain(trouble)
        sys.exit(trouble.exit_code)
    except DBAPIError as error:
        explain(Trouble(f"the database cannot be used: {error.orig}", remedy="Try `metrostack db upgrade`."))
        sys.exit(2)
