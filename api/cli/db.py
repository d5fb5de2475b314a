"""The database: bring it to the tables of this version."""

from __future__ import annotations

import typer

from api import database, lock
from api.cli.plant import load_plant
from api.cli.say import DEFAULT_PLANT, PlantFile, Trouble, out
from api.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The database.")


@app.command()
def upgrade(plant: PlantFile = DEFAULT_PLANT) -> None:
    """Create or upgrade the tables, and bring in the slots and code tables of the plant.

    Refuses while `metrostack serve` runs. METROSTACK_DATABASE_URL names the database; without it, a SQLite file in
    METROSTACK_DATA_DIR.
    """
    settings = Settings()
    if lock.find(settings.data_dir) is not None:
        raise Trouble("a site is being served on this data folder", remedy="Stop `metrostack serve` first.")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    revision = database.upgrade(settings.url(), load_plant(plant))
    out.print(f"the database stands at revision {revision}")
