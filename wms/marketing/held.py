"""Which boxes a task holds: the rest of a pallet that comes to a line with them is not wanted there."""

from __future__ import annotations

import sqlalchemy as sa

from wms.desk import Desk
from wms.marketing.tables import TaskRow
from wms.marketing.task_tables import LIVE_BOX, ProposalBoxRow
from wms.rows import table

_held, _task = table(ProposalBoxRow), table(TaskRow)
_p = sa.bindparam
_of_order = sa.select(_task.c.number).where(_task.c.order == _p("of_order"), _task.c.order > 0)
_called = (
    sa.select(_held.c.box)
    .where(_held.c.task.in_(_of_order), _held.c.box == _p("box_is"), _held.c.state.in_(["called", "done"]))
    .limit(1)
)


def wants(desk: Desk, order: int, box: str) -> bool:
    """Return whether an order wants a box of a pallet that it has called; one without a task wants all of them."""
    if desk.connection.execute(_of_order, {"of_order": order}).first() is None:
        return True
    return desk.connection.execute(_called, {"of_order": order, "box_is": box}).first() is not None


def settle(desk: Desk, task: int, state: str, *, round_: int = 0) -> None:
    """Let go of what a task holds (of one proposal): as done, released or refused."""
    mine = sa.update(_held).where(_held.c.task == task, sa.text(LIVE_BOX))
    if round_:
        mine = mine.where(_held.c.round == round_)
    desk.connection.execute(mine.values(state=state))
