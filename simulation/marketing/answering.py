"""What the stand-in answers to questions: tasks, what is given out of stock, schemes, meters, codes. From its archive.

Pages count from 0; a page behind the last is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulation.marketing.hearing import Unheard, must
from simulation.marketing.records import Records, Word

Body = Mapping[str, Any]
Answer = dict[str, Any]
MOST_CODES, MOST_ROWS = 5_000, 2_000
TAKEN: Answer = {"resultFlag": "1", "errorInfo": ""}


def task(records: Records, body: Body) -> Answer:
    """Return the task that a meter is to be verified for (function 2), the newest that names it."""
    code = must(body, "barCode")[0]
    found = records.rows(
        "SELECT task FROM word WHERE what = 'given' AND subject = ? ORDER BY number DESC LIMIT 1", code
    )
    if not found:
        raise Unheard(f"barCode {code} is in no task")
    return TAKEN | {"veriTask": records.filed("task", str(found[0][0]))}


def stock(records: Records, body: Body) -> Answer:
    """Return a page of what is given out of stock for a task."""
    of_task = must(body, "taskNo")[0]
    head = records.filed("task", of_task)
    if head is None:
        raise Unheard(f"taskNo {of_task} is unknown")
    rows = records.rows("SELECT subject, value FROM word WHERE what = 'given' AND task = ? ORDER BY number", of_task)
    return TAKEN | {
        "inOutWhDtl": [
            {
                "taskNo": of_task, "ioTaskNo": f"{of_task}-1", "devCls": head["devCls"], "barCode": str(code),
                "arrBatchNo": head["arrBatchNo"], "pileNo": "", "boxBarCode": str(box),
            }
            for code, box in page(rows, body, str(body.get("pageSize") or MOST_ROWS))
        ]
    }  # fmt: skip


def destinations(records: Records, body: Body) -> Answer:
    """Return destination codes for boxes of a task (function 3), each given once."""
    of_task, count = must(body, "taskNo", "codeNum")
    if not count.isdigit() or int(count) > MOST_CODES:
        raise Unheard(f"codeNum {count} is no number up to {MOST_CODES}")
    given = int(records.filed("destinations", of_task) or 0)
    records.file("destinations", of_task, given + int(count))
    return TAKEN | {"storeLocCodes": [f"{of_task}-D{given + n:05}" for n in range(1, int(count) + 1)]}


def scheme(records: Records, body: Body) -> Answer:
    """Return a test scheme as it was filed."""
    number = str(body.get("trialSchId") or body.get("resultFlag") or "")
    return TAKEN | _must_be_filed(records, "scheme", number)


def meters(records: Records, body: Body) -> Answer:
    """Return the parameters of meters (function 1): by bar codes, or of a lot."""
    wanted = [code for code in str(body.get("barCodes") or "").split(",") if code]
    filed = records.all_filed("meter")
    lot = str(body.get("arrBatchNo") or "")
    codes = wanted or [code for code, one in filed.items() if lot and one.get("arrBatchNo") == lot]
    if unknown := [code for code in codes if code not in filed]:
        raise Unheard(f"barCode {unknown[0]} is unknown")
    return TAKEN | {"devCls": must(body, "devCls")[0], "meterDet": [filed[code] for code in codes]}


def codes(records: Records, body: Body) -> Answer:
    """Return a page of code tables, all or those that are named."""
    named = {name for name in str(body.get("code") or "").split(",") if name}
    rows = [row for name, table in records.all_filed("codes").items() if not named or name in named for row in table]
    return TAKEN | {"stdCodeList": page(rows, body, str(MOST_ROWS))}


def certificates(records: Records, body: Body) -> Answer:
    """Return whether chips are legal: those filed as `forged` are not."""
    rows: Sequence[Body] = body.get("hplcInfo") or ()
    return TAKEN | {
        "certList": [
            {
                "barCode": one["barCode"], "isLegal": "0" if records.filed("forged", str(one["hplcID"])) else "1",
                "certDate": one["writeDate"],
            }
            for one in rows
        ]
    }  # fmt: skip


def page(rows: Sequence[Any], body: Body, size: str) -> list[Any]:
    """Return the rows of the page that is asked for."""
    number = str(body.get("pageNo") or "0")
    if not number.isdigit() or not size.isdigit():
        raise Unheard("pageNo is no number")
    most = min(int(size), MOST_ROWS)
    return list(rows[int(number) * most : (int(number) + 1) * most])


def given(task_no: str, boxes: Mapping[str, Sequence[str]]) -> list[Word]:
    """Return that boxes with their meters belong to a task."""
    return [Word("given", task_no, code, box) for box, inside in boxes.items() for code in inside]


def _must_be_filed(records: Records, kind: str, name: str) -> Answer:
    found = records.filed(kind, name)
    if found is None:
        raise Unheard(f"{kind} {name} is unknown")
    return found


ANSWERS: dict[str, Callable[[Records, Body], Answer]] = {
    "getVeriTask": task, "getEquipDET": stock, "getDestinationCodes": destinations, "getVeriSchInfo": scheme,
    "getEquipParam": meters, "getStdCodes": codes, "getLegalCertRslt": certificates,
}  # fmt: skip
"""How each question is answered; answers are not kept, so that a question asked again sees what is new."""
