"""What a person sees of a running demo: a bar over all meters, and a table of where everything is."""

from __future__ import annotations

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.orm import Session

from api.demo.report import DemoReport
from api.demo.told import MarketingAccount
from api.texts import text
from wcs import views as floor
from wcs.line.account import LineAccount
from wms.marketing import views as marketing
from wms.stock import views as stock
from wms.stock.views import Totals

ROWS = ("received", "on_line", "meters_in_stock", "meters_shipped", "meters_rejected")
STAGES = 3  # stored, verified, and shipped or back in stock


class Show:
    """The live picture on a terminal; use it as a context manager and as the `progress` of a run."""

    def __init__(self, console: Console, language: str) -> None:
        """Draw on `console`; where that is no terminal nothing is drawn until the end."""
        self.language = language
        self._bar = Progress(TextColumn("{task.description}"), BarColumn(40), TextColumn("{task.percentage:>3.0f} %"),
                             TimeElapsedColumn(), console=console)  # fmt: skip
        self._task = self._bar.add_task(text(language, "demo.meters"), total=1)
        self._live = Live(console=console, refresh_per_second=4)

    def __enter__(self) -> Show:
        """Begin to draw."""
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop drawing; the last picture stays."""
        self._live.stop()

    def progress(self, session: Session, now_s: float) -> None:
        """Show how far everything is at plant time `now_s`."""
        totals = stock.totals(session)
        self._bar.update(
            self._task, total=max(1, figures(totals)["announced"]), completed=totals.meters_in - totals.unfinished
        )
        table = Table(box=None, show_header=False)
        for name in ROWS:
            table.add_row(text(self.language, f"total.{name}"), f"{figures(totals)[name]:,}")
        moving = floor.live_orders(session)
        table.add_row(text(self.language, "demo.transports"), f"{moving:,}")
        table.add_row(
            text(self.language, "demo.plant_time"),
            f"{int(now_s // 3600)}:{int(now_s // 60) % 60:02}:{int(now_s) % 60:02}",
        )
        for one in marketing.receivers(session):
            letters = {"waiting": f"{one.waiting:,}", "taken": f"{one.done:,}"}
            table.add_row(text(self.language, "demo.letters"), text(self.language, "demo.letters_figures", letters))
        for alarm in floor.alarms(session, limit=4):
            table.add_row(f"[yellow]{text(self.language, f'fault.{alarm.fault}')}[/]", alarm.subject)
        self._live.update(Group(self._bar, table))


def figures(totals: Totals) -> dict[str, int]:
    """Return the figures of a stock account that people watch, by name."""
    roles = totals.by_role
    sums = ("meters_in", "meters_in_stock", "meters_shipped", "meters_rejected")
    announced = totals.meters_in + roles["expected"]
    return {
        "announced": announced, "received": roles["received"] + roles["to_verify"], "on_line": roles["on_line"],
        **{name: getattr(totals, name) for name in sums},
    }  # fmt: skip


def summary(report: DemoReport, language: str) -> Table:
    """Return the outcome as a table for people."""
    table = Table(box=None, show_header=False)
    for name in ("meters_in", "meters_in_stock", "meters_shipped", "meters_rejected", "meters_unverified"):
        table.add_row(text(language, f"total.{name}"), f"{getattr(report, name):,}")
    table.add_row(text(language, "demo.missions"), f"{report.missions:,}")
    table.add_row(text(language, "demo.plant_time"), f"{report.plant_seconds / 3600:.2f} h")
    for line in report.lines:
        table.add_row(text(language, "demo.line", {"line": line.line}), _line(line, language))
    if report.lines:
        used = {"used": f"{report.seals.seals_used:,}", "damaged": report.seals.seals_damaged}
        table.add_row(text(language, "demo.seals"), text(language, "demo.seals_figures", used))
        said = report.verdicts
        judged = {"judged": f"{said.judged:,}", "near": said.near_limit, "wrong": said.clear_and_wrong}
        table.add_row(text(language, "demo.truth"), text(language, "demo.truth_figures", judged))
    table.add_row(text(language, "demo.marketing"), _marketing(report.marketing, language))
    for fault in report.faults:
        ended = "-" if fault.recovered_s is None else f"{fault.recovered_s:.0f} s"
        table.add_row(f"{text(language, f'fault.{fault.fault}')} {fault.subject}", f"{fault.reaction or '-'}, {ended}")
    for problem in report.problems:
        table.add_row("[red]!", f"[red]{problem}")
    return table


def _marketing(told: MarketingAccount | None, language: str) -> str:
    if told is None:
        return text(language, "demo.marketing_absent")
    figures = {name: f"{getattr(told, name):,}" for name in ("tasks", "meters", "boxes", "seals", "calls", "repeats")}
    differing = len(told.disagreements) + len(told.doubles) + len(told.clashes)
    return text(language, "demo.marketing_figures", figures | {"restarts": told.restarts, "differing": differing})


def _line(line: LineAccount, language: str) -> str:
    busy = [share.busy for name, share in line.cells.items() if name in line.benches]
    figures = {
        "meters": f"{line.meters:,}", "yield": f"{100 * (line.first_pass_yield or 0):.1f}",
        "takt": f"{line.takt_s or 0:.1f}", "busy": f"{100 * sum(busy) / max(1, len(busy)):.0f}",
    }  # fmt: skip
    return text(language, "demo.line_figures", figures)
