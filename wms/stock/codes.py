"""Code tables and models: data that a site may change, read from YAML files and kept in tables."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy.orm import Session

from wms.rows import table, upsert
from wms.stock.code_tables import load_marketing_codes
from wms.stock.load import Model
from wms.stock.tables import CodeRow, ModelRow

CODE_TABLES = ("asset_state", "asset_type")
_code, _model = table(CodeRow), table(ModelRow)
LISTS = {
    "phase": "phase", "accuracy_class": "accuracy_classes", "rated_voltage_v": "rated_voltages",
    "current_a": "currents", "constant_imp_kwh": "constants",
}  # fmt: skip


def load_codes(session: Session) -> None:
    """Bring the code tables and models of the installation into the database; codes of the site stay."""
    rows = [{"name": name, **entry} for name in CODE_TABLES for entry in _read(name)]
    upsert(session, CodeRow, rows)
    load_marketing_codes(session)
    upsert(session, ModelRow, models_from_file())


@lru_cache(maxsize=1)
def models_from_file() -> list[dict[str, Any]]:
    """Return the models that come with the software, as rows; lists are JSON."""
    rows = _read("models")
    return [{name: json.dumps(v) if isinstance(v, list) else v for name, v in row.items()} for row in rows]


def models(session: Session) -> dict[str, Model]:
    """Return every model by its code."""
    rows = session.connection().execute(sa.select(_model).order_by(_model.c.code)).mappings()
    return {row["code"]: model_from(dict(row)) for row in rows}


def model_from(row: dict[str, Any]) -> Model:
    """Return a model from its row."""
    allowed = {
        column: frozenset([row[name]] if name == "phase" else json.loads(row[name])) for column, name in LISTS.items()
    }
    packing = (row["per_box"], row["boxes_per_pile"], row["piles_per_pallet"], row["box_height_mm"])
    return Model(row["code"], row["asset_class"], *packing, allowed)


def roles(session: Session, name: str) -> dict[str, str]:
    """Return code -> role of a code table."""
    query = sa.select(_code.c.code, _code.c.role).where(_code.c.name == name).order_by(_code.c.code)
    return {code: role for code, role in session.connection().execute(query)}


def roles_from_file(name: str) -> dict[str, str]:
    """Return code -> role of a code table as the software brings it along."""
    return {entry["code"]: entry["role"] for entry in _read(name)}


def _read(name: str) -> list[dict[str, Any]]:
    text = files("wms").joinpath("codes", f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)
