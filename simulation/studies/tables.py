"""Replications as two Parquet tables, one row for each track or sample, its values as a list.

`replicas.parquet` reads in any tool: explode `total` and `weight`; the value of a bin is their quotient.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.studies.replica import Replica, Sample, Track

if TYPE_CHECKING:
    import polars as pl

TRACKS, SAMPLES = "replicas.parquet", "samples.parquet"
_KEY = ("scenario", "replication")


def _schemas() -> tuple[dict[str, Any], dict[str, Any]]:
    import polars as pl  # slow to load, and the command line must stay quick

    floats, key = pl.List(pl.Float64), {"scenario": pl.String, "replication": pl.Int32}
    tracks = {
        **key, "seed": pl.UInt64, "bin_s": pl.Float64, "horizon_s": pl.Float64, "sha256": pl.String,
        "cpu_s": pl.Float64, "problems": pl.List(pl.String), "track": pl.String, "unit": pl.String,
        "total": floats, "weight": floats,
    }  # fmt: skip
    return tracks, {**key, "sample": pl.String, "unit": pl.String, "at_s": floats, "value": floats}


def keys(folder: Path) -> set[tuple[str, int]]:
    """Return (scenario, replication) of what the tables hold whole: its tracks and its samples."""
    import polars as pl

    if not (folder / TRACKS).is_file() or not (folder / SAMPLES).is_file():
        return set()
    rows = pl.scan_parquet(folder / TRACKS).select(_KEY).unique().collect().rows()
    return {(str(scenario), int(replication)) for scenario, replication in rows}


def merged(folder: Path, fresh: Sequence[Replica]) -> None:
    """Take replications into the tables in place of rows of the same; each table is replaced as a whole.

    Samples first: who finds a replication's tracks finds its samples too.
    """
    schemas = dict(zip((TRACKS, SAMPLES), _schemas(), strict=True))
    rows = {TRACKS: _track_rows(fresh), SAMPLES: _sample_rows(fresh)}
    for name in (SAMPLES, TRACKS):
        _replace(folder / name, rows[name], schemas[name], fresh)


def _replace(file: Path, rows: Iterable[tuple[Any, ...]], schema: dict[str, Any], fresh: Sequence[Replica]) -> None:
    import polars as pl

    frame = pl.DataFrame(list(rows), schema=schema, orient="row")
    if file.is_file():
        taken = pl.DataFrame(
            [(r.scenario, r.replication) for r in fresh], schema=dict(list(schema.items())[:2]), orient="row"
        )
        frame = pl.concat([pl.read_parquet(file).join(taken, on=_KEY, how="anti"), frame])
    part = file.with_name(f".{file.name}.part")
    frame.sort(_KEY, maintain_order=True).write_parquet(part, compression="zstd")
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(file)


def _track_rows(fresh: Iterable[Replica]) -> Iterable[tuple[Any, ...]]:
    for r in fresh:
        head = (r.scenario, r.replication, r.seed, r.bin_s, r.horizon_s, r.sha256, r.cpu_s, list(r.problems))
        for track in r.tracks:
            yield (*head, track.name, track.unit, list(track.total), list(track.weight))


def _sample_rows(fresh: Iterable[Replica]) -> Iterable[tuple[Any, ...]]:
    for r in fresh:
        for sample in r.samples:
            yield r.scenario, r.replication, sample.name, sample.unit, list(sample.at_s), list(sample.value)


def replicas(folder: Path, scenario: str) -> tuple[Replica, ...]:
    """Return the replications of a scenario that the tables hold, as they were."""
    import polars as pl

    if not (folder / TRACKS).is_file() or not (folder / SAMPLES).is_file():
        return ()
    mine = pl.col("scenario") == scenario
    samples = _by_replication(pl.scan_parquet(folder / SAMPLES).filter(mine).collect())
    tracks = _by_replication(pl.scan_parquet(folder / TRACKS).filter(mine).collect())
    return tuple(_replica(rows, samples.get(number, [])) for number, rows in sorted(tracks.items()))


def _by_replication(frame: pl.DataFrame) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault(row["replication"], []).append(row)
    return found


def _replica(tracks: list[dict[str, Any]], samples: list[dict[str, Any]]) -> Replica:
    head = tracks[0]
    return Replica(
        head["scenario"], head["replication"], head["seed"], head["bin_s"], head["horizon_s"],
        tuple(Track(t["track"], t["unit"], tuple(t["total"]), tuple(t["weight"])) for t in tracks),
        tuple(Sample(s["sample"], s["unit"], tuple(s["at_s"]), tuple(s["value"])) for s in samples),
        head["sha256"], head["cpu_s"], tuple(head["problems"]),
    )  # fmt: skip
