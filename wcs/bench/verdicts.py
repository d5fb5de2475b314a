"""The end of a run: what it says of each meter, and which positions look suspect."""

from __future__ import annotations

from typing import Any

from wcs.bench.batch import Batch
from wcs.bench.errors import BenchStopped
from wcs.bench.progress import FAILED_BEFORE, UNTESTED_BEFORE, Progress, Standing
from wcs.bench.records import MeterVerdict, Report, Run, Verdict
from wcs.bench.spool import Tested
from wcs.bench.workplace import Workplace

ENDS_WELL = frozenset({"", "stopped"})
"""Causes after which the bench itself is in order."""
_NOT_THE_POSITION = frozenset({FAILED_BEFORE, "address_differs", "key_unknown", "not_present"})
_WHY_UNTESTED = {"key_download": "keys_held", "withstand": "station_missing", "appearance": "station_missing"}


def verdict_of(standing: Standing, *, stopped: str = "") -> MeterVerdict:
    """Return the verdict on a meter; `stopped` is why the run ended before its last case, if it did."""
    verdict, cause = _verdict(standing, stopped)
    return MeterVerdict(
        position=standing.position, bar_code=standing.bar_code, verdict=verdict, failed=tuple(standing.failed),
        cause=cause, address_read=standing.address_read,
    )  # fmt: skip


def _verdict(standing: Standing, stopped: str) -> tuple[Verdict, str]:
    if standing.cause == FAILED_BEFORE:
        return "fail", FAILED_BEFORE
    if standing.cause == UNTESTED_BEFORE:
        return "not_tested", UNTESTED_BEFORE
    if standing.cause:
        return "aborted", standing.cause
    if stopped:
        return "not_tested", stopped
    if standing.failed:
        return "fail", ""
    if standing.untested:
        return "not_tested", _WHY_UNTESTED.get(standing.untested[0], "security_machine")
    return "pass", ""


def conclude(batch: Batch, stop: BenchStopped) -> None:
    """Report the verdicts as the last part of a run, together with the positions that are suspected now."""
    verdicts = [verdict_of(position.standing, stopped=stop.cause) for position in batch.positions.values()]
    lots = {position.place.bar_code: position.place.lot or batch.run.lot for position in batch.positions.values()}
    tested = [
        Tested(one.position, one.bar_code, lots[one.bar_code], _position_at_fault(one), one.verdict == "fail")
        for one in verdicts
        if one.verdict in ("pass", "fail") or one.cause in ("over_temperature", "bad_wiring", "channel_lost")
    ]
    notices = _suspected(batch, tested)
    if stop.cause:
        notices.append({"code": "run_stopped", "cause": stop.cause, "detail": stop.detail[:200]})
    batch.progress.ended = True
    state = "finished" if stop.cause in ENDS_WELL else "aborted"
    batch.say(state, verdicts=tuple(verdicts), notices=notices, tested=tested)


def _position_at_fault(one: MeterVerdict) -> bool:
    """Return whether a bad press or a bad contact may be behind a verdict."""
    return one.verdict in ("fail", "aborted") and one.cause not in _NOT_THE_POSITION


def _suspected(batch: Batch, tested: list[Tested]) -> list[dict[str, Any]]:
    """Return a notice for each position at which several different meters failed one after another."""
    least = batch.sheet.guard.position_fails
    notices: list[dict[str, Any]] = []
    for one in tested:
        if not one.bad:
            continue
        meters = batch.spool.bad_in_row(one.position, least) | {one.bar_code}
        if len(meters) >= least:
            notices.append({"code": "position_suspected", "position": one.position, "meters": len(meters)})
    return notices


def refuse(run: Run, progress: Progress, place: Workplace, detail: str) -> None:
    """End a run whose meters the rules of its sheet do not know, without touching them."""
    progress.part, progress.state, progress.ended = progress.part + 1, "aborted", True
    report = Report(
        run=run.id, bench=run.bench, part=progress.part, state="aborted", at_ms=place.clock.now_ms(),
        verdicts=tuple(verdict_of(one, stopped="rules_unknown") for one in progress.standings.values()),
        notices=({"code": "run_stopped", "cause": "rules_unknown", "detail": detail[:200]},),
    )  # fmt: skip
    place.spool.save(progress, report)
    place.tell(report)
