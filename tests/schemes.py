"""People and contents for tests of the scheme library."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wms.archives import service as archives
from wms.schemes import service
from wms.schemes.content import Block, Content, Scheme, TestCase
from wms.schemes.duties import Work, grant, work_of

READS = ("model", "constant", "asset_code", "software_version")


def put_library(session: Session) -> None:
    """Put the shipped library in, and two reviewers: `head` and `lead`."""
    service.seed(session)
    archives.seed(session)
    chief = work_of(session, by="chief", at_ms=1)
    grant(chief, "head", "administrative_head")
    grant(chief, "lead", "product_lead")
    session.commit()


def at_work(session: Session, name: str) -> Work:
    """Return somebody's work, a minute after the start."""
    return work_of(session, by=name, at_ms=60_000)


def block(*names: str) -> Block:
    """Return a block that reads some values."""
    return Block.model_validate({"steps": [{"do": "read", "name": name} for name in names or ("model",)]})


def powered(*names: str) -> Block:
    """Return a block that raises the voltage, then reads some values."""
    steps = [{"do": "apply_source"}, *({"do": "read", "name": name} for name in names)]
    return Block.model_validate({"steps": steps})


def case(*names: str, use: str = "supply") -> TestCase:
    """Return a case of communication: power on by a block, then reads."""
    steps = [{"do": "use_block", "block": use}, *({"do": "read", "name": name} for name in names or ("model",))]
    return TestCase.model_validate({"item": "communication", "steps": steps})


def scheme(*cases: str, purpose: str = "demo", **more: object) -> Scheme:
    """Return a scheme of some cases."""
    return Scheme.model_validate({"purpose": purpose, "cases": cases or ("communication-short",), **more})


def something(kind: str, *names: str) -> Content:
    """Return a sound content of a kind."""
    return {"block": block, "case": case}[kind](*names) if kind != "scheme" else scheme()
