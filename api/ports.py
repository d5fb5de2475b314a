"""Whether the ports that a process wants to listen on are free, asked before anything starts."""

from __future__ import annotations

import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from plc.plant.model import Plant


class PortTaken(RuntimeError):
    """Another program listens where we must."""


def of_plcs(plant: Plant, only: Collection[str] = ()) -> dict[str, tuple[str, int]]:
    """Return where the soft PLCs of a plant listen, by PLC; those named in `only`, or all."""
    return {name: (spec.host, spec.port) for name, spec in plant.plcs.items() if not only or name in only}


def of_benches(plant: Plant, only: Collection[str] = ()) -> dict[str, tuple[str, int]]:
    """Return where the soft benches of a plant listen, by bench; those of the PLCs named in `only`, or all."""
    found: dict[str, tuple[str, int]] = {}
    for bench in plant.benches.values():
        where = urlsplit(bench.equipment)
        if where.scheme == "tcp" and where.port and (not only or bench.plc in only):
            found[bench.id] = (where.hostname or "127.0.0.1", where.port)
    return found


def must_be_free(wanted: dict[str, tuple[str, int]]) -> None:
    """Raise PortTaken, which names everything in `wanted` (name: host, port) that cannot be listened on."""
    taken = [
        f"{name} on {host}:{port} ({why})" for name, (host, port) in wanted.items() if (why := _refused(host, port))
    ]
    if taken:
        raise PortTaken("cannot listen for " + "; ".join(taken))


def _refused(host: str, port: int) -> str:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port that has just been left is free
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return ""
