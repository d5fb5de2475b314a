"""The marketing side of a demo: a stand-in platform in a process of its own, what it asks for, and how it is entered.

It asks for one verification task for each lot. Of the smallest lot that can be divided it wants one pallet first, says
no to the one that it is offered, takes another, and asks for the rest of the lot when that is finished.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
import yaml
from sqlalchemy.orm import Session

from api.marketing import office
from api.security import accounts
from api.security.roles import Role
from api.texts import text
from plc.plant.cells import CellLine
from plc.plant.model import Plant
from wms.marketing.platform.site import site_of
from wms.rows import table, upsert
from wms.stock.tables import BoxRow, CodeRow, LotRow

NAME, PROCESS = "platform", "link stand-in"
FILE, STORE, PLAN = "marketing.yaml", "platform.db", "tasks.json"
SITE = {"sys_no": "4501", "org_no": "33401"}
TIMEOUT_S, LATE_S = 0.5, 0.6  # of wall time: a demo does not wait long for an answer
MANNERS = {"lost": 0.05, "doubled": 0.05, "late": 0.02, "wrong": 0.02}
FIRST, SHORT, SHORT_CODE = "03", "demo", "99"
_box, _lot = table(BoxRow), table(LotRow)


@dataclass(frozen=True, slots=True)
class Asked:
    """A lot as marketing asks for it: its model, and the meters of each of its pallets."""

    lot: str
    model: str
    pallets: tuple[int, ...]

    @property
    def meters(self) -> int:
        """All meters of the lot."""
        return sum(self.pallets)

    @property
    def can_be_divided(self) -> bool:
        """Whether one pallet is as good as another, but for the last, and there are enough to say no to one."""
        return len(self.pallets) > 2 and len(set(self.pallets[:-1])) == 1  # noqa: PLR2004


@dataclass(slots=True)
class Counterpart:
    """The stand-in of one demo in `folder`; it listens on `port`, the site on `site_port`."""

    plant: Plant
    folder: Path
    port: int
    site_port: int
    purpose: str
    key: str = field(init=False, repr=False, default="")

    @property
    def store(self) -> Path:
        """The file in which the stand-in keeps what it has heard."""
        return self.folder / STORE

    def enter(self, session: Session, at_ms: int) -> None:
        """Enter the stand-in as whom the site writes to, before anything happens that it must hear of."""
        self.key = accounts.add_key(session, NAME, Role.MACHINE)
        if self.purpose == SHORT:
            row = {"name": "gen2.task_category", "code": SHORT_CODE, "role": SHORT}
            upsert(session, CodeRow, [row | _words()])
        (self.folder / FILE).write_text(yaml.safe_dump(self._receivers(), allow_unicode=True), encoding="utf-8")
        office.enter(session, self.folder / FILE, at_ms=at_ms)

    def plan(self, session: Session) -> None:
        """Write down what the stand-in asks for, once."""
        file = self.folder / PLAN
        if not file.exists():
            file.write_text(json.dumps(self._tasks(_lots(session)), ensure_ascii=False, indent=1), encoding="utf-8")

    def arguments(self) -> list[str]:
        """Return the words of the stand-in's command behind its name."""
        manners = [word for name, share in MANNERS.items() for word in (f"--{name}", f"{share}")]
        where = [str(self.store), "--port", str(self.port), "--site", f"http://127.0.0.1:{self.site_port}"]
        return [*where, "--plan", str(self.folder / PLAN), "--late-s", f"{LATE_S}", *manners]

    def environment(self, kind: str) -> dict[str, str]:
        """Return what a process of the demo must know of it; the key is told to the stand-in alone."""
        return (
            {"METROSTACK_SITE_KEY": self.key} if kind == PROCESS else {"METROSTACK_MARKETING": f"{self.folder / FILE}"}
        )

    def _receivers(self) -> Mapping[str, object]:
        gates = any(isinstance(line, CellLine) for line in self.plant.lines.values())
        entry = {
            "profile": "platform", "url": f"http://127.0.0.1:{self.port}/restful/sxyk/detectService",
            "timeout_s": TIMEOUT_S, "gates": gates, "options": SITE | {"approval": True},
        }  # fmt: skip
        short = {"source": SHORT, "kind": "verify", "purpose": SHORT, "states": ["received"]} | _words()
        return {"site": "DEMO", "receivers": {NAME: entry}} | ({"sources": [short]} if self.purpose == SHORT else {})

    def _tasks(self, lots: Sequence[Asked]) -> list[dict[str, object]]:
        """Return the plan: every lot whole, but the smallest that can be divided in two tasks."""
        divided = min((one for one in lots if one.can_be_divided), key=lambda one: one.meters, default=None)
        plan: list[dict[str, object]] = []
        for lot in lots:
            number = f"VT{len(plan) + 1:04}"
            if lot is not divided:
                plan.append({"task": self._task(number, lot, lot.meters)})
                continue
            first, rest = lot.pallets[0], f"VT{len(plan) + 2:04}"
            plan.append({"task": self._task(number, lot, first), "choosy": True})
            plan.append({"task": self._task(rest, lot, lot.meters - first), "after": number})
        return plan

    def _task(self, number: str, lot: Asked, meters: int) -> dict[str, str]:
        return {
            "sysNo": SITE["sys_no"], "taskNo": number, "arrBatchNo": lot.lot, "devCls": "01",
            "taskCateg": SHORT_CODE if self.purpose == SHORT else FIRST, "taskPri": "1", "taskStatus": "00",
            "taskIssuTime": site_of(SITE | {"epoch": self.plant.epoch}).stamp(0), "autoSealFlag": "1", "testMode": "01",
            "devNum": str(meters), "tPileNum": "1", "equipCodeNew": lot.model, "veriDevStat": "01", "trialSchId": "1",
        }  # fmt: skip


def _words() -> dict[str, str]:
    """Return what the demo's own kind of task is called."""
    return {language: text(language, f"purpose.{SHORT}") for language in ("zh", "en")}


def _lots(session: Session) -> list[Asked]:
    """Return every lot that is announced, with its pallets."""
    query = sa.select(_lot.c.code, _box.c.model, sa.func.sum(_box.c.meters)).join(_box, _box.c.lot == _lot.c.number)
    query = query.where(_box.c.pallet.is_not(None)).group_by(_lot.c.code, _box.c.model, _box.c.pallet)
    found: dict[tuple[str, str], list[int]] = {}
    for lot, model, meters in session.connection().execute(query.order_by(_lot.c.code, _box.c.pallet)):
        found.setdefault((lot, model), []).append(int(meters))
    return [Asked(lot, model, tuple(pallets)) for (lot, model), pallets in found.items()]
