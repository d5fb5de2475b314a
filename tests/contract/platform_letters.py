"""A letter of every kind that a platform is told, and a question of every kind that it is asked."""

from __future__ import annotations

from typing import Any

from wms.marketing.platform import asking
from wms.marketing.platform.codebook import book_of
from wms.marketing.platform.items import BUILDERS
from wms.marketing.platform.site import Site
from wms.stock.barcodes import check_digit
from wms.stock.code_tables import rows_from_files

BOOK = book_of("gen2", rows_from_files("gen2"))
SITE = Site(sys_no="4501", org_no="33401")
AT_MS = 1_700_000_000_000


def bar_code(number: int) -> str:
    digits = f"3330001{number:014d}"
    return digits + check_digit(digits)


METERS = [bar_code(number) for number in range(1, 16)]
POINT: dict[str, Any] = {
    "point": "0.05Imax 0.5L all", "verdict": "pass", "raw": ["0.1", "0.2"], "readings": ["0.11", "0.21"],
    "value": "0.160000000", "rounded": "+0.2", "limit": "2.0", "unit": "%", "clause": "6.4", "cause": "",
    "at_ms": AT_MS,
}  # fmt: skip
TESTED: dict[str, Any] = {
    "bar_code": METERS[0], "verdict": "fail", "failed": ["creep"], "bench": "L1-B1", "position": 60, "test_no": 1,
    "attempt": 1, "tester": "li.na", "checker": "wang.wu", "standard": "S1", "certificate": "MS0000000001",
    "temperature_c": "23.1", "humidity_percent": "55", "at_ms": AT_MS,
    "items": [{"item": item, "verdict": "pass", "points": [POINT]} for item in sorted(BUILDERS)],
}  # fmt: skip
RESULT = {"task": "T1", "lot": "LOT-1", "meters": [TESTED]}
BOX = {"task": "T1", "lot": "LOT-1", "box": "BX1", "at_ms": AT_MS}
LETTERS: dict[str, dict[str, Any]] = {
    "test_result": RESULT,
    "conclusion": RESULT,
    "late_result": RESULT | {"late": True, "of": "conclusion"},
    "withstand": {
        "task": "T1", "cell": "L1-WV1", "meters": [{"bar_code": METERS[0], "verdict": "pass", "at_ms": AT_MS}]
    },
    "box_packed": BOX | {"verdict": "pass", "bars": METERS, "packed_ms": AT_MS},
    "box_checked": BOX | {"ok": False, "why": "box_differs"},
    "meters_checked": BOX | {"ok": True, "why": "", "bars": METERS},
    "pile_stored": {
        "task": "T1", "boxes": [f"BX{n}" for n in range(20)], "pallet": "PL1", "pile": 2, "place": "A1-L-03-04",
        "at_ms": AT_MS,
    },
    "seals_used": {"task": "T1", "seals": [{"bar_code": METERS[0], "seal": "F1", "position": "3", "at_ms": AT_MS}]},
    "seal_voided": {
        "task": "T1",
        "seals": [
            {"bar_code": METERS[0], "seal": "F1", "reason": "task_cancelled", "void": True, "sealed_ms": AT_MS,
             "at_ms": AT_MS + 1000, "known": False},
        ],
    },
    "paper_voided": {
        "task": "T1",
        "meters": [
            {"bar_code": METERS[0], "number": "MS0000000001", "kind": "certificate", "reason": "task_cancelled",
             "at_ms": AT_MS, "known": False},
        ],
    },
    "stock_request": {"task": "T1", "request": "R1", "piles": 3, "place": ""},
    "empties_request": {"task": "T1", "request": "R2", "piles": 1, "place": "", "box_type": "meter_1ph"},
    "task_finished": {"task": "T1", "lot": "LOT-1", "flag": "01", "counts": {"passed": 1}},
    "proposal": {
        "task": "T1", "lot": "LOT-1", "round": 1, "meters": 15,
        "boxes": [{"box": "BX1", "pallet": "PL1", "pile": 1, "meters": 15}],
    },
    "stage_counts": {"task": "T1", "counts": {"stock": 60, "line": 15}},
    "count_result": {
        "task": "C1", "meters": 15, "rows": [{"model": "DDZY2026", "state": "qualified", "meters": 15, "boxes": 1}]
    },
}  # fmt: skip
QUERIES = [
    asking.task_by_meter(METERS[0], SITE), asking.scheme("17"), asking.stock("T1", 0, SITE),
    asking.meters("meter", BOOK, bar_codes=METERS), asking.codes(0, SITE, BOOK, names=["inOutWhReason"]),
    asking.chips("T1", [{"bar_code": METERS[0], "kind": "01", "module": "54", "chip": "C1", "written_ms": "0"}], SITE),
    asking.destinations("T1", 40, site=SITE, book=BOOK),
]  # fmt: skip
