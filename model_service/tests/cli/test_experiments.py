"""`bellwether experiments` and `bellwether sweep` as a person runs them, without a web process.

There is no worker either: what one would write is written by hand.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from typer.testing import CliRunner, Result

from model_service.artefacts.datasets import DatasetStore
from model_service.artefacts.store import ArtefactStore
from model_service.cli.main import app
from model_service.database import Database
from model_service.experiments.records.events import append_event
from model_service.experiments.records.experiments import change_state, get_experiment
from model_service.experiments.records.units import (
    cancel_units,
    claim_unit,
    list_units,
    update_claimed,
)
from model_service.experiments.records.workers import register_worker
from model_service.settings import Settings, read_settings
from scripts.stack import settings as stack_settings
from scripts.stack.bellwether import services

BELLWETHER = Path(sys.executable).with_name("bellwether")
CONTRACT = Path(__file__).parents[3] / "contracts" / "model_service.openapi.yaml"
DEADLINE = 60.0
CONFIG = """
steps = 30
[features]
return_horizons = [1, 2]
range_windows = [5]
volatility_candles = 10
[network]
hidden = [4]
[learning]
batch_candles = 16
"""
SWEEP = """
name: Discounts
data: [data]
symbols: [SIM-A]
seeds: [0, 1]
steps: 20
config: {features: {return_horizons: [1, 2], range_windows: [5], volatility_candles: 10}}
grid: {learning.discount: [0.5, 0.9], learning.learning_rate: [1e-3]}
"""
NO_WORKER = "No worker is running; start one with `python -m model_service.worker`."
TRAIN = ("experiments", "submit", "train", "data", "--config", "agent.toml")


@pytest.fixture(scope="module")
def candles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("candles")
    for symbol in ("SIM-A", "SIM-B"):
        arguments = ("-o", str(folder / f"{symbol}.csv"), "--start", "2020-01-01")
        CliRunner().invoke(app, ("simulate", symbol, *arguments, "--end", "2021-06-30"))
    return folder


@pytest.fixture
def folder(tmp_path: Path, candles: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole world of the command line tool."""
    monkeypatch.chdir(tmp_path)
    read_settings.cache_clear()
    (tmp_path / "data").mkdir()
    for file in candles.iterdir():
        (tmp_path / "data" / file.name).write_bytes(file.read_bytes())
    (tmp_path / "agent.toml").write_text(CONFIG)
    (tmp_path / "sweep.yaml").write_text(SWEEP)
    return tmp_path


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    """The database that the commands use by default: that of `make up` in the same folder."""
    made = Database(
        f"sqlite:///{folder}/var/model_service/experiments.sqlite3", patience_seconds=5.0
    )
    yield made
    made.close()


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    assert result.exit_code == code, result.output
    return result


def submit(*others: str) -> str:
    return run(*TRAIN, *others).stdout.strip()


def work(database: Database, experiment_id: str, end: str, reason: str | None = None) -> None:
    """What a worker would write of an experiment's first unit, and its end."""
    with database.writing() as connection:
        claim = claim_unit(connection, experiment_id, 0, "w", time.time())
        assert claim is not None
        change_state(connection, experiment_id, "running", at=time.time())
    with database.writing() as connection:
        update_claimed(
            connection, claim, step=15, total=30, steps_per_second=5.0, seen_at=time.time()
        )
        append_event(connection, experiment_id, "log", at=1.0, unit=0, text="2 series\x1b[31m.")
        point = {"sharpe": 0.5, "buy_and_hold_sharpe": None}
        append_event(
            connection, experiment_id, "validation", at=2.0, unit=0, step=15, total=30,
            validation=point,
        )  # fmt: skip
    with database.writing() as connection:
        update_claimed(connection, claim, state="done", step=30)
        cancel_units(connection, experiment_id, "queued", 1.0)
        result = {"agents": [f"{experiment_id}_s0"], "best_unit": 0, "evaluation": None,
                  "result_hash": "0" * 64}  # fmt: skip
        values = {"result": result} if end == "done" else {"reason": reason}
        if end == "cancelled":
            values = {}
            change_state(connection, experiment_id, "cancelling", at=time.time())
        assert change_state(connection, experiment_id, end, at=time.time(), **values)


def test_a_submitted_experiment_is_queued_whole_and_its_id_printed(
    folder: Path, database: Database
) -> None:
    result = run(*TRAIN, "--seeds", "0, 2", "--name", "Mine", "--end", "2021-03-31")
    experiment_id = result.stdout.strip()
    assert " ".join(result.stderr.split()) == f"Queued with 3 units in {folder}/var/" \
        f"model_service/experiments.sqlite3. {NO_WORKER}"  # fmt: skip
    with database.reading() as connection:
        row = get_experiment(connection, experiment_id)
        units = list_units(connection, experiment_id)
    spec = row.specification
    assert (row.name, row.kind, row.steps, row.state) == ("Mine", "train", 30, "queued")
    assert [unit.seed for unit in units] == [0, 2, None]
    assert [one["symbol"] for one in spec["series"]] == ["SIM-A", "SIM-B"]
    assert spec["config"]["network"]["hidden"] == [4]
    assert (spec["start"], spec["end"]) == (None, 1_617_235_199)
    datasets = DatasetStore(ArtefactStore(str(folder / "var/artefacts")))
    assert datasets.head(spec["series"][0]["data_hash"]).candles == 391


def test_the_same_again_is_said_to_be_the_earlier_one(folder: Path, database: Database) -> None:
    experiment_id = submit()
    again = run(*TRAIN, "--name", "Another name")
    assert again.stdout.strip() == experiment_id
    assert "the earlier one, and it is queued" in " ".join(again.stderr.split())
    assert submit("--steps", "31") != experiment_id
    assert submit("--symbols", "SIM-A") != experiment_id


def test_a_worker_that_gives_signs_of_life_is_seen(folder: Path, database: Database) -> None:
    experiment_id = submit()
    with database.writing() as connection:
        register_worker(connection, "w", time.time() - 3_600)
    assert "No worker" in run(*TRAIN).stderr
    with database.writing() as connection:
        register_worker(connection, "w", time.time())
    assert run(*TRAIN).stdout.strip() == experiment_id
    assert "No worker" not in run(*TRAIN).stderr


def test_all_kinds_are_queued(folder: Path, database: Database) -> None:
    windows = "\n[windows]\ntrain_candles = 150\nvalidation_candles = 40\ntest_candles = 40\n"
    (folder / "windows.toml").write_text(CONFIG + windows)
    walk = run("experiments", "submit", "walk-forward", "data", "--config", "windows.toml")
    judge = run("experiments", "submit", "evaluate", "data", "--symbols", "SIM-B")
    timed = run(*TRAIN, "--budget", "30m")
    with database.reading() as connection:
        rows = [get_experiment(connection, one.stdout.strip()) for one in (walk, judge, timed)]
        tasks = [[unit.task for unit in list_units(connection, row.id)] for row in rows]
    assert set(tasks[0]) == {"fold", "assess"}
    assert tasks[1:] == [["decide", "assess"], ["calibrate", "train", "assess"]]
    # What `default` means may change, so the agent is named by its own id.
    assert rows[1].specification["agent"] not in (None, "default")
    assert (rows[2].steps, rows[2].specification["budget_seconds"]) == (None, 1_800.0)


@pytest.mark.parametrize(
    ("arguments", "field", "words"),
    [
        (("data", "--seeds", "0,x"), "seeds", "no whole numbers"),
        (("data", "--seeds", "1,1"), "seeds", "each once"),
        (("data", "--seeds", "4294967296"), "seeds", "not between 0 and"),
        (("data", "--steps", "0"), "steps", "not between 1 and"),
        (("data", "--budget", "soon"), "budget", "30m"),
        (("data", "--budget", "8d"), "budget_seconds", "a week"),
        (("data", "--steps", "5", "--budget", "5m"), "budget_seconds", "either"),
        (("data", "--config", "none.toml"), "config", "no file 'none.toml'"),
        (("data", "--config", "sweep.yaml"), "config", "not valid TOML"),
        (("data", "--config", "wrong.toml"), "config.learning.batch_candles", "whole number"),
        (("data", "--agent", "default"), "agent", "belongs to evaluate"),
        (("none",), "data", "no file or folder 'none'"),
        (("data", "--symbols", ","), "symbols", "names no symbol"),
        (("data", "--symbols", "NONE"), "symbols", "No file holds candles of NONE"),
        (("data", "--start", "2031-01-01"), "start", "none of them lies in the window"),
        (("data", "--start", "2021-01-01", "--end", "2020-01-01"), "start", "after"),
        (("data", "--name", "x" * 101), "name", "1 to 100"),
    ],
)
def test_bad_input_is_refused_in_a_sentence_and_nothing_is_queued(
    folder: Path, database: Database, arguments: tuple[str, ...], field: str, words: str
) -> None:
    (folder / "wrong.toml").write_text("[learning]\nbatch_candles = 1.5\n")
    refused = run("experiments", "submit", "train", *arguments, code=2)
    told = " ".join(refused.stderr.split())
    assert told.startswith("Refused: ")
    assert told.endswith(f"(field {field})")
    assert words in told
    assert refused.stdout == ""
    assert json.loads(run("experiments", "list", "--json").stdout)["experiments"] == []


def test_an_agent_that_is_not_there_is_refused(folder: Path) -> None:
    refused = run("experiments", "submit", "evaluate", "data", "--agent", "none", code=2)
    assert "There is no agent 'none'" in " ".join(refused.stderr.split())


def test_experiments_are_listed(folder: Path, database: Database) -> None:
    nothing = run("experiments", "list")
    assert "No experiment in" in nothing.stderr
    done, waits = submit(), submit("--seeds", "5")
    work(database, done, "done")
    table = run("experiments", "list").stdout
    assert table.index(waits) < table.index(done)
    for words in ("Train on SIM-A and 1 more", "done", "queued", "30/30", "0/30"):
        assert words in table
    assert "older ones" in run("experiments", "list", "--limit", "1").stderr
    assert done not in run("experiments", "list", "--state", "queued").stdout
    assert "No experiment" in run("experiments", "list", "--kind", "sweep").stderr


def test_the_list_as_json_is_what_the_service_answers(folder: Path, database: Database) -> None:
    done, waits = submit(), submit("--seeds", "5")
    work(database, done, "done")
    page = json.loads(run("experiments", "list", "--json").stdout)
    assert [one["id"] for one in page["experiments"]] == [waits, done]
    components = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))["components"]
    jsonschema_rs.Draft202012Validator(
        {"$ref": "#/components/schemas/ExperimentPage", "components": components}
    ).validate(page)


@pytest.mark.parametrize(
    ("end", "reason", "code", "words"),
    [
        ("done", None, 0, "_s0 serves."),
        ("failed", "Bad candles.", 1, "is failed after 0 s: Bad candles."),
        ("cancelled", None, 1, "is cancelled"),
    ],
)
def test_watching_ends_with_the_experiment(
    folder: Path, database: Database, end: str, reason: str | None, code: int, words: str
) -> None:
    experiment_id = submit()
    timer = threading.Timer(0.3, work, (database, experiment_id, end, reason))
    timer.start()
    watched = run("experiments", "watch", experiment_id, code=code)
    timer.join()
    told = " ".join(watched.stderr.split())
    assert words in told.replace("after 1 s", "after 0 s").replace("after 2 s", "after 0 s")
    assert "step 15 validates at Sharpe 0.50, buy and hold at -" in told
    assert "30/30" in told


def test_a_watched_submission_ends_as_watching_does(folder: Path, database: Database) -> None:
    experiment_id = submit()
    work(database, experiment_id, "failed", "No.")
    # It failed, so the same again is a new one, and that waits for ever: seen to be cancelled.
    process = watching(*TRAIN, "--watch")
    wait_for(lambda: len(ids()) == 2)
    run("experiments", "cancel", ids()[0])
    output, told = process.communicate(timeout=DEADLINE)
    assert process.returncode == 1, told
    assert output.strip() == ids()[0] != experiment_id


def watching(*arguments: str) -> subprocess.Popen[str]:
    """A command beside this process: `CliRunner` takes over the standard output of all threads."""
    return subprocess.Popen(
        [BELLWETHER, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )


def ids() -> list[str]:
    page = json.loads(run("experiments", "list", "--json").stdout)
    return [one["id"] for one in page["experiments"]]


def wait_for(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_who_stops_watching_leaves_the_experiment_running(folder: Path, database: Database) -> None:
    experiment_id = submit()
    process = watching("experiments", "watch", experiment_id)
    assert process.stderr is not None
    # Said as soon as it watches.
    assert "No worker is running" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=DEADLINE)
    assert process.returncode == 130
    assert f"{experiment_id} goes on" in told
    with database.reading() as connection:
        assert get_experiment(connection, experiment_id).state == "queued"


def test_an_experiment_is_cancelled_and_one_that_ended_is_not(
    folder: Path, database: Database
) -> None:
    waits, done = submit(), submit("--seeds", "5")
    work(database, done, "done")
    assert f"{waits} is cancelled." in run("experiments", "cancel", waits).stderr
    assert f"{done} had ended already and is done." in run("experiments", "cancel", done).stderr


def test_what_happened_is_printed_line_by_line(folder: Path, database: Database) -> None:
    experiment_id = submit()
    work(database, experiment_id, "failed", "Bad candles.")
    lines = run("experiments", "logs", experiment_id).stdout.splitlines()
    told = [line.partition("Z  ")[2] for line in lines]
    assert told == [
        "queued",
        "running",
        # What others wrote must not steer the terminal.
        "unit 0: 2 series [31m.",
        "unit 0: step 15 validates at Sharpe 0.50, buy and hold at -",
        "failed (Bad candles.)",
    ]
    assert lines[2].startswith("1970-01-01 00:00:01Z")


def test_following_the_log_ends_with_the_experiment(folder: Path, database: Database) -> None:
    experiment_id = submit()
    timer = threading.Timer(0.3, work, (database, experiment_id, "done"))
    timer.start()
    lines = run("experiments", "logs", experiment_id, "--follow").stdout.splitlines()
    timer.join()
    assert lines[-1].endswith("done")


@pytest.mark.parametrize("command", ["watch", "cancel", "logs"])
def test_an_experiment_that_is_not_there_is_refused(folder: Path, command: str) -> None:
    told = run("experiments", command, "train-none", code=2).stderr
    assert "There is no experiment 'train-none'. (field experiment_id)" in " ".join(told.split())


def test_a_sweep_is_queued_from_its_file(folder: Path, database: Database) -> None:
    result = run("sweep", "sweep.yaml")
    experiment_id = result.stdout.strip()
    assert NO_WORKER in " ".join(result.stderr.split())
    with database.reading() as connection:
        row = get_experiment(connection, experiment_id)
        units = list_units(connection, experiment_id)
    assert (row.kind, row.name, row.steps) == ("sweep", "Discounts", 20)
    assert [(unit.point.get("learning.discount"), unit.seed) for unit in units] == [
        (0.5, 0), (0.5, 1), (0.9, 0), (0.9, 1), (None, None),
    ]  # fmt: skip
    assert units[0].point["learning.learning_rate"] == 0.001
    assert run("sweep", "sweep.yaml").stdout.strip() == experiment_id


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("steps: 20", "stepz: 20", "stepz"),
        ("learning.discount: [0.5, 0.9]", "learning.discount: [0.5, 2.0]",
         "grid.learning.discount"),
        ("learning.discount: [0.5, 0.9]", "learning.discunt: [0.5]", "grid.learning.discunt"),
        ("learning.discount: [0.5, 0.9]", "learning.discount: [high]", "grid.learning.discount"),
        ("data: [data]", "data: [nowhere]", "data"),
        ("seeds: [0, 1]", "seeds: [-1]", "seeds"),
        ("steps: 20", "steps: 20\nbudget: 5m", "budget_seconds"),
    ],
)  # fmt: skip
def test_a_sweep_that_cannot_be_done_is_refused_by_its_field(
    folder: Path, before: str, after: str, field: str
) -> None:
    (folder / "sweep.yaml").write_text(SWEEP.replace(before, after))
    told = " ".join(run("sweep", "sweep.yaml", code=2).stderr.split())
    assert told.startswith("Refused: ")
    assert told.endswith(f"(field {field})")


def test_the_example_in_the_help_is_a_file_that_can_be_read(folder: Path, tmp_path: Path) -> None:
    from model_service.cli import sweep
    from model_service.experiments.sweep_file import read_sweep_file

    text = (sweep.command.__doc__ or "").partition("\b\n")[2].partition("\n\n")[0]
    path = tmp_path / "example.yaml"
    path.write_text("\n".join(line.removeprefix("    ") for line in text.splitlines()))
    assert set(read_sweep_file(path).grid) == {"learning.discount", "learning.learning_rate"}


def test_in_the_root_of_the_repository_the_defaults_are_those_of_make_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in os.environ if name.startswith(("MODEL_", "BELLWETHER_STATE"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(CONTRACT.parents[1])
    own = Settings()
    for program in services(stack_settings.read_settings())[:2]:
        started = program.environment
        assert Path(started["MODEL_STATE_DIR"]) == own.state_dir.resolve()
        assert Path(started["MODEL_ARTEFACTS_URL"]) == Path(own.artefacts_url).resolve()
        assert Path(started["MODEL_AGENTS_DIR"]) == own.agents_dir.resolve()
        assert "MODEL_DATABASE_URL" not in started
