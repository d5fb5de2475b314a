"""Studies: which files there are, start one, how far each is, what it found. Paths never come from a browser."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi import Path as InPath
from pydantic import BaseModel, Field

from api.errors import Problem
from api.papers.study import EXCEL, HTML
from api.routes.clerking import QUALITY, READER, STRICT, XLSX, Language
from api.routes.common import Ctx
from api.security.accounts import Principal
from api.studies import standing as standings
from api.studies import wishes
from api.studies.offered import offered
from api.studies.standing import FINDINGS, MOST_FINDINGS, Standing, policy_of
from api.studies.wishes import MOST_REPLICATIONS, OPEN, Wish

router = APIRouter(tags=["studies"])
MOST_WAITING = 20
MOST_REPORT = 256 * 1024 * 1024
RUNS = "studies"


class StudyFile(BaseModel):
    """A study that can be started."""

    file: str
    name: str
    plant: str
    hours: float
    scenarios: list[str]


class Studies(BaseModel):
    """What can be started, on how many processors, and what was, the newest first."""

    files: list[StudyFile]
    processors: int
    runs: list[Standing]


class Started(BaseModel):
    """Which study, on how many processes, and how many replications of each scenario at most."""

    model_config = STRICT
    file: Annotated[str, Field(min_length=1, max_length=200)]
    workers: Annotated[int, Field(ge=1, le=wishes.MOST_WORKERS)] = 1
    replications: Annotated[int, Field(ge=2, le=MOST_REPLICATIONS)] | None = None


def folder_of(context: Ctx, run: Annotated[str, InPath(min_length=1, max_length=200)]) -> Path:
    """Return the folder of a study that is there, or refuse."""
    found = dict(wishes.results(root_of(context))).get(run)
    if found is None:
        raise Problem(404, "unknown_study", study=run)
    return found


Folder = Annotated[Path, Depends(folder_of)]


def root_of(context: Ctx) -> Path:
    """Return where the results of this site's studies are."""
    return context.settings.data_dir / RUNS


@router.get("/studies", dependencies=[READER])
def list_studies(context: Ctx) -> Studies:
    """Return the study files of the installation, and every study that was run or waits."""
    runs = [standings.standing(run, folder) for run, folder in wishes.results(root_of(context))]
    runs.sort(key=lambda one: (one.asked_at.timestamp() if one.asked_at else 0.0, one.run), reverse=True)
    files = [
        StudyFile.model_validate(one, from_attributes=True) for one in offered(context.settings.studies_dir).values()
    ]
    return Studies(files=files, processors=_processors(), runs=runs)


@router.post("/studies", status_code=201)
def start_study(body: Started, context: Ctx, who: Principal = QUALITY) -> Standing:
    """Let a study run as soon as no other one does."""
    if body.file not in offered(context.settings.studies_dir):
        raise Problem(404, "unknown_study", study=body.file)
    if body.workers > _processors():
        raise Problem(409, "too_many_workers", workers=body.workers, processors=_processors())
    root, now = root_of(context), datetime.now(UTC)
    open_ones = [1 for _, one in wishes.results(root) if (wish := wishes.read(one)) and wish.state in OPEN]
    if len(open_ones) >= MOST_WAITING:
        raise Problem(409, "too_many_studies", count=len(open_ones))
    folder = wishes.new_folder(root, body.file, now)
    wishes.write(folder, Wish(**body.model_dump(), by=who.name, asked_at=now))
    return standings.standing(folder.name, folder)


@router.get("/studies/{run}", dependencies=[READER])
def show_study(run: str, folder: Folder) -> Standing:
    """Return how a study stands, with estimates of the moment."""
    return standings.standing(run, folder)


@router.post("/studies/{run}/cancel", dependencies=[QUALITY])
def cancel_study(run: str, folder: Folder) -> Standing:
    """Stop a study or take it out of the queue; the replications that it has are kept."""
    return _turned(run, folder, OPEN, "cancelled")


@router.post("/studies/{run}/resume", dependencies=[QUALITY])
def resume_study(run: str, folder: Folder) -> Standing:
    """Let a study that was cancelled or failed go on with the replications that it has."""
    return _turned(run, folder, ("cancelled", "failed"), "waiting")


@router.get("/studies/{run}/findings", dependencies=[READER], response_class=Response)
def show_findings(run: str, folder: Folder) -> Response:
    """Return what a study found, as JSON."""
    return Response(_file(folder, FINDINGS, MOST_FINDINGS, study=run), media_type="application/json")


@router.get("/studies/{run}/report.html", dependencies=[READER], response_class=Response)
def show_report(run: str, folder: Folder, save: Annotated[bool, Query()] = False) -> Response:
    """Return the report of a study: to read in a sandbox that runs its own script and nothing else, or to save."""
    page = _file(folder, HTML, MOST_REPORT, study=run)
    headers = {"content-security-policy": policy_of(page)}
    if save:
        headers["content-disposition"] = 'attachment; filename="study.html"'
    return Response(page, media_type="text/html; charset=utf-8", headers=headers)


@router.get("/studies/{run}/report.xlsx", dependencies=[READER], response_class=Response)
def study_sheet(run: str, folder: Folder, lang: Language = "en") -> Response:
    """Return the tables of a study as an Excel workbook."""
    book = _file(folder, EXCEL.format(language=lang), MOST_REPORT, study=run)
    return Response(book, media_type=XLSX, headers={"content-disposition": f'attachment; filename="study-{lang}.xlsx"'})


def _turned(run: str, folder: Path, before: tuple[str, ...], after: str) -> Standing:
    wish = wishes.read(folder)
    if wish is None or wish.state not in before:
        raise Problem(409, "study_state", study=run, state=wish.state if wish else "elsewhere")
    wishes.write(folder, wish.model_copy(update={"state": after, "said": ""}))
    return standings.standing(run, folder)


def _file(folder: Path, name: str, most: int, *, study: str) -> bytes:
    try:
        return wishes.bounded(wishes.kept(folder) / name, most)
    except OSError:
        raise Problem(404, "not_found_yet", study=study) from None


def _processors() -> int:
    return len(os.sched_getaffinity(0))
