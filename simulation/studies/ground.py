"""Books and world of plant time 0, the same for every replication of a scenario: made once a process, then copied."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from plc.plant.cells import Sealing
from simulation.loads import Load
from simulation.studies import snapshot, start
from simulation.studies.pallets import families
from simulation.studies.scenario import Scenario
from simulation.studies.stream import Call, Draw, drawn, recorded
from simulation.world import World
from wcs.store import create_tables, make_engine
from wms import setup
from wms.people import service as people
from wms.seals import service as seals
from wms.standards import service as standards

ROLL = 5_000  # seals that staff load at once
BY = "study"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a run begins with: `lots` are (family, lot) that wait to be verified, `coming` loads that are announced."""

    engine: Engine
    world: World
    lots: tuple[tuple[str, str], ...]
    coming: tuple[Load, ...] = ()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the books of plant time 0 depend on, as one text; two plans are equal if that is."""

    key: str
    scenario: Scenario = field(compare=False)


def prepared(scenario: Scenario) -> Ground:
    """Return a database in memory and a world of their own; raises StudyError for a snapshot that does not fit."""
    engine, plan = make_engine("sqlite://"), _plan(scenario)
    with engine.connect() as connection:
        connection.connection.driver_connection.deserialize(_books(plan))  # type: ignore[union-attr]
    world, at_start = World(), scenario.experiment.start
    if at_start.snapshot is not None:
        taken = snapshot.load_snapshot(at_start.snapshot, scenario.plant)
        snapshot.place(taken, world)
        coming = tuple(load for _, loads in snapshot.arriving(taken) for load in loads)
        return Ground(engine, world, snapshot.waiting(taken), coming)
    stock = _stock(plan)
    start.place(stock, world)
    return Ground(engine, world, tuple((part.family.code, part.lot) for part in stock if part.state == "received"))


def calls_of(scenario: Scenario, replication: int) -> list[Call]:
    """Return everything that comes and is wanted in a replication; raises StudyError for a bad stream file."""
    experiment, known = scenario.experiment, families(scenario.experiment.start.piles)
    if experiment.stream is not None:
        return recorded(experiment.stream, sorted(known))
    per_pallet = {code: family.meters for code, family in known.items()}
    return drawn(experiment.demand, per_pallet, Draw(experiment.seed, replication, experiment.hours))


def weights_of(scenario: Scenario) -> dict[str, float]:
    """Return how much of the stock is of each family: as the study says, else as pallets of it come and go."""
    experiment, known = scenario.experiment, families(scenario.experiment.start.piles)
    if experiment.start.families:
        return dict(experiment.start.families)
    found: Counter[str] = Counter()
    if experiment.stream is not None:
        for call in calls_of(scenario, 0):
            found[call.family] += call.pallets
        return {family: float(pallets) for family, pallets in found.items()}
    weights: dict[str, float] = {}
    for one in experiment.demand:
        pallets = one.pallets if one.pallets is not None else (one.meters or 0.0) / known[one.family].meters
        weights[one.family] = weights.get(one.family, 0.0) + pallets
    return weights


@lru_cache(maxsize=1)
def _books(plan: _Plan) -> bytes:
    """Return the database of plant time 0 as SQLite keeps it."""
    scenario, engine = plan.scenario, make_engine("sqlite://")
    create_tables(engine)
    with Session(engine) as session:
        setup.seed(session, scenario.plant)
        _furnish(session, scenario)
        if scenario.experiment.start.snapshot is not None:
            taken = snapshot.load_snapshot(scenario.experiment.start.snapshot, scenario.plant)
            snapshot.book(session, taken, purpose=scenario.experiment.benches.purpose)
        else:
            start.book(session, _stock(plan))
        session.commit()
    with engine.connect() as connection:
        books: bytes = connection.connection.driver_connection.serialize()  # type: ignore[union-attr]
    engine.dispose()
    return books


def _furnish(session: Session, scenario: Scenario) -> None:
    """Give lines what staff give real ones: people on duty, standards with certificates, seals."""
    plant = scenario.plant
    if not plant.benches:
        return
    people.seed_demo(session, at_ms=0)
    standards.seed_demo(session, list(plant.benches), at_ms=0)
    seals.seed_demo(session, at_ms=0)
    for cell in plant.cells.values():
        if isinstance(cell, Sealing):
            seals.feed(session, cell=cell.id, count=ROLL, by=BY, at_ms=0)


@lru_cache(maxsize=1)
def _stock(plan: _Plan) -> list[start.Stock]:
    """Return what stands in the racks at plant time 0."""
    weights, experiment = weights_of(plan.scenario), plan.scenario.experiment
    return start.made_up(experiment.start, plan.scenario.plant, weights, experiment.seed) if weights else []


def _plan(scenario: Scenario) -> _Plan:
    experiment = scenario.experiment
    parts = [scenario.plant.model_dump_json(), experiment.start.model_dump_json(), str(experiment.seed)]
    parts += [experiment.benches.purpose, repr(sorted(weights_of(scenario).items()))]
    taken = experiment.start.snapshot
    found = hashlib.sha256("\n".join(parts).encode())
    if taken is not None:
        found.update(taken.read_bytes())
    return _Plan(found.hexdigest(), scenario)
