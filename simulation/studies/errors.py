"""What can end a study early. `StudyFailed` is the root: `OtherStudy`, `InUse`, `ReplicationFailed`, `PlacesLost`.

What was finished stays in the folder, and the same command goes on from there. (A study file that cannot be used is a
`simulation.study.StudyError`.)
"""

from __future__ import annotations


class StudyFailed(Exception):
    """The study ended before it had enough replications."""


class OtherStudy(StudyFailed):
    """The result folder holds another study, and two are never mixed."""


class InUse(StudyFailed):
    """Another process runs a study in this folder."""


class ReplicationFailed(StudyFailed):
    """A replication cannot be run: it raised, or ended its worker again and again."""


class PlacesLost(StudyFailed):
    """The places that were asked for do not answer, do not fit, or are gone."""
