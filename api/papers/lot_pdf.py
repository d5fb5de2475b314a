"""The report of a lot as PDF: yield, failed items, the distribution of errors and the bias of positions as plots."""

from __future__ import annotations

from typing import Any

from api.papers.lot import Letterhead, LotReport
from api.papers.press import print_pdf
from api.papers.words import day, item, words
from wcs.store import instant
from wms.results.lots import LotYield, Spread
from wms.results.rules import Bias

LEAST_SWING = 0.01
"""Percent that fill a plot of biases where all are smaller."""


def lot_pdf(report: LotReport, head: Letterhead) -> bytes:
    """Return the report as PDF; one that was not approved says so."""
    said, out = words(head.language), report.out
    filled: dict[str, Any] = {
        "lang": head.language, "title": said["lot_report"], "laboratory": head.laboratory, "words": said,
        "footer": f"{said['lot_report']} · {out.lot}", "approved": report.state == "approved",
        "approval": "" if report.state == "approved" else said["not_approved"], "facts": facts(out, head),
        "items": [[item(head.language, code), str(n)] for code, n in out.items.items()],
        "benches": [
            {"name": one.bench, "percent": round(100 * one.passed / one.tested, 2),
             "text": f"{100 * one.passed / one.tested:.2f} % ({one.passed} / {one.tested})"}
            for one in out.benches
        ],
        "spreads": [_spread(one, said) for one in report.spreads],
        "biases": [_biases(bench, found, said) for bench, found in report.biases.items() if found],
    }  # fmt: skip
    return print_pdf("lot.typ", filled, dated=instant(head.epoch, out.until_ms))


def facts(out: LotYield, head: Letterhead) -> list[tuple[str, str]]:
    """Return what heads the report, by name."""
    said, epoch = words(head.language), head.epoch
    return [
        (said["lot"], out.lot), (said["period"], f"{day(epoch, out.from_ms)} ... {day(epoch, out.until_ms)}"),
        (said["meters"], f"{out.meters:,}"), (said["runs"], str(out.runs)),
        (said["passed"], f"{out.passed:,}"), (said["failed"], f"{out.failed:,}"),
        (said["yield"], f"{out.yield_percent:.2f} %"), (said["aborted"], str(out.aborted)),
        (said["first_passed"], f"{out.first_passed:,}"), (said["retest_passed"], f"{out.retest_passed:,}"),
        (said["scheme"], ", ".join(out.schemes)), (said["standard"], ", ".join(out.standards)),
        (said["tester"], ", ".join(out.testers)), (said["checker"], ", ".join(out.checkers)),
    ]  # fmt: skip


def _spread(one: Spread, said: dict[str, str]) -> dict[str, Any]:
    most = max(one.counts)
    told = (
        f"n = {one.meters:,} · {said['mean']} {one.mean_percent:+.3f} % · {said['least']} {one.least_percent:+.2f} % · "
        f"{said['most']} {one.most_percent:+.2f} % · {said['limit']} ±{one.limit_percent:g} %"
    )
    return {"point": one.point, "text": told, "shares": [count / most for count in one.counts]}


def _biases(bench: str, found: list[Bias], said: dict[str, str]) -> dict[str, Any]:
    far = max(LEAST_SWING, *(abs(one.deviation_percent) for one in found))
    suspects = ", ".join(str(one.position) for one in found if one.suspect) or said["none"]
    return {
        "name": bench, "text": f"± {far:.3f} % · {said['suspect']}: {suspects}",
        "values": [[one.deviation_percent / far, one.suspect] for one in found],
        "labels": [str(found[0].position), str(found[len(found) // 2].position), str(found[-1].position)],
    }  # fmt: skip
