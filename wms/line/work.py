"""How a lot is verified on a line: by which run sheet, and what is printed on its meters."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from wcs.bench.sheet import RunSheet
from wcs.bench.steps import TakeOver
from wms.desk import Desk
from wms.errors import Refused
from wms.rows import table
from wms.schemes import sheets
from wms.stock.tables import BoxRow, LotRow, ModelRow

_box, _model, _lot = table(BoxRow), table(ModelRow), table(LotRow)
_models = sa.select(_box.c.model).where(_box.c.lot == sa.bindparam("of_lot"), _box.c.model.is_not(None)).distinct()
THREE_PHASE, LOW_VOLTAGE = "3ph", "3x100"
TRANSFORMER_A = 10  # a meter for more than that is connected directly


def work_of(desk: Desk, lot: int, *, phase: str, scheme: str = "", purpose: str = "first") -> dict[str, Any]:
    """Return what a line for `phase` must know to verify a lot: {"sheet", "lot", "kind", "stations"}.

    Raises Refused for a lot that mixes models or is of another phase, and if there is no approved scheme.
    """
    models = list(desk.connection.execute(_models, {"of_lot": lot}).scalars())
    name = str(desk.connection.execute(sa.select(_lot.c.code).where(_lot.c.number == lot)).scalar())
    if len(models) != 1:
        raise Refused("lot_mixes_models", lot=name, models=len(models))
    model = desk.connection.execute(sa.select(_model).where(_model.c.code == models[0])).one()
    if model.phase != phase:
        raise Refused("line_of_other_phase", lot=name, phase=model.phase, line_phase=phase)
    kind = kind_of(model)
    if scheme:
        number = sheets.compile_sheet(desk.session, scheme).number
    else:
        wanted = {"phase": kind["phase"], "purpose": purpose, "accuracy_class": kind["accuracy_class"]}
        number = sheets.sheet_for(desk.session, **wanted)
    return {"sheet": number, "lot": name, "kind": kind, "stations": stations_of(sheets.sheet(desk.session, number))}


def stations_of(sheet: RunSheet) -> list[str]:
    """Return the stations before the bench whose findings a sheet takes over; meters pass the others by."""
    steps = (step for case in sheet.cases for step in case.steps)
    return sorted({step.station for step in steps if isinstance(step, TakeOver)})


def kind_of(model: sa.Row[Any]) -> dict[str, str]:
    """Return what is printed on the meters of a model, as a bench must know it."""
    current, voltage = json.loads(model.currents)[0], str(json.loads(model.rated_voltages)[0])
    most = float(current.partition("(")[2].rstrip(")") or 0)
    phase = "1p2w"
    if model.phase == THREE_PHASE:
        phase = "3p3w" if voltage.startswith(LOW_VOLTAGE) and "/" not in voltage else "3p4w"
    return {
        "model": model.code, "accuracy_class": json.loads(model.accuracy_classes)[0], "phase": phase,
        "connection": "direct" if most > TRANSFORMER_A else "ct", "current_spec": current,
        "rated_voltage_v": voltage.rpartition("x")[2].partition("/")[0],
        "constant_imp_kwh": str(json.loads(model.constants)[0]),
    }  # fmt: skip
