"""Two hundred experiments through the gateway while everything is killed at random."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from model_service.artefacts.store import ArtefactStore
from model_service.database import Database
from model_service.experiments.records.events import Event, list_events
from model_service.experiments.records.experiments import list_experiments
from model_service.experiments.specification import Specification
from scripts.stack.trial import Trial, trial_stack
from tests.faults.installation import SMALL, installation, makes_units
from tests.figures import Record

EXPERIMENTS = int(os.environ.get("FAULTS_EXPERIMENTS", "200"))
KILLS = int(os.environ.get("FAULTS_KILLS", "36"))
CHECKPOINT_SECONDS = 1.0
REPORT_SECONDS = 0.5
"""Of training between two looks at whether a checkpoint is due, and of writing it, at most."""
STEPS = 3_000
TARGETS = ("worker", "child", "model service", "gateway")
LONGEST_SECONDS = 2_400.0
UNDISTURBED = 4
"""So many experiments are made again without any kill, and have to come to the same."""


_GOES_ON = re.compile(r"Goes on from step ([0-9,]+)\.")


@dataclass
class Kill:
    """One SIGKILL: when, and of what."""

    at: float
    target: str


@dataclass
class Interruption:
    """A unit that was begun again: how long it stood still, and what it had to repeat."""

    detected_seconds: float
    standing_seconds: float
    repeated_steps: int
    repeated_seconds: float


@dataclass(frozen=True)
class Reached:
    """How far a unit had come when it was last heard of, and how fast it went then."""

    step: int = 0
    at: float = 0.0
    rate: float = 1.0

    def then(self, step: int, at: float) -> Reached:
        """What is known after one more report; the first steps of a process are compiled."""
        faster = (step - self.step) / (at - self.at) if self.at and at > self.at else self.rate
        return Reached(step, at, max(faster, self.rate))


@dataclass
class Found:
    """What the events of all experiments say."""

    interruptions: list[Interruption] = field(default_factory=list)
    commits: dict[tuple[str, int], int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)


@pytest.mark.timeout(LONGEST_SECONDS + 600)
def test_everything_is_killed_at_random_and_every_experiment_ends_once(
    tmp_path: Path, figures: Record
) -> None:
    environment = {
        "MODEL_CHECKPOINT_SECONDS": str(CHECKPOINT_SECONDS),
        "BACKEND_YAHOO_ENABLED": "0",
        "MODEL_CODE_VERSION": "faults",
    }
    chance = random.Random(20)  # noqa: S311 - the same kills every time, no secret
    kills: list[Kill] = []
    with trial_stack(tmp_path / "trial", environment) as trial:
        began = time.monotonic()
        ids: list[str] = []
        next_kill = time.monotonic() + 10.0
        deadline = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < deadline:
            if len(ids) < EXPERIMENTS:
                ids.append(_submit(trial, seed=len(ids), deadline=deadline))
            elif len(kills) >= KILLS and _all_ended(trial):
                break
            if len(kills) < KILLS and time.monotonic() > next_kill:
                target = TARGETS[len(kills) % len(TARGETS)]
                if _kill_one(trial, target, chance):
                    kills.append(Kill(time.time(), target))
                next_kill = time.monotonic() + chance.uniform(3.0, 9.0)
            if len(ids) >= EXPERIMENTS:
                time.sleep(0.3)
        seconds = time.monotonic() - began
        states = _states(trial)
        found = _read_events(trial, kills)
        results = _results(trial)
    figures(
        experiments=len(set(ids)),
        kills={target: sum(kill.target == target for kill in kills) for target in TARGETS},
        seconds=round(seconds),
        interrupted_units=len(found.interruptions),
        detected_seconds_max=_most(found, lambda one: one.detected_seconds),
        going_on_seconds_max=_most(found, lambda one: one.standing_seconds),
        repeated_seconds_max=_most(found, lambda one: one.repeated_seconds),
        repeated_steps_max=_most(found, lambda one: one.repeated_steps),
        checkpoint_seconds=CHECKPOINT_SECONDS,
    )
    assert len(set(ids)) == EXPERIMENTS
    assert len(kills) >= 30 or EXPERIMENTS < 200
    assert set(states.values()) == {"done"}, states
    assert set(found.ends.values()) == {1}
    assert set(found.commits.values()) == {1}
    assert len(found.commits) == 2 * EXPERIMENTS
    assert _most(found, lambda one: one.detected_seconds) <= 30.0
    assert _most(found, lambda one: one.standing_seconds) <= 60.0
    assert _most(found, lambda one: one.repeated_seconds) <= CHECKPOINT_SECONDS + REPORT_SECONDS
    _check_undisturbed(tmp_path / "again", tmp_path / "trial" / "artefacts", results)


def _submit(trial: Trial, *, seed: int, deadline: float) -> str:
    """Queue an experiment, again and again while the gateway or the service is down."""
    body = {
        "kind": "train",
        "symbols": ["SIM-TREND"],
        "start": "2010-01-04",
        "end": "2013-12-31",
        "seeds": [seed],
        "steps": STEPS,
        "config": SMALL,
        "idempotency_key": f"kills-{seed}",
    }
    while time.monotonic() < deadline:
        try:
            return str(_call(f"{trial.gateway_url}/api/experiments", body)["id"])
        except (urllib.error.URLError, OSError, ValueError):
            time.sleep(0.3)
    raise TimeoutError("The gateway does not come back.")


def _call(url: str, body: dict[str, Any] | None = None) -> Any:
    request = urllib.request.Request(  # noqa: S310 - our own server
        url,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server
        return json.load(answer)


def _all_ended(trial: Trial) -> bool:
    return all(state == "done" or state == "failed" for state in _states(trial).values())


def _database(trial: Trial) -> Database:
    state_dir = trial.settings.state_dir / "model_service"
    return Database(f"sqlite:///{state_dir / 'experiments.sqlite3'}", patience_seconds=30)


def _states(trial: Trial) -> dict[str, str]:
    database = _database(trial)
    with database.reading() as connection:
        found = {row.id: row.state for row in list_experiments(connection)}
    database.close()
    return found


def _results(trial: Trial) -> dict[int, tuple[Specification, str]]:
    """Specification and hash of the result, by seed."""
    database = _database(trial)
    with database.reading() as connection:
        found = {
            int(row.specification["seeds"][0]): (
                Specification.from_dict(row.specification),
                str((row.result or {}).get("result_hash")),
            )
            for row in list_experiments(connection)
        }
    database.close()
    return found


def _kill_one(trial: Trial, target: str, chance: random.Random) -> bool:
    """SIGKILL one process of our own stack; false where there is none of the kind now."""
    candidates = [process for process in _own_processes(trial) if _is_target(process, target)]
    if not candidates:
        return False
    with contextlib.suppress(psutil.NoSuchProcess):
        chance.choice(candidates).send_signal(signal.SIGKILL)
        return True
    return False


def _own_processes(trial: Trial) -> list[psutil.Process]:
    """Everything below the launcher of this trial, which is a child of this process."""
    wanted = str(trial.settings.state_dir)
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.environ().get("BELLWETHER_STATE_DIR") == wanted:
                found.append(process)
    return found


def _is_target(process: psutil.Process, target: str) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        words = process.cmdline()
        match target:
            case "worker":
                return words[-2:] == ["-m", "model_service.worker"]
            case "child":
                return makes_units(process)
            case "model service":
                return words[-2:] == ["-m", "model_service.app"] or "gunicorn" in " ".join(words)
            case "gateway":
                return words[-2:] == ["-m", "backend_service"]
    return False


def _read_events(trial: Trial, kills: list[Kill]) -> Found:
    database = _database(trial)
    found = Found()
    with database.reading() as connection:
        for row in list_experiments(connection):
            _add(found, row.id, list_events(connection, row.id, after=0, limit=1_000_000), kills)
    database.close()
    return found


def _add(found: Found, experiment_id: str, events: list[Event], kills: list[Kill]) -> None:
    begun: dict[int, float] = {}
    reached: dict[int, Reached] = {}
    for event in events:
        body = event.body
        if event.kind == "state" and body["state"] in ("done", "failed", "cancelled"):
            found.ends[experiment_id] = found.ends.get(experiment_id, 0) + 1
        if event.unit is None:
            continue
        if event.kind == "progress":
            known = reached.get(event.unit, Reached())
            reached[event.unit] = known.then(int(body["step"]), event.at)
        if event.kind == "unit" and body["state"] == "done":
            key = (experiment_id, event.unit)
            found.commits[key] = found.commits.get(key, 0) + 1
        if event.kind == "unit" and body["state"] == "running":
            if event.unit in begun:
                last = reached.pop(event.unit, Reached())
                found.interruptions.append(_interruption(event, events, kills, last))
            begun[event.unit] = event.at


def _interruption(
    again: Event, events: list[Event], kills: list[Kill], reached: Reached
) -> Interruption:
    """What a unit lost between the kill that ended it and its next beginning.

    The kill is the first one of a worker or a child after the unit's last event.
    """
    own = [event for event in events if event.unit == again.unit and event.number != again.number]
    before = [event for event in own if event.number < again.number]
    told = [event for event in before if event.body.get("state") == "queued"]
    last = max((event.at for event in before if event not in told), default=again.at)
    killed_at = min(
        (k.at for k in kills if last <= k.at <= again.at and k.target in ("worker", "child")),
        default=last,
    )
    detected_at = told[-1].at if told and told[-1].at >= killed_at else again.at
    resumed = 0
    for event in own:
        if event.number < again.number:
            continue
        if event.kind == "log" and (found := _GOES_ON.match(str(event.body["text"]))):
            resumed = int(found.group(1).replace(",", ""))
        if event.kind in ("log", "progress") and event.body.get("step"):
            break
    repeated = max(0, reached.step - resumed)
    return Interruption(
        detected_at - killed_at, again.at - killed_at, repeated, repeated / reached.rate
    )


def _most(found: Found, value: Callable[[Interruption], float]) -> float:
    return round(max((value(one) for one in found.interruptions), default=0.0), 2)


def _check_undisturbed(
    folder: Path, trial_artefacts: Path, known: dict[int, tuple[Specification, str]]
) -> None:
    """Some of the specifications, made again without a kill, come to the same bits."""
    folder.mkdir()
    with installation(folder) as lab:
        kept = ArtefactStore(str(trial_artefacts))
        for name in kept.names("datasets"):
            lab.store.write(name, kept.read(name))
        lab.start_worker()
        for seed in sorted(known)[:UNDISTURBED]:
            spec, result_hash = known[seed]
            ended = lab.wait_for_end(lab.submit_specification(spec), 120)
            assert ended.result is not None
            assert ended.result["result_hash"] == result_hash
