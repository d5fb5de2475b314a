"""Settings of a site, from the environment (METROSTACK_...). Secrets live nowhere else."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SHORTEST_KEY = 16


class Settings(BaseSettings):
    """Where a site keeps its state and where it listens.

    `METROSTACK_DATABASE_URL=postgresql+psycopg://user@host/metrostack` moves the database; the rest has
    defaults that work for one machine.
    """

    model_config = SettingsConfigDict(env_prefix="METROSTACK_", extra="forbid")
    data_dir: Path = Path(".metrostack")
    database_url: str = ""
    studies_dir: Path = Path("studies")
    """The study files that the console offers; what they give goes into the data folder."""
    marketing: Path | None = None
    """A YAML file that names who is written to at the marketing side; without one nobody is."""
    host: str = "127.0.0.1"
    port: int = Field(default=8470, ge=1, le=65_535)
    secure_cookies: bool = False
    """True behind TLS; a browser then sends the session cookie over https only."""
    max_body_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    requests_per_s: float = Field(default=50.0, gt=0)
    """What one address may ask of the API in the long run; `requests_burst` at once."""
    requests_burst: float = Field(default=300.0, ge=1)
    session_hours: float = Field(default=12.0, gt=0, le=72)
    session_idle_minutes: float = Field(default=60.0, gt=0, le=720)

    bench_key: SecretStr = SecretStr("")
    """What bench clients show (16 characters or more); without one none is let in by it."""

    @field_validator("bench_key")
    @classmethod
    def _long_enough(cls, key: SecretStr) -> SecretStr:
        if 0 < len(key.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"a bench key has {SHORTEST_KEY} characters or more")
        return key

    def url(self) -> str:
        """Return the database URL: the one that was set, else a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'site.db'}"
