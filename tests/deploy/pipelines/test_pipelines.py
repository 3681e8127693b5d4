"""The four pipelines keep the rules, and each rule finds what is planted."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from .mistakes import MISTAKES
from .rules import RULES, Rule
from .running import PIPELINES, Pipeline, read_pipeline, run_pipelines
from .scenarios import SCENARIOS

PLANTED = [(rule, number) for rule in MISTAKES for number in range(len(MISTAKES[rule]))]
BY_NAME = {rule.__name__: rule for rule in RULES}


@pytest.fixture(scope="module")
def pipelines(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Pipeline]:
    """The pipelines as they are, by job, and with mistakes, by rule and number."""
    texts = {job: (job, read_pipeline(job)) for job in PIPELINES}
    for rule, number in PLANTED:
        job, good, bad = MISTAKES[rule][number]
        text = read_pipeline(job)
        assert good in text, f"{rule}: `{good}` is not there to be replaced"
        texts[f"{rule}-{number}"] = (job, text.replace(good, bad, 1))
    folder = tmp_path_factory.mktemp("builds")
    run = run_pipelines(list(texts.values()), SCENARIOS, folder)
    return dict(zip(texts, run, strict=True))


@pytest.mark.parametrize("job", PIPELINES)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_pipeline_keeps_a_rule(rule: Rule, job: str, pipelines: Mapping[str, Pipeline]) -> None:
    assert rule(pipelines[job]) == []


def test_a_mistake_is_planted_for_every_rule() -> None:
    assert set(MISTAKES) == set(BY_NAME)


@pytest.mark.parametrize(("rule", "number"), PLANTED)
def test_planted_mistakes_are_found(
    rule: str, number: int, pipelines: Mapping[str, Pipeline]
) -> None:
    assert BY_NAME[rule](pipelines[f"{rule}-{number}"])
