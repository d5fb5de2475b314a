"""Put the benches of the twin on their wires: equipment on TCP and meters on ptys, where the plant file says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from plc.plant.model import Plant
from simulation.bench.bench import VirtualBench


@asynccontextmanager
async def benches_served(plant: Plant, benches: Mapping[str, VirtualBench], folder: Path) -> AsyncIterator[None]:
    """Serve each bench as long as the context lasts; links to ptys with a relative name lie in `folder`."""
    async with AsyncExitStack() as stack:
        for name, bench in benches.items():
            spec = plant.benches[name]
            where = urlsplit(spec.equipment)
            pattern = spec.channel if "://" in spec.channel else str(folder / spec.channel)
            await stack.enter_async_context(bench.serve(where.hostname or "127.0.0.1", where.port or 0, ptys=pattern))
        yield
