"""/predict with the name of a file never leaves the dataset folder, whatever the name tries."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def surroundings(settings, csv_of, random_candles) -> Path:
    """A dataset folder with all kinds of entries, and a readable CSV outside it."""
    dataset = settings.dataset_dir
    outside = dataset.parent / "outside"
    outside.mkdir()
    (outside / "SECRET.csv").write_text(csv_of(random_candles(100)))
    (dataset / "GOOD.csv").write_text(csv_of(random_candles(100)))
    (dataset / "link.csv").symlink_to(outside / "SECRET.csv")
    (dataset / "inside.csv").symlink_to(dataset / "GOOD.csv")
    (dataset / "dangling.csv").symlink_to(outside / "NOTHING.csv")
    (dataset / "loop.csv").symlink_to(dataset / "loop.csv")
    (dataset / "folder.csv").mkdir()
    (dataset / "sub").mkdir()
    (dataset / "sub" / "DEEP.csv").write_text(csv_of(random_candles(100)))
    (dataset / "linked").symlink_to(outside)
    (dataset / "device.csv").symlink_to("/dev/zero")
    os.mkfifo(dataset / "pipe.csv")
    return dataset


HOSTILE_NAMES = [
    "../outside/SECRET.csv",
    "dataset/../../outside/SECRET.csv",
    "dataset/../outside/SECRET.csv",
    "..",
    ".",
    "/",
    "",
    "dataset/",
    "/etc/passwd",
    "/etc/passwd%00.csv",
    "//etc/passwd",
    "file:///etc/passwd",
    "linked/SECRET.csv",
    "sub/DEEP.csv",
    "sub/../GOOD.csv",
    "./GOOD.csv",
    "dataset/dataset/GOOD.csv",
    "..\\outside\\SECRET.csv",
    "C:\\GOOD.csv",
    "\\\\host\\share\\GOOD.csv",
    "GOOD.csv\0",
    "GOOD.csv\0.csv",
    "GOOD.csv\n",
    "\tGOOD.csv",
    "GOOD.csv ",
    "GOOD.csv/",
    "GOOD.csv/.",
    "%2e%2e%2foutside%2fSECRET.csv",
    "..%2foutside%2fSECRET.csv",
    "%252e%252e%252foutside%252fSECRET.csv",
    "..%c0%af..%c0%afoutside%c0%afSECRET.csv",
    "‥/outside/SECRET.csv",
    "．．／outside／SECRET.csv",
    "link.csv",
    "inside.csv",
    "dangling.csv",
    "loop.csv",
    "folder.csv",
    "sub",
    "linked",
    "pipe.csv",
    "device.csv",
    "CON",
    "NUL.csv",
    ".hidden.csv",
    "~/GOOD.csv",
    "~root/GOOD.csv",
    "$HOME/GOOD.csv",
    "$(touch pwned).csv",
    "`touch pwned`.csv",
    "GOOD.csv; touch pwned",
    "GOOD.csv;touch pwned;.csv",
    "GOOD.csv|touch pwned.csv",
    "GOOD.csv && touch pwned.csv",
    "-rf.csv",
    "--help.csv",
    "*.csv",
    "G?OD.csv",
    "{GOOD,link}.csv",
    "'GOOD.csv'",
    "good.csv",
    "GOOD.CSV.exe",
    "GOOD",
    "a" * 250 + ".csv",
]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_hostile_name_is_refused_and_touches_nothing(client, surroundings, method, name):
    def tree():
        return sorted(
            (str(path), path.is_symlink(), path.stat(follow_symlinks=False).st_mtime_ns)
            for path in surroundings.parent.rglob("*")
            if "state" not in path.parts
        )

    before = tree()
    if method == "GET":
        response = client.get("/predict", query_string={"input_file": name})
    else:
        response = client.post("/predict", json={"input_file": name})
    assert response.status_code in (404, 422), response.text
    assert response.content_type == "application/problem+json"
    assert str(surroundings) not in response.text
    assert "root:" not in response.text
    assert tree() == before


def test_good_name_is_answered_beside_them(client, surroundings):
    assert client.get("/predict?input_file=GOOD.csv").status_code == 200


def test_link_at_the_results_is_replaced_and_not_followed(client, surroundings):
    target = surroundings.parent / "outside" / "SECRET.csv"
    before = target.read_bytes()
    results = surroundings / "GOOD_results.csv"
    results.symlink_to(target)
    assert client.get("/predict?input_file=GOOD.csv").status_code == 200
    assert not results.is_symlink()
    assert target.read_bytes() == before
    assert "netWorth" in results.read_text()


def test_folder_at_the_results_is_a_problem_that_leaves_nothing(client, surroundings, problem_of):
    (surroundings / "GOOD_results.csv").mkdir()
    problem_of(client.get("/predict?input_file=GOOD.csv"), 500, "dataset-not-writable")
    assert not list(surroundings.glob(".*.partial"))
