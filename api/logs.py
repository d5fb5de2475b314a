"""What the processes write to their logs: our own words in full, a library's only where it matters."""

from __future__ import annotations

import logging

QUIET = ("asyncua", "snap7", "s7")  # links report what happens on their wires themselves


def set_up() -> None:
    """Write warnings and worse to standard error, with the time and the module."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
