"""What a bench reports of a batch: how far it is, what it says of each meter, and what is wrong with itself.

A meter that fails once is tested again in another position before it is sorted out; one that was aborted, or not
tested at all, likewise. What failed before the bench (withstand voltage, appearance) is not tested again.
What was never judged has not failed: it leaves as not verified, and so does a meter of which a station before the
bench has said nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from plc.plant.cells import CellLine
from plc.values import replace
from wcs.decision import Decision
from wcs.floor import Floor
from wcs.happenings import Dispatch, PositionAsked, RunReported
from wcs.journal import Fact
from wcs.line.bench_orders import finding, positions, stations_before
from wcs.line.rows import STOPPED, BenchMemo, BenchRun, LineMeter, lot_key
from wcs.rows import Change

TESTS, ABORTS, TRIES = 2, 2, 5
AT_ONCE = frozenset({"withstand", "appearance"})
SHOWN = ("pass", "fail", "retest", "aborted")
SUSPECTED = "position_suspected"


def reported(floor: Floor, said: RunReported, now_ms: int) -> Decision:
    """Book a part of a report once; the last part decides on every meter of the batch."""
    run = floor.runs.get(said.run)
    if run is None or run.state not in ("ordered", "running") or said.part <= run.part:
        return Decision()
    line = floor.plant.line_of[run.bench]
    done = _notices(floor, line, run, said)
    memo = next((c for c in done.changes if isinstance(c, BenchMemo)), _memo(floor, run.bench))
    done.changes = [c for c in done.changes if not isinstance(c, BenchMemo)]
    state = STOPPED if said.state == "aborted" else said.state
    done.changes.append(replace(memo, state=state))
    if said.state not in ("finished", "aborted"):
        done.changes.append(replace(run, part=said.part, state="running"))
        return done
    done.changes.append(replace(run, part=said.part, state="done", since_ms=now_ms))
    done.join(_verdicts(floor, line, run, said))
    done.follow += [Dispatch(cell) for cell in line.cells]
    return done


def position_asked(floor: Floor, asked: PositionAsked) -> Decision:
    """Somebody takes a position out of use or back into it; position 0 releases a bench that was stopped."""
    memo = _memo(floor, asked.bench)
    if asked.position == 0:
        changed = replace(memo, state="" if memo.state == STOPPED else memo.state, notice="")
        return Decision(
            [changed], [Fact("BenchReleased", asked.bench, {"by": asked.by})], follow=[Dispatch(asked.bench)]
        )
    others = set(memo.disabled) - {asked.position}
    disabled = tuple(sorted(others if asked.enabled else others | {asked.position}))
    kind = "PositionEnabled" if asked.enabled else "PositionDisabled"
    payload = {"bench": asked.bench, "position": asked.position, "by": asked.by}
    return Decision([replace(memo, disabled=disabled)], [Fact(kind, asked.bench, payload)])


def judged(meter: LineMeter, at: str, said: Mapping[str, Any] | None, *, before: Collection[str] = ()) -> LineMeter:
    """Return a meter after a run: passed, out, or to be tested again; `at` is its bench and position.

    `before` are the stations that must have found it good. Without their findings no bench can pass it, whatever it
    says, and no other one could either: it leaves as not verified.
    """
    if meter.verdict == "fail" and AT_ONCE & set(meter.failed):
        return meter
    if any(finding(meter, kind) != "pass" for kind in before):
        return replace(meter, verdict="aborted")
    tried = (*meter.tried, at)
    verdict = str(said["verdict"]) if said is not None else "not_tested"
    match verdict:
        case "pass":
            return replace(meter, verdict="pass", attempts=meter.attempts + 1, tried=tried, failed=())
        case "fail":
            failed = tuple((said or {}).get("failed", ()))
            out = meter.attempts + 1 >= TESTS or bool(AT_ONCE & set(failed))
            state = "fail" if out else "retest"
            return replace(meter, verdict=state, attempts=meter.attempts + 1, tried=tried, failed=failed)
        case _:
            aborts = meter.aborts + (verdict == "aborted")
            out = aborts >= ABORTS or len(tried) >= TRIES
            return replace(meter, verdict="aborted" if out else "retest", aborts=aborts, tried=tried)


def _verdicts(floor: Floor, line: CellLine, run: BenchRun, said: RunReported) -> Decision:
    by_code = {str(v["bar_code"]): v for v in said.verdicts}
    lot = floor.lots.get(lot_key(line.id, run.lot))
    before = stations_before(line, lot.work if lot is not None else {})
    new = {
        m.code: judged(m, f"{run.bench}:{at}", by_code.get(m.code), before=before)
        for at, m in positions(floor, line, run)
    }
    changes: list[Change] = []
    for name in run.carriers:
        carrier = floor.carriers.get(name)
        if carrier is not None:
            changes.append(replace(carrier, meters=tuple(new[m.code] for m in carrier.meters)))
    count = {verdict: sum(1 for m in new.values() if m.verdict == verdict) for verdict in SHOWN}
    payload = {"line": run.line, "bench": run.bench, "lot": run.lot, "state": said.state, "meters": len(new)} | count
    return Decision(changes, [Fact("RunFinished", run.id, payload)])


def _notices(floor: Floor, line: CellLine, run: BenchRun, said: RunReported) -> Decision:
    memo, done = _memo(floor, run.bench), Decision()
    for notice in said.notices:
        code, position = str(notice.get("code", "")), int(notice.get("position") or 0)
        payload = {"bench": run.bench, "run": run.id, "code": code, "position": position}
        done.facts.append(Fact("BenchNotice", run.bench, payload))
        memo = replace(memo, notice=code)
        if code == SUSPECTED and position and position not in memo.disabled:
            memo = replace(memo, disabled=tuple(sorted({*memo.disabled, position})))
            done.facts.append(
                Fact("PositionDisabled", run.bench, {"bench": run.bench, "position": position, "by": run.bench})
            )
    done.changes.append(memo)
    return done


def _memo(floor: Floor, bench: str) -> BenchMemo:
    return floor.benches.get(bench) or BenchMemo(bench)
