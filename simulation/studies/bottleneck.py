"""Which machine holds everything up: the one that is active without a break the longest, at most times.

A high utilisation alone misleads: a machine in front of a bottleneck may be as busy now and then. Active is a machine
that works or is being repaired, and not one that waits for something.

Source: C. Roser, M. Nakano and M. Tanaka, Shifting bottleneck detection, Proc. Winter Simulation Conference (2002).
Where a replication has the active periods themselves (samples `active.<device>`: length, at its end), the moment in the
middle of each bin decides; else a bin belongs to a period if the machine is active nine tenths of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.studies.findings import Bottleneck
from simulation.studies.observed import first_bin
from simulation.studies.replica import STATES, Replica

ACTIVE, PERIODS = ("busy", "down"), "active."
WHOLE = 0.9
OFTEN = 0.5
"""A machine that is the momentary bottleneck less of the time than this is merely the busiest; and if the busiest is
active less than this, what comes in sets the pace, and no machine does."""


@dataclass(frozen=True, slots=True)
class Active:
    """The share of each bin in which each device is active, `shares[device, bin]`, in one replication.

    `lengths[device, bin]` is how long the active period is that the device is in, 0 if it is in none.
    """

    devices: tuple[str, ...]
    shares: NDArray[np.float64]
    lengths: NDArray[np.float64]


def devices_of(replica: Replica) -> tuple[str, ...]:
    """Return the devices whose shares a replication has, by name."""
    found = {name[1] for track in replica.tracks if (name := _parts(track.name)) is not None}
    return tuple(sorted(found))


def _parts(track: str) -> tuple[str, str, str] | None:
    head, _, rest = track.partition(".")
    device, _, state = rest.rpartition(".")
    return (head, device, state) if head == "share" and device and state in STATES else None


def active(replica: Replica, warm_s: float) -> Active:
    """Return when each device is active after the warm-up."""
    devices, cut = devices_of(replica), first_bin(replica.bin_s, warm_s)
    tracks = {track.name: track for track in replica.tracks if track.name.startswith("share.")}
    rows: list[NDArray[np.float64]] = []
    for device in devices:
        of = [tracks[f"share.{device}.{state}"] for state in ACTIVE]
        total = np.sum([track.total[cut:] for track in of], axis=0)
        weight = np.asarray(of[0].weight[cut:])
        rows.append(np.divide(total, weight, out=np.zeros(len(weight)), where=weight > 0))
    shares = np.array(rows, dtype=np.float64)
    if not any(sample.name.startswith(PERIODS) for sample in replica.samples):
        return Active(devices, shares, lengths_of(shares))
    bins = np.arange(cut, cut + (shares.shape[1] if rows else 0), dtype=np.float64)
    middles = (bins + 0.5) * replica.bin_s
    return Active(devices, shares, np.array([_periods(replica, device, middles) for device in devices]))


def _periods(replica: Replica, device: str, at_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how long the active period of a device is that each moment lies in; they follow each other."""
    found = next((sample for sample in replica.samples if sample.name == f"{PERIODS}{device}"), None)
    if found is None or not found.at_s:
        return np.zeros(len(at_s))
    ends, lengths = np.array(found.at_s, dtype=np.float64), np.array(found.value, dtype=np.float64)
    which = np.minimum(np.searchsorted(ends, at_s), len(ends) - 1)
    within = (ends[which] - lengths[which] <= at_s) & (at_s <= ends[which])
    return np.where(within, lengths[which], 0.0)


def lengths_of(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the lengths of active periods, in bins, as bins show them."""
    return np.array([_runs(row >= WHOLE) for row in shares], dtype=float)


def momentary(shares: NDArray[np.float64], lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each device the share of bins in which its active period is the longest of all.

    Of two as long, the one that is more active in the bin; none in a bin in which no device is active.
    """
    won = np.zeros(len(shares))
    for length, share in zip(lengths.T, shares.T, strict=True):
        if length.max() > 0:
            best = np.flatnonzero(length == length.max())
            won[best[np.argmax(share[best])]] += 1
    return won / max(1, shares.shape[1])


def _runs(on: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return for each entry how long the run is that it stands in, 0 outside of any."""
    ends = np.flatnonzero(np.diff(np.concatenate(([0], on.astype(np.int8), [0]))))
    found = np.zeros(len(on), dtype=np.int64)
    for begin, end in zip(ends[::2], ends[1::2], strict=True):
        found[begin:end] = end - begin
    return found


def bottleneck(
    replicas: Sequence[Replica], shares: Mapping[str, Mapping[str, float]], warm_s: float
) -> Bottleneck | None:
    """Return the bottleneck over all replications with its evidence, or None if no machine is one.

    `shares` are the mean shares of each device by state, as they are reported.
    """
    seen = [active(replica, warm_s) for replica in replicas]
    if not seen or not seen[0].devices or not seen[0].shares.shape[1]:
        return None
    devices = seen[0].devices
    moments = np.mean([momentary(one.shares, one.lengths) for one in seen], axis=0)
    means = np.mean([one.shares.mean(axis=1) for one in seen], axis=0)
    first = int(np.lexsort((means, moments))[-1])
    often = bool(moments[first] >= OFTEN)
    chosen = first if often else int(np.argmax(means))
    device = devices[chosen]
    if not often and means[chosen] < OFTEN:
        return None
    evidence = {"momentary": float(moments[chosen]), "active": float(means[chosen])}
    evidence |= {state: shares[device][state] for state in STATES if state != "idle" and state in shares[device]}
    return Bottleneck(device, "longest_active" if often else "share", evidence | _queue(replicas, device, warm_s))


def _queue(replicas: Sequence[Replica], device: str, warm_s: float) -> dict[str, float]:
    """Return the mean queue in front of a device, and by how much it grows in an hour, from first to last quarter."""
    tracks = [track for replica in replicas if (track := replica.track(f"queue.{device}")) is not None]
    if not tracks:
        return {}
    cut, end = first_bin(replicas[0].bin_s, warm_s), len(tracks[0].total)
    quarter = max(1, (end - cut) // 4)
    means = [float(np.mean([t.over(*span) or 0.0 for t in tracks])) for span in
             ((cut, end), (cut, cut + quarter), (end - quarter, end))]  # fmt: skip
    apart_h = max(1, end - cut - quarter) * replicas[0].bin_s / 3600
    return {"queue": means[0], "queue_growth": (means[2] - means[1]) / apart_h}
