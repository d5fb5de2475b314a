"""The processes of a demo by name: started, found dead, killed, ended; what each says goes to a log of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

STOP_S = 10.0
SHOWN = 400


@dataclass(slots=True)
class Children:
    """Processes that end when we do: they see it by their standard input. Logs are in the folder `logs`."""

    logs: Path
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, "subprocess.Popen[bytes]"])

    def start(self, name: str, words: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a command of this software, in place of a process of that name that has ended."""
        self._let_go(name)
        self.logs.mkdir(exist_ok=True)
        with (self.logs / log_of(name)).open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-P", "-m", "api.cli", *words], env=dict(environment), stdin=subprocess.PIPE,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def dead(self) -> list[str]:
        """Return which have ended."""
        return [name for name, child in self._running.items() if child.poll() is not None]

    def pid(self, name: str) -> int:
        """Return the number of a process."""
        return self._running[name].pid

    def kill(self, name: str) -> None:
        """End a process as nobody should."""
        self._running[name].kill()
        self._running[name].wait()

    def stop(self) -> None:
        """End all, politely first."""
        for child in self._running.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for name, child in self._running.items():
            try:
                child.wait(timeout=STOP_S)
            except subprocess.TimeoutExpired:
                self.kill(name)
            self._let_go(name)
        self._running.clear()

    def last_words(self, name: str) -> str:
        """Return the end of what a process has said."""
        said = (self.logs / log_of(name)).read_text(encoding="utf-8", errors="replace")
        return said.strip()[-SHOWN:]

    def _let_go(self, name: str) -> None:
        child = self._running.get(name)
        if child is not None and child.stdin is not None:
            child.stdin.close()


def log_of(name: str) -> str:
    """Return the name of the file that a process says things in.

    >>> log_of("bench BN1 BN2")
    'bench-BN1-BN2.log'
    """
    return f"{name.replace(' ', '-')}.log"
