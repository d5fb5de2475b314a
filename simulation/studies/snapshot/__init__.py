"""What stands in a warehouse and what is owed at one moment, so that a study can begin there: "what if tonight"."""

from simulation.studies.snapshot.document import Snapshot, load_snapshot, write_snapshot
from simulation.studies.snapshot.placing import arriving, place, waiting
from simulation.studies.snapshot.resuming import book
from simulation.studies.snapshot.taking import take

__all__ = ["Snapshot", "arriving", "book", "load_snapshot", "place", "take", "waiting", "write_snapshot"]
