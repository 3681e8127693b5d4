"""The artefact store, on a folder and on a server that speaks S3: the same words for both."""

from __future__ import annotations

import errno
import os
import pickle
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from model_service.artefacts.folder import Folder
from model_service.artefacts.store import ArtefactStore
from model_service.errors import ArtefactNotFound, ArtefactStoreUnavailable, InvalidRequest


def test_what_was_written_is_read_by_whoever_opens_the_same(artefact_store):
    artefact_store.write("agents/a/manifest.json", b"one")
    artefact_store.write("agents/a/manifest.json", b"two")
    again = pickle.loads(pickle.dumps(artefact_store))  # noqa: S301
    assert again.url == artefact_store.url
    assert again.read("agents/a/manifest.json") == b"two"
    again.write("agents/a/manifest.json", b"three")
    assert artefact_store.read("agents/a/manifest.json") == b"three"


def test_another_process_sees_what_was_written(artefact_store):
    artefact_store.write("a/b", b"one")
    script = (
        "import sys; from model_service.artefacts.store import ArtefactStore\n"
        "store = ArtefactStore(sys.argv[1]); print(store.read('a/b'))\n"
        "store.write('a/c', b'two')"
    )
    assert artefact_store.names("a") == ["a/b"]
    printed = subprocess.run(
        [sys.executable, "-c", script, artefact_store.url],
        env=os.environ,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert printed.stdout.strip() == b"b'one'"
    assert artefact_store.names("a") == ["a/b", "a/c"]
    assert artefact_store.exists("a/c")


def test_names_are_those_below_a_prefix(artefact_store):
    assert artefact_store.names("agents") == []
    for name in ("agents/b@10/m", "agents/b/w", "agents/b/m", "agents-old/x", "agents.json"):
        artefact_store.write(name, b"")
    assert artefact_store.names("agents") == ["agents/b/m", "agents/b/w", "agents/b@10/m"]
    assert artefact_store.names("agents/") == artefact_store.names("agents")
    assert artefact_store.names("agents/b") == ["agents/b/m", "agents/b/w"]
    assert artefact_store.names("agents.json") == artefact_store.names("agents/b/m") == []
    assert len(artefact_store.names("")) == 5


def test_versions_change_with_the_content(artefact_store):
    artefact_store.write("a", b"one")
    before = artefact_store.versions("")
    assert artefact_store.versions("") == before
    artefact_store.write("a", b"two")
    assert artefact_store.versions("").keys() == before.keys()
    assert artefact_store.versions("") != before


def test_removing_takes_what_is_below_and_nothing_beside(artefact_store):
    for name in ("a/one", "a/two/three", "ab/one", "b"):
        artefact_store.write(name, b"")
    artefact_store.remove("a")
    assert artefact_store.names("") == ["ab/one", "b"]
    artefact_store.remove("b")
    artefact_store.remove("ab/one")
    assert artefact_store.names("") == []
    for nothing in ("a", "a/one", "never/was"):
        artefact_store.remove(nothing)
    artefact_store.write("a/one", b"again")
    assert artefact_store.read("a/one") == b"again"


def test_what_is_not_there_is_said(artefact_store):
    artefact_store.write("a/b", b"")
    for name in ("b", "a", "a/b/c", "a/c"):
        assert not artefact_store.exists(name)
        with pytest.raises(ArtefactNotFound):
            artefact_store.read(name)
    assert artefact_store.exists("a/b")


@pytest.mark.parametrize(
    "name",
    ["..", "../a", "a/../b", "/a", "a//b", "a/", "", ".hidden", "a/.b", "a\\b", "a\0", "ä", "a b",
     "a\n", "x" * 300, "a/" * 300 + "a"],
)  # fmt: skip
def test_other_names_are_refused(artefact_store, name):
    for use in (artefact_store.read, artefact_store.exists):
        with pytest.raises(InvalidRequest):
            use(name)
    with pytest.raises(InvalidRequest):
        artefact_store.write(name, b"")


@pytest.mark.parametrize("prefix", ["..", "a/../..", "", "/", "a//b"])
def test_other_prefixes_are_not_removed(artefact_store, prefix):
    artefact_store.write("a/b", b"")
    with pytest.raises(InvalidRequest):
        artefact_store.remove(prefix)
    assert artefact_store.names("") == ["a/b"]


def test_more_than_a_page_is_listed_and_removed(artefact_store):
    names = [f"many/{number:04}" for number in range(1_050)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: artefact_store.write(name, b""), names))
    assert artefact_store.names("many") == names
    artefact_store.remove("many")
    assert artefact_store.names("many") == []


def test_readers_see_one_content_or_the_other(artefact_store):
    contents = [bytes([letter]) * 300_000 for letter in b"ab"]
    artefact_store.write("a", contents[0])

    def write(position: int) -> None:
        artefact_store.write("a", contents[position % 2])

    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(write, position) for position in range(40)]
        read = [artefact_store.read("a") for _ in range(40)]
        for each in writing:
            each.result(timeout=30)
    assert set(read) <= set(contents)
    assert artefact_store.names("") == ["a"]


def test_a_folder_is_named_by_its_path_or_its_address(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for url in ("kept here", f"file://{tmp_path}/kept%20here"):
        store = ArtefactStore(url)
        assert store.url == str(tmp_path / "kept here")
        store.write("a", b"")
    assert (tmp_path / "kept here" / "a").is_file()


@pytest.mark.parametrize(
    "url", ["", "s3://", "s3://../x", "gs://bucket", "http://host/x", "file://host/x", "s3://b/a b"]
)
def test_other_addresses_are_refused(url):
    with pytest.raises(ValueError, match=r"folder|BUCKET"):
        ArtefactStore(url)


def test_s3_without_its_extra_is_refused_with_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "model_service.artefacts.bucket", None)
    with pytest.raises(ValueError, match="extra `s3`"):
        ArtefactStore("s3://bucket/prefix")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "is full"),
        (errno.EDQUOT, "is full"),
        (errno.EROFS, "does not let this service write"),
        (errno.EIO, "failed to write"),
    ],
)
def test_a_disk_that_fails_is_said_and_leaves_nothing(tmp_path, monkeypatch, number, sentence):
    store = ArtefactStore(str(tmp_path))
    store.write("a/b", b"old")

    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ArtefactStoreUnavailable, match=sentence) as refused:
        store.write("a/b", b"new")
    assert str(tmp_path) not in refused.value.detail
    assert store.read("a/b") == b"old"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_a_file_where_the_folder_should_be_is_a_failure(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ArtefactStoreUnavailable):
        ArtefactStore(str(tmp_path / "file")).write("a", b"")


def test_links_folders_and_pipes_hold_nothing(tmp_path):
    (tmp_path / "secret").write_text("secret")
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "folder").mkdir()
    (folder / ".hidden").write_text("")
    os.mkfifo(folder / "pipe")
    store = ArtefactStore(str(folder))
    assert store.names("") == []
    for name in ("link", "folder", "pipe"):
        assert not store.exists(name)
        with pytest.raises(ArtefactNotFound):
            store.read(name)
    store.remove("link")
    assert (tmp_path / "secret").read_text() == "secret"


def test_writing_stands_a_folder_that_is_removed_meanwhile(tmp_path, monkeypatch):
    removed = []
    make = Path.mkdir

    def make_and_lose(path: Path, **options: bool) -> None:
        make(path, **options)
        if not removed:
            removed.append(path)
            path.rmdir()

    monkeypatch.setattr(Path, "mkdir", make_and_lose)
    Folder(tmp_path).write("a/b", b"there")
    assert Folder(tmp_path).read("a/b") == b"there"


@pytest.fixture
def away(s3_server, monkeypatch):
    """A store on a server that takes connections and never answers."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        for name, value in (s3_server | {"AWS_ENDPOINT_URL": address}).items():
            monkeypatch.setenv(name, value)
        yield ArtefactStore("s3://bellwether/x", timeout_seconds=0.3)


def test_a_server_that_does_not_answer_is_waited_for_so_long(away):
    started = time.monotonic()
    for use in (
        lambda: away.read("a"),
        lambda: away.write("a", b""),
        lambda: away.exists("a"),
        lambda: away.names("a"),
        lambda: away.remove("a"),
    ):
        with pytest.raises(ArtefactStoreUnavailable, match=r"did not answer within 0\.3 s"):
            use()
    assert time.monotonic() - started < 5


def test_a_bucket_that_is_not_there_is_a_failure_and_no_missing_name(s3_server, monkeypatch):
    for name, value in s3_server.items():
        monkeypatch.setenv(name, value)
    store = ArtefactStore("s3://no-such-bucket", timeout_seconds=5)
    for use in (lambda: store.read("a"), lambda: store.names(""), lambda: store.exists("a")):
        with pytest.raises(ArtefactStoreUnavailable):
            use()
