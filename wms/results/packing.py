"""Whether what lies in a packed box may stay there, by what the laboratory knows of its meters."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from wms.reasons import Reason
from wms.results import views
from wms.results.rules import mixed_generations, named
from wms.standards import recall


def fault_of_content(session: Session, box: str, bar_codes: Sequence[str]) -> Reason | None:
    """Return why a box must be set aside, or None: recalled meters in it, or meters of several verifications."""
    recalled = sorted(recall.locked(session, bar_codes))
    if recalled:
        return Reason("box_recalled", {"box": box, "meters": named(recalled)})
    return mixed_generations(box, views.generations(session, bar_codes))
