"""A listing that is a moment old at most, and outlasts a store that cannot be asked."""

from __future__ import annotations

import threading

import pytest
from structlog.testing import capture_logs

from model_service.artefacts.recent_listing import MAX_AGE_SECONDS, RecentListing
from model_service.errors import ArtefactStoreUnavailable


@pytest.fixture
def listing(counting, clock):
    return RecentListing(counting, "a", clock=clock)


def test_it_is_asked_for_again_when_it_is_old(listing, counting, clock):
    assert listing.versions() == {}
    counting.write("a/b", b"")
    clock.seconds += MAX_AGE_SECONDS / 2
    assert listing.versions() == {}
    assert counting.asked["versions"] == 1
    clock.seconds += MAX_AGE_SECONDS / 2
    assert set(listing.versions()) == {"a/b"}
    assert listing.versions() is listing.versions()
    assert counting.asked["versions"] == 2


def test_the_current_one_is_never_older_than_the_question(listing, counting):
    listing.versions()
    counting.write("a/b", b"")
    assert set(listing.current()) == {"a/b"}
    assert set(listing.versions()) == {"a/b"}


def test_what_was_known_outlasts_a_store_that_is_away(listing, counting, clock):
    counting.write("a/b", b"")
    listing.versions()
    counting.away = True
    for _ in range(3):
        clock.seconds += 10 * MAX_AGE_SECONDS
        with capture_logs() as logs:
            assert set(listing.versions()) == {"a/b"}
            assert set(listing.versions()) == {"a/b"}
        assert [log["event"] for log in logs] == ["listing is old"]
    with pytest.raises(ArtefactStoreUnavailable):
        listing.current()
    counting.away = False
    counting.remove("a/b")
    clock.seconds += MAX_AGE_SECONDS
    assert listing.versions() == {}


def test_without_anything_known_the_failure_is_said(listing, counting):
    counting.away = True
    with pytest.raises(ArtefactStoreUnavailable):
        listing.versions()


def test_one_asks_and_the_others_go_on_with_what_was_known(listing, counting, clock, monkeypatch):
    listing.versions()
    counting.write("a/b", b"")
    clock.seconds += MAX_AGE_SECONDS
    asked, answer = threading.Event(), threading.Event()
    ask = counting.versions

    def ask_slowly(prefix):
        asked.set()
        assert answer.wait(10)
        return ask(prefix)

    monkeypatch.setattr(counting, "versions", ask_slowly)
    asking = threading.Thread(target=listing.versions)
    asking.start()
    assert asked.wait(10)
    assert listing.versions() == {}
    answer.set()
    asking.join(10)
    assert set(listing.versions()) == {"a/b"}
