"""A study as a child of the site: the same command that people type, which ends when its parent is gone.

    python -m api.studies.child study FILE --out DIR

It leads a process group of its own (its parent starts it so), and takes its workers with it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading


def main() -> None:
    """Run the command line; end the whole group when standard input closes."""
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    from api.cli import main as command_line

    command_line()


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)  # what was finished is on the disk, and goes on from there


if __name__ == "__main__":
    main()
