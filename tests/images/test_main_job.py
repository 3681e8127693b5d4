"""The main job in a real browser, against the containers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from http import HTTPStatus

import httpx
import pytest

from scripts.browser import find_or_install_chromium
from tests.figures import Record
from tests.images.platform import ROOT, Platform
from tests.market_data import market_data_folder

BROWSER_SECONDS = 900.0


@pytest.mark.parametrize("spec", ["signals", "experiments"])
def test_the_page_does_its_main_job(platform: Platform, figures: Record, spec: str) -> None:
    chromium = find_or_install_chromium()
    assert chromium is not None, "no Chromium here, and none could be installed"
    result = subprocess.run(
        [shutil.which("npm") or "npm", "run", "e2e", "--", spec],
        cwd=ROOT / "frontend",
        env={
            **os.environ,
            "BASE_URL": platform.page_url,
            "CHROMIUM_PATH": str(chromium),
            "BELLWETHER_DATA": str(market_data_folder()),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=BROWSER_SECONDS,
    )
    print(result.stdout[-6000:])
    assert result.returncode == 0
    [passed] = [line.split()[0] for line in result.stdout.splitlines() if " passed (" in line]
    figures(passed=int(passed))


def test_the_platform_is_ready_in_time(platform: Platform, figures: Record) -> None:
    figures(from_nothing_to_ready_seconds=round(platform.ready_seconds, 1))


def test_the_page_comes_compressed_with_its_policy(platform: Platform) -> None:
    answer = httpx.get(platform.page_url, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Server"] == "nginx"


def test_files_named_by_their_content_are_kept_for_ever(platform: Platform) -> None:
    page = httpx.get(platform.page_url).text
    [script] = re.findall(r'src="(/assets/[^"]+\.js)"', page)
    answer = httpx.get(platform.page_url + script, headers={"Accept-Encoding": "gzip"})
    assert answer.headers.get_list("Cache-Control") == ["public, max-age=31536000, immutable"]
    assert answer.headers["Content-Encoding"] == "gzip"
    missing = httpx.get(f"{platform.page_url}/assets/missing.js")
    assert missing.status_code == HTTPStatus.NOT_FOUND


def test_what_the_gateway_answers_keeps_its_own_caching_and_is_compressed(
    platform: Platform,
) -> None:
    address = f"{platform.page_url}/api/candles/SIM-TREND"
    direct = httpx.get(f"{platform.gateway_url}/api/candles/SIM-TREND", timeout=30)
    answer = httpx.get(address, headers={"Accept-Encoding": "gzip"}, timeout=30)
    assert answer.json() == direct.json()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers.get_list("Cache-Control") == direct.headers.get_list("Cache-Control")
    assert answer.headers.get_list("X-Content-Type-Options") == ["nosniff"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    again = httpx.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == HTTPStatus.NOT_MODIFIED


@pytest.mark.parametrize("path", ["/metrics", "/docs", "/read-csv"])
def test_only_the_gateways_api_is_to_be_had_through_the_page(platform: Platform, path: str) -> None:
    assert '<div id="root">' in httpx.get(platform.page_url + path).text


def test_the_model_service_answers_only_to_its_token(platform: Platform) -> None:
    address = f"{platform.model_url}/agents"
    assert httpx.get(address).status_code == HTTPStatus.UNAUTHORIZED
    wrong = {"Authorization": f"Bearer {platform.token}x"}
    assert httpx.get(address, headers=wrong).status_code == HTTPStatus.UNAUTHORIZED
    right = {"Authorization": f"Bearer {platform.token}"}
    assert httpx.get(address, headers=right).status_code == HTTPStatus.OK
