"""Run the services with load, let Debian's Prometheus read them, and draw the dashboards.

``python -m scripts.dashboards.rehearsal FOLDER [--minutes 5]``. All on 127.0.0.1 and free ports;
nothing is left running. Rules are those of the repository, so that alerts are judged as well. What
a cluster would tell of its pods is invented: :mod:`scripts.dashboards.pretended_cluster`.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import yaml

from scripts.dashboards.pictures import draw_all
from scripts.dashboards.pretended_cluster import pretended_cluster
from scripts.prometheus_programs import serving
from scripts.stack.ports import free_ports
from scripts.stack.trial import Trial, trial_stack

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = ROOT / "observability/prometheus/prometheus.yml"
RULES = ROOT / "observability/prometheus/rules"

_REQUEST_SECONDS = 30
_HEADLINES = ("Profits beat all forecasts", "Shares fall after a warning", "The board meets today")


def main() -> None:
    """Draw after some minutes of load."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--minutes", type=float, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        state = Path(scratch)
        # A source that cannot be reached shows what failures look like.
        environment = {"BACKEND_YAHOO_URL": f"http://127.0.0.1:{free_ports(1)[0]}"}
        with (
            trial_stack(state / "services", environment) as trial,
            pretended_cluster() as cluster,
            prometheus(trial, cluster, state / "prometheus") as address,
        ):
            load(trial, given.minutes * 60)
            draw_all(address, given.folder, given.minutes + 0.5, [])
            for alert in alerts(address):
                print(alert)


@contextlib.contextmanager
def prometheus(trial: Trial, cluster: str, folder: Path) -> Iterator[str]:
    """Debian's Prometheus with the configuration of compose, at the addresses of a trial."""
    program = shutil.which("prometheus")
    if program is None:
        sys.exit("prometheus is missing: apt-get install prometheus")
    folder.mkdir(parents=True)
    content = yaml.safe_load(CONFIGURATION.read_text(encoding="utf-8"))
    content["global"]["scrape_interval"] = "5s"
    content["global"]["scrape_timeout"] = "4s"
    content["global"]["evaluation_interval"] = "5s"
    content["rule_files"] = [f"{RULES}/*.yml"]
    del content["alerting"]
    ports = {
        "backend": trial.settings.backend_port,
        "model": trial.settings.model_port,
        "worker": trial.settings.worker_port,
    }
    (folder / "token").write_text("none-is-asked-for", encoding="utf-8")
    content["scrape_configs"] = [
        one for one in content["scrape_configs"] if one["job_name"] in ports
    ]
    for one in content["scrape_configs"]:
        one["static_configs"] = [{"targets": [f"127.0.0.1:{ports[one['job_name']]}"]}]
        if "authorization" in one:
            one["authorization"]["credentials_file"] = str(folder / "token")
    content["scrape_configs"].append(
        {
            "job_name": "pretended-cluster",
            "honor_labels": True,
            "static_configs": [{"targets": [cluster]}],
        }
    )
    (folder / "prometheus.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    arguments = [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    with serving(program, arguments, folder / "log") as address:
        yield address


def alerts(address: str) -> list[str]:
    """What Prometheus makes of the load: each alert with its state and description."""
    found = httpx.get(f"{address}/api/v1/alerts", timeout=_REQUEST_SECONDS).json()["data"]["alerts"]
    return [
        f"{one['labels']['alertname']} {one['state']}: {one['annotations']['description']}"
        for one in found
    ]


def load(trial: Trial, seconds: float) -> None:
    """What browsers would ask, some of it wrong, and one small experiment."""
    end = time.monotonic() + seconds
    with httpx.Client(base_url=trial.gateway_url, timeout=_REQUEST_SECONDS) as client:
        symbols = [one["symbol"] for one in client.get("/api/symbols").json()["symbols"]][:5]
        _start_experiment(client, symbols[0])
    threads = [
        threading.Thread(target=work, args=(trial, symbols, end)) for work in (_browse, _compute)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _start_experiment(client: httpx.Client, symbol: str) -> None:
    wanted = {"kind": "train", "symbols": [symbol], "seeds": [0, 1], "steps": 4000}
    client.post("/api/experiments", json=wanted).raise_for_status()


def _browse(trial: Trial, symbols: list[str], end: float) -> None:
    with httpx.Client(base_url=trial.gateway_url, timeout=_REQUEST_SECONDS) as client:
        turn = 0
        while time.monotonic() < end:
            symbol = symbols[turn % len(symbols)]
            # Another capital is another question, so that not all answers come from a cache.
            asked = [f"candles/{symbol}", f"signals/{symbol}?cash={1000 * (turn + 1)}"]
            if turn % 4 == 0:
                asked += [f"news/{symbol}", f"sentiment/{symbol}"]
            for path in asked:
                with contextlib.suppress(httpx.HTTPError):
                    client.get(f"/api/{path}")
            if turn % 10 == 0:
                with contextlib.suppress(httpx.HTTPError):
                    client.get("/api/candles/NOSUCHSYMBOL")
            turn += 1
            time.sleep(0.3)


def _compute(trial: Trial, _symbols: list[str], end: float) -> None:
    with httpx.Client(base_url=trial.model_url, timeout=_REQUEST_SECONDS) as client:
        turn = 0
        while time.monotonic() < end:
            texts = [f"{headline}, says report {turn % 20}" for headline in _HEADLINES]
            with contextlib.suppress(httpx.HTTPError):
                client.post("/sentiment", json={"texts": texts})
            turn += 1
            time.sleep(1)


if __name__ == "__main__":
    main()
