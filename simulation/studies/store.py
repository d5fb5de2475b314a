"""The result folder of a study: every finished replication, safe at any kill, and never two studies in one.

    study.json         what is studied, by the hash of its content
    spool/             one file for each finished replication, there as a whole or not at all
    replicas.parquet   what the spool held before it was swept in: one row for each track of each replication
    samples.parquet    the same for single values
    findings.json      what the study found, at its end; trail.json one run as it moved

A replication that stands in both the spool and the tables is one: sweeping in can be cut off at any point.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from simulation.studies.errors import InUse, OtherStudy
from simulation.studies.findings import Findings, to_json
from simulation.studies.replica import Replica
from simulation.studies.tables import SAMPLES, TRACKS, keys, merged, replicas

STUDY, SPOOL, LOCK, FINDINGS = "study.json", "spool", "study.lock", "findings.json"
OURS = (STUDY, SPOOL, TRACKS, SAMPLES, FINDINGS, "progress.json", "trail.json", "report.html")
SWEEP_AT = 64


class Store:
    """The replications in one folder; open it with `opened`."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        """Read what is there; what cannot be read is run again."""
        self.folder, self._index = folder, {name: at for at, name in enumerate(names)}
        self._swept = {key for key in keys(folder) if key[0] in self._index}
        self._spooled: dict[tuple[str, int], Path] = {}
        for file in sorted((folder / SPOOL).glob("*.json")):
            replica = _read(file)
            if replica is None or replica.scenario not in self._index:
                file.unlink()
            else:
                self._spooled[replica.scenario, replica.replication] = file

    @property
    def done(self) -> frozenset[tuple[str, int]]:
        """Return (scenario, replication) of everything that is here."""
        return frozenset(self._swept | self._spooled.keys())

    def add(self, replica: Replica) -> None:
        """Keep a finished replication; it is on the disk when this returns."""
        file = self.folder / SPOOL / f"{self._index[replica.scenario]:04d}-{replica.replication:05d}.json"
        write(file, _adapter().dump_json(replica))
        self._spooled[replica.scenario, replica.replication] = file
        if len(self._spooled) >= max(SWEEP_AT, len(self._swept)):  # grows, or every sweep would write all anew
            self.sweep_in()

    def sweep_in(self) -> None:
        """Take the spool into the tables. The spool goes last: until then both hold the same."""
        if not self._spooled:
            return
        fresh = [replica for file in self._spooled.values() if (replica := _read(file)) is not None]
        merged(self.folder, fresh)
        for file in self._spooled.values():
            file.unlink(missing_ok=True)
        self._swept |= self._spooled.keys()
        self._spooled = {}

    def of(self, scenario: str) -> tuple[Replica, ...]:
        """Return the replications of a scenario by their number."""
        found: Mapping[int, Replica] = {r.replication: r for r in replicas(self.folder, scenario)}
        spooled = [_read(file) for (name, _), file in self._spooled.items() if name == scenario]
        both = {**found, **{replica.replication: replica for replica in spooled if replica is not None}}
        return tuple(both[number] for number in sorted(both))

    def conclude(self, findings: Findings) -> None:
        """Keep what was found."""
        write(self.folder / FINDINGS, to_json(findings))


@contextmanager
def opened(folder: Path, content: str, names: Sequence[str], *, fresh: bool = False) -> Iterator[Store]:
    """Hold the folder of the study `content` with scenarios `names`, made if it is not there; `fresh` empties it first.

    Raises InUse, or OtherStudy if the folder holds another study or something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InUse(f"another process runs the study in {folder}") from error
        _check(folder, content, fresh=fresh)
        (folder / SPOOL).mkdir(exist_ok=True)
        yield Store(folder, names)
    finally:
        os.close(handle)


def _check(folder: Path, content: str, *, fresh: bool) -> None:
    held = _held(folder)
    if held is None and any(path.name not in (LOCK, "progress.json") for path in folder.iterdir()):
        raise OtherStudy(f"{folder} holds something that is no study")
    if fresh and held is not None:
        for path in [*(folder / name for name in OURS), *folder.glob("report-??.xlsx")]:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    elif held not in (None, content):
        raise OtherStudy(f"{folder} holds the results of another study, or of this one before it was changed")
    write(folder / STUDY, json.dumps({"content": content}).encode())


def _held(folder: Path) -> str | None:
    try:
        return str(json.loads((folder / STUDY).read_bytes())["content"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(file: Path, content: bytes) -> None:
    """Write a file so that it is there as a whole or not at all, whenever the power goes."""
    part = file.with_name(f".{file.name}.part")
    with part.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)


@cache
def _adapter() -> TypeAdapter[Replica]:
    return TypeAdapter(Replica)


def _read(file: Path) -> Replica | None:
    try:
        return _adapter().validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None
