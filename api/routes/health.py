"""Is it alive: for supervisors, without a login and without saying anything else."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(tags=["health"])


@router.get("/health")
def health() -> dict[str, str]:
    """Answer that the face is alive."""
    return {"state": "alive"}
