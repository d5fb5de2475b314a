from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from api.texts import LANGUAGES, catalogue, text
from plc.codes import FaultCode, PackML
from plc.plant.kinds import DeviceKind, FaultKind, Reaction
from tests.faces import ROOT
from wcs.faults import CellFault
from wcs.life import OrderState
from wcs.line.settling import Way
from wcs.orders import OrderKind
from wms.inbound.tables import STATES
from wms.outbound.tables import KINDS, ORDER_STATES
from wms.stock.tables import ROLES, WHEREABOUTS

QUOTING = ("metrology",)  # clauses go by the names that their standards give them
CJK = re.compile(r"[\u4e00-\u9fff]")
READERS = ("load.py", "rules.py", "sheet.py", "service.py", "booking.py")
SOURCES = [
    (r'Reason(?:\.of)?\(\s*"(\w+)"', "reason"),
    (r'Why\(\s*code="(\w+)"', "reason"),
    (r'\b(?:Refused|OutOfStep|UnknownOrder|UnknownPlace|WrongKey|TimeRanBack)\(\s*"(\w+)"', "problem"),
    (r'Problem\(\s*[345]\d\d, "(\w+)"', "problem"),
    (r'Problem\([^"()]*"[^"]*", (?:"[^"]*", )*"(\w+)"', "intake"),
    (r'\.problem\([^)]*?"(\w+)"(?:, box=[^)]*|, params=[^)]*)?\)', "intake"),
    (r'LinkLost\("(\w+)"', "link"),
]


def placeholders(pattern: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    en, zh = (catalogue(language) for language in LANGUAGES)
    assert en.keys() == zh.keys()
    assert {key for key in en if placeholders(en[key]) != placeholders(zh[key])} == set()
    assert list(en) == sorted(en)


def test_a_text_is_filled_and_a_missing_value_is_seen() -> None:
    assert text("en", "reason.place_full", {"place": "LI"}) == "LI is full"
    assert text("zh", "reason.place_full") == "{place} 已满"
    assert text("en", "no.such.key") == "no.such.key"


@pytest.mark.parametrize(("pattern", "prefix"), SOURCES)
def test_every_code_that_the_software_says_has_its_text(pattern: str, prefix: str) -> None:
    said = {
        (code, path.name)
        for path in python_files("wms", "wcs", "plc", "api")
        for code in re.findall(pattern, path.read_text(encoding="utf-8"))
    }
    known = catalogue("en")
    if prefix == "intake":
        said = {(code, name) for code, name in said if name in READERS}
    assert {(code, name) for code, name in said if f"{prefix}.{code}" not in known} == set()


@pytest.mark.parametrize(
    ("prefix", "codes"),
    [
        ("kind", list(DeviceKind)), ("fault", [*FaultKind, *CellFault]), ("way", get_args(Way)),
        ("reaction", list(Reaction)), ("state", list(PackML)),
        ("fault_code", [code for code in FaultCode if code]), ("fault_hint", [code for code in FaultCode if code]),
        ("transport_state", list(OrderState)), ("transport_kind", list(OrderKind)), ("order_kind", KINDS),
        ("order_state", ORDER_STATES), ("delivery_state", STATES), ("role", ROLES), ("whereabouts", WHEREABOUTS),
    ],
)  # fmt: skip
def test_every_word_of_a_list_has_its_text(prefix: str, codes: list[str | int]) -> None:
    known = catalogue("en")
    words = [code.value if hasattr(code, "value") else code for code in codes]
    assert [word for word in words if f"{prefix}.{word}" not in known] == []


def spoken(path: Path) -> str:
    """Return the strings of a Python file that a program says; a docstring may give the field's own word."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told)
    return "\n".join(node.value for node in texts if isinstance(node.value, str))


def test_no_chinese_stands_in_code() -> None:
    sources = [path for path in python_files("api", "wms", "wcs", "plc") if path.parent.name not in QUOTING]
    said = {path.name for path in sources if CJK.search(spoken(path))}
    shown = (ROOT / "api" / "console" / "src").rglob("*.ts*")
    assert said | {path.name for path in shown if CJK.search(path.read_text(encoding="utf-8"))} == set()


def test_every_key_that_the_console_names_exists() -> None:
    known, named = catalogue("en"), set[str]()
    for path in (ROOT / "api" / "console" / "src").rglob("*.tsx"):
        named |= set(re.findall(r'\bt\(\s*"([\w.]+)"', path.read_text(encoding="utf-8")))
    assert named and named - known.keys() == set()
