"""The keeper of the log of letters: once a day it puts the text of long letters that are over into a file.

`letters.jsonl.gz` in the data folder gets one JSON line for each; it is on disk before the log lets go of the text, so
that a kill between leaves a letter in both. Reading: `zcat letters.jsonl.gz | grep KEY`.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.context import Context
from wms.desk import Desk
from wms.marketing import keeping

FILE = "letters.jsonl.gz"
FIRST_S, EACH_S = 60.0, 86_400.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps the text of a letter for `keep_days` of plant time after it is over, until it is cancelled."""

    context: Context
    keep_days: int

    async def run(self) -> None:
        """Put away what is due, for ever."""
        pause_s = FIRST_S
        while True:
            await asyncio.sleep(pause_s)
            pause_s = EACH_S
            try:
                count = await asyncio.to_thread(self.sweep)
                log.info("%s letters put away", count)
            except Exception:  # a full disk must end nothing; what was not put away is still there tomorrow
                log.exception("letters could not be put away")

    def sweep(self) -> int:
        """Put away all that is due now, and return how many letters that were."""
        before_ms, after, count = self.context.now_ms() - self.keep_days * keeping.DAY_MS, 0, 0
        while True:
            with self.context.reading() as session:
                rows = keeping.to_put_away(session, before_ms=before_ms, after=after)
            if not rows:
                return count
            write(self.context.settings.data_dir / FILE, rows)
            numbers = [int(row["number"]) for row in rows]
            with self.context.session() as session:
                desk = Desk(session, self.context.now_ms())
                count += keeping.put_away(desk, numbers)
                desk.close()
                session.commit()
            after = numbers[-1]


def write(file: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Append letters to a file, and return when they are on disk."""
    lines = [json.dumps(row | {"body": json.loads(row["body"])}, ensure_ascii=False) + "\n" for row in rows]
    with file.open("ab") as handle:
        handle.write(gzip.compress("".join(lines).encode()))
        handle.flush()
        os.fsync(handle.fileno())
