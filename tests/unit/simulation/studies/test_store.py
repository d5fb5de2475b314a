import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import polars as pl
import pytest

from simulation.studies.errors import InUse, OtherStudy
from simulation.studies.store import opened
from simulation.studies.tables import SAMPLES, TRACKS
from tests.unit.simulation.studies.replicas import drawn

NAMES = ("base", "near")


def replica(name, number):
    return drawn(SimpleNamespace(name=name), number)


def filled(folder, count=3):
    with opened(folder, "abc", NAMES) as store:
        for number in range(count):
            for name in NAMES:
                store.add(replica(name, number))
    return folder


def test_replications_come_back_as_they_went_in_from_spool_and_tables(tmp_path):
    filled(tmp_path)
    with opened(tmp_path, "abc", NAMES) as store:
        assert len(store.done) == 6
        assert store.of("near") == tuple(replica("near", number) for number in range(3))
        store.sweep_in()
        assert not list((tmp_path / "spool").iterdir())
        store.add(replica("near", 3))
    with opened(tmp_path, "abc", NAMES) as store:
        assert len(store.done) == 7
        assert store.of("near") == tuple(replica("near", number) for number in range(4))


def test_the_tables_read_in_any_tool(tmp_path):
    filled(tmp_path)
    with opened(tmp_path, "abc", NAMES) as store:
        store.sweep_in()
    rows = pl.read_parquet(tmp_path / TRACKS).filter(pl.col("track") == "in.pallets_h", pl.col("scenario") == "near")
    means = rows.select(pl.col("total").list.sum() / pl.col("weight").list.sum()).to_series().to_list()
    assert means == pytest.approx([replica("near", n).track("in.pallets_h").over(0, 48) for n in range(3)])


def test_a_sweep_that_was_cut_off_between_the_tables_loses_and_doubles_nothing(tmp_path):
    filled(tmp_path)
    kept = {file: (tmp_path / "spool" / file).read_bytes() for file in os.listdir(tmp_path / "spool")}
    with opened(tmp_path, "abc", NAMES) as store:
        store.sweep_in()
    (tmp_path / TRACKS).unlink()  # the samples had been written, the tracks not yet, and so the spool is still there
    for file, content in kept.items():
        (tmp_path / "spool" / file).write_bytes(content)
    with opened(tmp_path, "abc", NAMES) as store:
        store.sweep_in()
        assert store.of("base") == tuple(replica("base", number) for number in range(3))
    assert pl.read_parquet(tmp_path / SAMPLES).height == 6


def test_a_torn_file_in_the_spool_is_a_replication_that_is_run_again(tmp_path):
    filled(tmp_path)
    torn = tmp_path / "spool" / "0001-00002.json"
    torn.write_bytes(torn.read_bytes()[:1000])
    with opened(tmp_path, "abc", NAMES) as store:
        assert ("near", 2) not in store.done
        assert len(store.done) == 5


def test_a_writer_that_is_killed_leaves_whole_files_only(tmp_path):
    code = (
        "import sys; from pathlib import Path; from types import SimpleNamespace as S\n"
        "from simulation.studies.store import opened; from tests.unit.simulation.studies.replicas import drawn\n"
        f"with opened(Path({str(tmp_path)!r}), 'abc', ('base',)) as store:\n"
        "  for n in range(10**6):\n"
        "    store.add(drawn(S(name='base'), n)); print(n, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = [int(writer.stdout.readline()) for _ in range(70)]  # the first sweep into the tables is among them
        writer.send_signal(signal.SIGKILL)
        told += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
    with opened(tmp_path, "abc", ("base",)) as store:
        there = {number for _, number in store.done}
        assert set(told) <= there
        assert store.of("base") == tuple(replica("base", number) for number in sorted(there))


def test_two_studies_are_never_mixed(tmp_path):
    filled(tmp_path)
    with pytest.raises(OtherStudy, match="another study"), opened(tmp_path, "xyz", NAMES):
        pass
    with opened(tmp_path, "xyz", NAMES, fresh=True) as store:
        assert not store.done


def test_a_folder_of_something_else_is_left_alone_even_if_it_shall_be_fresh(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    for fresh in (False, True):
        with pytest.raises(OtherStudy, match="no study"), opened(tmp_path, "abc", NAMES, fresh=fresh):
            pass
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
    shutil.rmtree(tmp_path)


def test_one_process_at_a_time_runs_a_study(tmp_path):
    with opened(tmp_path, "abc", NAMES), pytest.raises(InUse), opened(tmp_path, "abc", NAMES):
        pass


def test_a_replication_that_comes_again_replaces_the_first(tmp_path):
    filled(tmp_path)
    with opened(tmp_path, "abc", NAMES) as store:
        store.sweep_in()
        store.add(replace(replica("base", 1), sha256="again"))
        assert [r.sha256 for r in store.of("base")] == ["base-0", "again", "base-2"]
        store.sweep_in()
        assert [r.sha256 for r in store.of("base")] == ["base-0", "again", "base-2"]
