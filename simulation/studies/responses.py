"""The figures that a study can be asked for: their units, and whether more or less of them is better.

Each is a track of that name (`simulation.studies.replica`); texts in both languages are `study.response.<name>`, for a
family such as `queue.<station>` under its first word. `lead.out_s.p95` is a quantile of the sample of that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from plc.plant.problems import nearest
from simulation.studies.replica import STATES, Replica

Better = Literal["more", "less", "neither"]
Of = Literal["flow", "mean", "level", "share", "quantile"]
Row = tuple[str, str, Better, Of]
_QUANTILE = re.compile(r"^(?P<name>.+)\.p(?P<percent>\d{1,2})$")


@dataclass(frozen=True, slots=True)
class Response:
    """One figure: `of` says how bins are put together, `text` is its key in the catalogues."""

    name: str
    unit: str
    better: Better
    of: Of
    text: str
    percent: int = 0

    @property
    def track(self) -> str:
        """Return the name of the track or sample that it is read from."""
        found = _QUANTILE.match(self.name)
        return found["name"] if self.of == "quantile" and found is not None else self.name


_ROWS: tuple[Row, ...] = (
    ("in.pallets_h", "pallets/h", "more", "flow"),
    ("out.pallets_h", "pallets/h", "more", "flow"),
    ("out.meters_h", "meters/h", "more", "flow"),
    ("verified.meters_h", "meters/h", "more", "flow"),
    ("moves.pallets_h", "pallets/h", "neither", "flow"),
    ("cranes.missions_h", "missions/h", "neither", "flow"),
    ("lead.store_s", "s", "less", "mean"),
    ("lead.out_s", "s", "less", "mean"),
    ("lead.line_s", "s", "less", "mean"),
    ("lead.move_s", "s", "less", "mean"),
    ("lead.order_s", "s", "less", "mean"),
    ("lead.lot_s", "s", "less", "mean"),
    ("waiting.orders", "orders", "less", "level"),
    ("level.orders", "orders", "less", "level"),
    ("cranes.busy", "share", "neither", "share"),
    ("benches.busy", "share", "more", "share"),
    ("cycle.dual_share", "share", "more", "mean"),
)
RESPONSES: Mapping[str, Response] = {
    name: Response(name, unit, better, of, f"study.response.{name}") for name, unit, better, of in _ROWS
}


def response(name: str) -> Response | None:
    """Return a figure by its name, families and quantiles included; None for no figure.

    >>> response("lead.out_s.p95").track, response("queue.SC1").text, response("share.SC1.down").better
    ('lead.out_s', 'study.response.queue', 'less')
    >>> response("lead.out") is None
    True
    """
    if (known := RESPONSES.get(name)) is not None:
        return known
    quantile = _QUANTILE.match(name)
    if quantile is not None and quantile["name"].startswith("lead.") and quantile["name"] in RESPONSES:
        base = RESPONSES[quantile["name"]]
        return Response(name, base.unit, base.better, "quantile", base.text, int(quantile["percent"]))
    match name.split("."):
        case ["queue", _]:
            return Response(name, "pallets", "less", "level", "study.response.queue")
        case ["share", _, state] if state in STATES:
            better: Better = "neither" if state in ("busy", "idle") else "less"
            return Response(name, "share", better, "share", f"study.response.share.{state}")
        case _:
            return None


def unknown(names: Iterable[str]) -> list[str]:
    """Return what is wrong with names of figures, each with the nearest that there is.

    >>> unknown(["lead.out_s", "lead.out"])
    ['lead.out: there is no such figure; did you mean `lead.out_s`?']
    """
    return [f"{name}: there is no such figure; {nearest(name, RESPONSES)}" for name in names if response(name) is None]


def value(replica: Replica, name: str, first: int = 0, last: int | None = None) -> float | None:
    """Return a figure of a replication over the bins from `first` up to, not with, `last`; None if it has none.

    A quantile is the smallest value that at least so many percent of the sample do not exceed.
    """
    found = response(name)
    if found is None:
        return None
    end = last if last is not None else max((len(track.total) for track in replica.tracks), default=0)
    if found.of != "quantile":
        track = replica.track(found.track)
        return None if track is None else track.over(first, end)
    sample = next((sample for sample in replica.samples if sample.name == found.track), None)
    if sample is None:
        return None
    begin_s, end_s = first * replica.bin_s, end * replica.bin_s
    kept = sorted(v for at_s, v in zip(sample.at_s, sample.value, strict=True) if begin_s <= at_s < end_s)
    return kept[max(0, -(-len(kept) * found.percent // 100) - 1)] if kept else None
