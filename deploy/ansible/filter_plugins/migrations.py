"""Filters on Jobs, whose templates cannot change: which have to run, and how they ended."""

from __future__ import annotations

import hashlib
import json
from typing import Any

Json = dict[str, Any]

FINGERPRINT = "bellwether/fingerprint"
"""Annotation with the digest of what a Job was made of."""


def marked_jobs(jobs: list[Json]) -> list[Json]:
    """The Jobs, each with the digest of its own specification as an annotation."""
    marked = []
    for job in jobs:
        annotations = {
            **(job["metadata"].get("annotations") or {}),
            FINGERPRINT: fingerprint(job["spec"]),
        }
        marked.append({**job, "metadata": {**job["metadata"], "annotations": annotations}})
    return marked


def job_fingerprints(jobs: list[Json]) -> dict[str, str]:
    return {str(job["metadata"]["name"]): _digest(job) for job in jobs}


def due_jobs(
    jobs: list[Json], live: list[Json], done: dict[str, str], always: bool = False
) -> list[Json]:
    """Those that have to be made anew.

    A Job that is there with the same specification is left alone unless it failed. One that a
    verified release has run (`done`: name to digest) need not be there any more: Kubernetes
    removes finished Jobs, and after a rollback the one that is there is another version's, which
    the databases have already seen.
    """
    present = {job["metadata"]["name"]: job for job in live}
    return [job for job in jobs if always or _is_due(job, present, done)]


def _is_due(job: Json, present: dict[str, Json], done: dict[str, str]) -> bool:
    name, digest = job["metadata"]["name"], _digest(job)
    if _same(present.get(name), digest):
        return job_failure(present[name]) is not None
    return done.get(name) != digest


def awaited_jobs(jobs: list[Json], live: list[Json]) -> list[str]:
    """Names of those that are there with this specification and have neither completed nor
    failed; with those that should be there and are not.
    """
    present = {job["metadata"]["name"]: job for job in live}
    return [
        str(job["metadata"]["name"])
        for job in jobs
        if not _same(present.get(job["metadata"]["name"]), _digest(job))
        or not _ended(present[job["metadata"]["name"]])
    ]


def watched_jobs(jobs: list[Json], live: list[Json], due: list[Json]) -> list[Json]:
    """Those that are to be made, and those that an earlier run made and that still run."""
    made = [job["metadata"]["name"] for job in due]
    made += [
        job["metadata"]["name"]
        for job in live
        if not _ended(job) and any(_same(job, _digest(wanted)) for wanted in jobs)
    ]
    return [job for job in jobs if job["metadata"]["name"] in made]


def failed_jobs(live: list[Json], jobs: list[Json]) -> list[Json]:
    """Name and reason of each of the Jobs that failed."""
    names = {job["metadata"]["name"] for job in jobs}
    return [
        {"name": str(job["metadata"]["name"]), "reason": job_failure(job)}
        for job in live
        if job["metadata"]["name"] in names and job_failure(job) is not None
    ]


def job_failure(job: Json) -> str | None:
    for condition in job.get("status", {}).get("conditions") or []:
        if condition["type"] == "Failed" and condition["status"] == "True":
            return str(condition.get("reason") or "Failed")
    return None


def _ended(job: Json) -> bool:
    conditions = job.get("status", {}).get("conditions") or []
    return any(
        condition["type"] in ("Complete", "Failed") and condition["status"] == "True"
        for condition in conditions
    )


def _same(job: Json | None, digest: str) -> bool:
    return job is not None and _digest(job) == digest


def _digest(job: Json) -> str:
    """Of a Job that was marked; empty for one that another made."""
    return str((job["metadata"].get("annotations") or {}).get(FINGERPRINT, ""))


def fingerprint(value: Any) -> str:
    """Short digest of a value; equal values have equal ones."""
    text = json.dumps(_plain(value), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Any]:
        functions = (marked_jobs, job_fingerprints, due_jobs, watched_jobs)
        more = (awaited_jobs, failed_jobs, fingerprint)
        return {function.__name__: function for function in functions + more}
