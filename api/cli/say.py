"""How the command line speaks: people get tables, scripts get one JSON value, trouble gets a way out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

out = Console()
err = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]
PlantFile = Annotated[Path, typer.Option("--plant", help="The plant file.")]
Language = Annotated[str, typer.Option("--lang", help="en or zh.", envvar="METROSTACK_LANG")]
DEFAULT_PLANT = Path("plants/demo.yaml")


class Trouble(Exception):
    """Something a person must put right: what is wrong, and what would do."""

    def __init__(self, what: str, *, remedy: str = "", exit_code: int = 2) -> None:
        super().__init__(what)
        self.what, self.remedy, self.exit_code = what, remedy, exit_code


def explain(trouble: Trouble) -> None:
    """Say what is wrong and what would do, on standard error."""
    err.print(f"[red]error:[/] {trouble.what}", highlight=False, markup=True)
    if trouble.remedy:
        err.print(f"  {trouble.remedy}", highlight=False, markup=False)


def tell(value: Any) -> None:
    """Print one JSON value."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table for people."""
    shown = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*("" if cell is None else str(cell) for cell in row))
    out.print(shown)


def read_file(path: Path) -> bytes:
    """Return a file's bytes; raises Trouble if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Trouble(f"{path}: {error.strerror}", remedy="Name a file that exists and may be read.") from error


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else str(value)
