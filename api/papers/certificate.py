"""A certificate, or a notice of result that names the items that failed, as PDF in one language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from api.papers.lot import Letterhead
from api.papers.press import print_pdf
from api.papers.words import day, item, last_day, verdict, words
from api.texts import text
from wcs.store import instant
from wms.results.certificate import PaperContent

COLUMNS = ("item", "point", "result", "limit", "verdict", "clause")
Rows = list[tuple[str, str]]


def certificate(content: PaperContent, head: Letterhead) -> bytes:
    """Return the paper as PDF; one that is void says so, with when, by whom and why."""
    language, epoch = head.language, head.epoch
    said = words(language)
    filled: dict[str, Any] = {
        "lang": language, "title": said[content.paper.kind], "number": content.paper.number, "words": said,
        "footer": f"{content.paper.number} · {content.paper.bar_code}", "laboratory": head.laboratory,
        "passed": content.verdict == "pass", "conclusion": _conclusion(content, language),
        "void": _void(content, language, epoch), "meter": _meter(content, said),
        "trace": _trace(content, language, epoch), "tester": content.tester, "checker": content.checker,
        "columns": [said[name] for name in COLUMNS], "points": _points(content, language),
    }  # fmt: skip
    return print_pdf("certificate.typ", filled, dated=instant(epoch, content.paper.issued_ms))


def _conclusion(content: PaperContent, language: str) -> str:
    failed = ", ".join(item(language, code) for code in content.failed)
    key = "paper.conforms" if content.verdict == "pass" else "paper.does_not_conform"
    told = text(language, key, {"rules": content.rules, "items": failed})
    return f"{verdict(language, content.verdict)}: {told}"


def _void(content: PaperContent, language: str, epoch: datetime) -> str:
    paper = content.paper
    if paper.state != "void":
        return ""
    key = f"void_reason.{paper.void_reason}"
    reason = text(language, key)
    told = paper.void_reason if reason == key else reason
    return text(language, "paper.void_text", {"date": day(epoch, paper.void_ms), "by": paper.void_by, "reason": told})


def _meter(content: PaperContent, said: dict[str, str]) -> Rows:
    kind = content.kind
    return [
        (said["bar_code"], content.paper.bar_code), (said["model"], kind.model),
        (said["accuracy_class"], kind.accuracy_class), (said["voltage"], f"{kind.rated_voltage_v} V"),
        (said["current"], f"{kind.current_spec} A"), (said["constant"], f"{kind.constant_imp_kwh} imp/kWh"),
        (said["phase"], f"{kind.phase}, {kind.connection}"), (said["lot"], content.lot),
    ]  # fmt: skip


def _trace(content: PaperContent, language: str, epoch: datetime) -> Rows:
    said, paper = words(language), content.paper
    until = last_day(epoch, content.tested_ms, years=paper.valid_years) if paper.valid_years else said["none"]
    seals = ", ".join(one.seal for one in content.seals) or said["none"]
    return [
        (said["verified_on"], day(epoch, content.tested_ms)), (said["valid_until"], until),
        (said["scheme"], f"{content.scheme} v{content.version}, {content.rules}"),
        (said["bench"], f"{content.bench} / {content.position}"),
        (said["standard"], _standard(content, language, epoch)),
        (said["environment"], f"{content.temperature_c} °C, {content.humidity_percent} %"),
        (said["seals"], seals), (said["nth"], f"{content.nth} ({content.run})"),
    ]  # fmt: skip


def _standard(content: PaperContent, language: str, epoch: datetime) -> str:
    held = content.standard_certificate
    if held is None:
        return content.standard
    params = {"code": content.standard, "certificate": held.certificate, "issuer": held.issued_by}
    return text(language, "paper.standard_text", {**params, "until": day(epoch, held.valid_until_ms - 1)})


def _points(content: PaperContent, language: str) -> list[dict[str, Any]]:
    return [
        {
            "failed": one.verdict == "fail",
            "cells": [
                item(language, one.item), one.point, f"{one.result} {one.unit}".strip(),
                f"{one.limit} {one.unit}".strip() if one.limit else "", verdict(language, one.verdict), one.clause,
            ],
        }
        for one in content.points
    ]  # fmt: skip
