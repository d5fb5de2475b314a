"""The loader: everything that is wrong with a file, at once, where it stands, with what would do."""

from __future__ import annotations

from pathlib import Path

import pytest

from plc.plant.load import check, load
from plc.plant.model import Plant
from plc.plant.problems import PlantError, Problem

DEMO = Path(__file__).parents[4] / "plants" / "turnkey.yaml"

MISTAKES = [  # what stands in the demo plant, what a hurried engineer wrote, path, a word of the message, of the remedy
    ("poll_ms: 50\n  PLC2", "poll_ms: often\n  PLC2", "plcs.PLC1.poll_ms", "integer", "whole number"),
    ("sta_db: 101", "sta_db: 100", "plcs.PLC2.sta_db", "taken by plcs.PLC2.cmd_db", "another"),
    ("GI: { number: 1,", "GI: { numbr: 1,", "points.GI.numbr", "nobody knows", "`number`"),
    ("GI: { number: 1,", "", "points.GI", "`number` is missing", "add `number"),
    ("D2: { number: 42", "D2: { number: 41", "points.D2.number", "taken by points.D1.number", "another"),
    ("LO: { number: 32, x_m: 6", "LO: { number: 32, x_m: .inf", "points.LO.x_m", "finite", "number"),
    ("A1O-L4: { length_m: 4.2", "A1O-L4: { length_m: -4.2", "segments.A1O-L4.length_m", "greater", "more than 0"),
    ("L2-L3: { length_m: 5.0", "L2-L3: { length_m: 2.0", "segments.L2-L3.capacity", "no room", "at most 1"),
    ("capacity: 4, plc: PLC1", "capacity: 4, plc: PLC3", "segments.L2-CL.plc", "no `PLC3`", "`PLC"),
    ("L3-A1I:", "L3-A9I:", "segments.L3-A9I", "no `A9I`", "`A2I`"),
    ("PLC2, index: 4 }", "PLC2, index: 3 }", "segments.A2O-L5.index", "taken by segments.L4-A2I", "another"),
    ("    capacity: 12", "    capacity: 16", "zones.LOOP.capacity", "without a gap", "at most"),
    ("crane: SC2", "crane: SC1", "aisles.A2.crane", "taken by aisles.A1.crane", "another"),
    ("from_level: 9", "from_level: 8", "aisles.A1.height_classes", "level 8", "once"),
    ("fork_s: 9.0", "fork: 9.0", "cranes.SC1.fork", "nobody knows", "`fork_s`"),
    ("kind: picking", "kind: packing", "stations.PK1", "no such `kind`", "'picking'"),
    ("    max_weight_kg: 1000 # h", "    max_weight_kg: 1200 # h", "stations.GI1.max_weight_kg", "no rack", "1000"),
    ("DK2: { point: D2", "DK2: { point: D1", "docks.DK2.point", "taken by docks.DK1", "another"),
    ("127.0.0.1:24003", "127.0.0.1:24002", "scanners.SCN3.port", "taken by scanners.SCN2", "another"),
    ("slot_occupied: other_slot", "slot_occupied: clarify", "reactions.slot_occupied", "does not fit", "other_slot"),
    ("link_lost: resync", "link_lost: panic", "reactions.link_lost", "should be", "'resync'"),
    ("epoch: 2026-01-01T00:00:00Z", "epoch: 2026-01-01T00:00:00", "epoch", "timezone", "00Z"),
]  # fmt: skip


def wrong(text: str) -> tuple[Problem, ...]:
    plant = check(text)
    assert not isinstance(plant, Plant)
    return plant


def mutated(old: str, new: str) -> str:
    text = DEMO.read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new, 1)


def test_the_demo_plant_is_right() -> None:
    plant = load(DEMO)
    assert len(plant.devices) == 30
    assert {plc: len(found) for plc, found in plant.devices_by_plc.items()} == {"PLC1": 15, "PLC2": 15}
    assert plant.zone_by_segment["L1-L2"] == "LOOP"
    assert plant.station_at["LO"] == "VL1"


def test_every_mistake_of_a_file_is_told_at_once_with_its_line_and_what_would_do() -> None:
    text = DEMO.read_text(encoding="utf-8")
    for old, new, *_ in MISTAKES:
        if new:
            assert old in text, old
            text = text.replace(old, new, 1)
    problems = wrong(text)
    lines = text.splitlines()
    for _, _, path, message, remedy in MISTAKES:
        found = [p for p in problems if p.path == path and message in p.message and remedy in p.remedy]
        assert found, f"{path}: {message} / {remedy} not in\n" + "\n".join(map(str, problems))
        assert path.rsplit(".", 1)[-1] in lines[found[0].line - 1]
    assert len({problem.path for problem in problems}) >= len(MISTAKES) - 1
    assert list(problems) == sorted(problems, key=lambda p: p.line)


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        ("L7-L8, L8-L1]", "L7-L8]", "segments.L8-L1", "no zone keeps"),
        ("L8-L1]", "L8-L1, L6-LI]", "zones.LOOP.segments", "queue of a station"),
        ("queue: 4", "queue: 5", "lines.VL1.queue", "L6-LI has room for 4"),
        ("  CL-L3: {", "  L3-CL: {", "points.CL", "all lead to this station"),
        ("  L7-D1: {", "  D1-L7: {", "points.D1", "nothing gets here"),
        ("  A1O-L4: {", "  L4-A1O: {", "points.A1O", "no aisle can be reached"),
        ("capacity: 12", "capacity: 12\n    colour: red", "zones.LOOP.colour", "nobody knows"),
        ("security: none", "security: sign_encrypt", "plcs.PLC1.security", "certificate_env"),
        ("name: Turnkey plant", "name: Turnkey plant\nname: Other", "name", "twice"),
        ("  GI1:\n", "  GI1:\n    id: GI2\n", "stations.GI1.id", "the name already"),
        ("aisle: A2", "aisle: A1", "aisles.A2.crane", "stands in aisle A1"),
        ("host: 127.0.0.1\n    port: 11020", "host: ''\n    port: 0", "plcs.PLC2.port", "greater"),
        ("  link_lost: resync\n", "", "reactions", "`link_lost` has no reaction"),
        ("A1: &aisle", "A1: *nowhere", "(the file)", "no YAML"),
        ("port: 48400", "port: 2026-13-45", "plcs.PLC1.port", "cannot be read"),
        ("  SC2:", "  A2I:", "cranes.A2I", "taken by points.A2I"),
        ("point: GI, port", "point: CL, port", "points.GI.scanner", "stands at CL"),
    ],
)  # fmt: skip
def test_one_mistake_is_told_where_it_stands(old: str, new: str, path: str, message: str) -> None:
    problems = wrong(mutated(old, new))
    assert any(p.path == path and message in p.message for p in problems), "\n".join(map(str, problems))


@pytest.mark.parametrize("text", ["", "42", "- a\n- b", "name: [", "a: &a [*a]", "? [1, 2]\n: 3", "x: !!python/x 1"])
def test_what_is_no_plant_file_is_told_not_raised(text: str) -> None:
    assert wrong(text)


def test_load_raises_every_problem_at_once(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(mutated("fork_s: 9.0", "fork_s: 0"), encoding="utf-8")
    with pytest.raises(PlantError) as caught:
        load(file)
    assert {p.path for p in caught.value.problems} == {"cranes.SC1.fork_s", "cranes.SC2.fork_s"}
    assert str(caught.value.problems[0]).startswith(f"{file}:")
