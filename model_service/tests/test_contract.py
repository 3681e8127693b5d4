"""The application against its contract: the same routes, and answers as the contract says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from pydantic import BaseModel
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from model_service.app import create_app
from model_service.artefacts.agents import AgentStore
from model_service.artefacts.store import ArtefactStore
from model_service.evaluation.sealed import open_looks
from model_service.http.experiments import (
    EventsQuery,
    ExperimentsQuery,
    LastEventId,
    UnitsQuery,
)
from model_service.http.preprocess import PreprocessQuery
from model_service.http.simulate import SimulateQuery
from model_service.settings import Settings

CONTRACT = Path(__file__).parents[2] / "contracts" / "model_service.openapi.yaml"

EXAMPLES = CONTRACT.parent / "examples"

# Bytes of any kind, which are hardly ever Parquet: refusals are what is tested of it here.
schemathesis.serializer.alias("application/vnd.apache.parquet", "application/octet-stream")


@pytest.fixture(scope="module")
def contract():
    return yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def app(_tiny_agents, tmp_path_factory, fake_engines):
    folder = tmp_path_factory.mktemp("contract")
    (folder / "dataset").mkdir()
    looks = open_looks(f"sqlite:///{folder / 'looks.sqlite3'}")
    configured = Settings(
        agents_dir=_tiny_agents,
        dataset_dir=folder / "dataset",
        evaluations_dir=folder / "evaluations",
        artefacts_url=str(folder / "artefacts"),
        state_dir=folder,
    )
    agents = AgentStore([_tiny_agents], ArtefactStore(configured.artefacts_url))
    app = create_app(configured, agents=agents, looks=looks, engines=fake_engines())
    app.extensions["services"].readiness.start().join(60)
    yield app
    looks.close()


def test_application_and_contract_have_the_same_routes(app, contract):
    promised = {
        (method.upper(), path)
        for path, operations in contract["paths"].items()
        for method in operations
    }
    answered = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert answered == promised


@pytest.mark.parametrize(
    ("path", "method", "model"),
    [
        ("/experiments", "get", ExperimentsQuery),
        ("/experiments/{experiment_id}/units", "get", UnitsQuery),
        ("/experiments/{experiment_id}/events", "get", EventsQuery),
        ("/preprocess", "post", PreprocessQuery),
        ("/simulate", "get", SimulateQuery),
    ],
)
def test_query_models_are_those_of_the_contract(contract, path, method, model: type[BaseModel]):
    def resolve(schema):
        reference = schema.get("$ref")
        if reference is None:
            return schema
        return contract["components"]["schemas"][reference.rsplit("/", 1)[1]]

    written = model.model_json_schema()
    promised = {
        parameter["name"]: resolve(parameter["schema"])
        for parameter in contract["paths"][path][method]["parameters"]
        if parameter["in"] == "query"
    }
    assert set(written["properties"]) == set(promised)
    assert set(written.get("required", [])) == {
        parameter["name"]
        for parameter in contract["paths"][path][method]["parameters"]
        if parameter["in"] == "query" and parameter.get("required")
    }
    for name, schema in promised.items():
        own = written["properties"][name]
        own = next((part for part in own.get("anyOf", []) if part["type"] != "null"), own) | {
            key: value for key, value in own.items() if key == "default" and value is not None
        }
        for key in set(schema) - {"description", "examples"}:
            assert own[key] == schema[key], (name, key)


def test_the_header_of_a_stream_is_that_of_the_contract(contract):
    parameters = contract["paths"]["/experiments/{experiment_id}/events"]["get"]["parameters"]
    (promised,) = (one["schema"] for one in parameters if one["in"] == "header")
    (own,) = LastEventId.model_json_schema()["properties"].values()
    assert {key: own[key] for key in promised} == promised


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
OPERATIONS = [
    operation.ok().label
    for operation in schemathesis.openapi.from_path(CONTRACT).get_all_operations()
]


@pytest.fixture(scope="module")
def api(app):
    return schemathesis.openapi.from_wsgi("/contract", _serving_its_contract(app))


def _serving_its_contract(app):
    """The application with its contract at /contract, where Schemathesis reads it."""

    def serve(environ, start_response):
        if environ["PATH_INFO"] == "/contract":
            start_response("200 OK", [("Content-Type", "application/yaml")])
            return [CONTRACT.read_bytes()]
        return app(environ, start_response)

    return serve


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("agents_response", "AgentList"),
        ("dataset_response", "Dataset"),
        ("evaluate_request", "EvaluateRequest"),
        ("evaluate_response", "EvaluationReport"),
        ("evaluations_response", "EvaluationList"),
        ("experiment_estimate_response", "ExperimentEstimate"),
        ("experiment_events_response", "ExperimentEventPage"),
        ("experiment_request", "ExperimentRequest"),
        ("experiment_response", "Experiment"),
        ("experiments_response", "ExperimentPage"),
        ("predict_file_request", "PredictFileRequest"),
        ("predict_file_response", "PredictFileResponse"),
        ("predict_request", "PredictRequest"),
        ("predict_response", "PredictResponse"),
        ("preprocess_response", "PreprocessResponse"),
        ("problem", "Problem"),
        ("readiness_response", "Readiness"),
        ("sentiment_request", "SentimentRequest"),
        ("sentiment_response", "SentimentResponse"),
        ("simulate_response", "SimulateResponse"),
        ("units_response", "UnitPage"),
    ],
)
def test_examples_are_as_the_contract_says(contract, name, schema):
    example = json.loads((EXAMPLES / f"model_{name}.json").read_text(encoding="utf-8"))
    jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": contract["components"]}
    ).validate(example)


def test_example_of_a_request_is_answered(app):
    request = json.loads((EXAMPLES / "model_predict_request.json").read_text(encoding="utf-8"))
    expected = json.loads((EXAMPLES / "model_predict_response.json").read_text(encoding="utf-8"))
    answer = app.test_client().post("/predict", json=request).get_json()
    assert answer["data_hash"] == expected["data_hash"]
    assert answer["decisions"]["time"] == expected["decisions"]["time"]
    ledger, other = (run["baselines"]["buy_and_hold"]["ledger"] for run in (answer, expected))
    assert ledger["quantity"] == other["quantity"]
    assert ledger["net_worth"] == pytest.approx(other["net_worth"], abs=1e-6)


@pytest.mark.parametrize("label", OPERATIONS)
def test_answers_are_as_the_contract_says(api, label):
    method, path = label.split(" ")

    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=api[path][method].as_strategy())
    def ask(case):
        case.call_and_validate(checks=CHECKS)

    ask()
