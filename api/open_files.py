"""Room for open files: a bench has a serial line for each position, and many systems start with 1,024 files."""

from __future__ import annotations

import resource

OF_A_SERIAL, OF_A_PTY, OF_THE_REST = 5, 2, 200
"""Files of a line that is opened by pyserial, of one that is offered as a pty, and of everything else."""


class TooFewFiles(RuntimeError):
    """The system lets this process open too few files; the text says how many it needs."""


def make_room(lines: int, each: int) -> None:
    """Let this process open as many files as `lines` lines of `each` files need; raises TooFewFiles."""
    wanted = lines * each + OF_THE_REST
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise TooFewFiles(f"{lines} serial lines need {wanted} open files, the limit is {hard}: raise `ulimit -Hn`")
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
