"""The files of the profile elk keep their rules, and each rule reports what was done wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from logstash_pipeline_parser import Pipeline
from logstash_pipeline_parser.tree import ParseError

from scripts import kibana_objects
from tests.deploy.elk.mistakes import MISTAKES
from tests.deploy.elk.mistakes.planting import Mistake
from tests.deploy.elk.parts import ELK, Elk, read
from tests.deploy.elk.rules import RULES, Rule

PIPELINE = sorted((ELK / "pipeline").glob("*.conf"))


@pytest.fixture(scope="module")
def elk() -> Elk:
    return read()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_is_kept(rule: Rule, elk: Elk) -> None:
    assert rule(elk) == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_mistake_is_reported(mistake: Mistake, elk: Elk) -> None:
    planted = elk.copy()
    mistake.change(planted)
    said = mistake.rule(planted)
    assert any(mistake.says in sentence for sentence in said), said


def test_mistakes_are_planted_for_every_rule() -> None:
    assert {mistake.rule for mistake in MISTAKES} == set(RULES)


@pytest.mark.parametrize("path", PIPELINE, ids=lambda path: path.name)
def test_pipeline_is_well_formed(path: Path) -> None:
    assert Pipeline.from_file(path).parse()


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("10-inputs.conf", "port => 5044", "port = 5044"),
        ("20-lines.conf", "} else if", "} elsif"),
        ("20-lines.conf", 'source => "message"', 'source => "message'),
        ("30-ecs.conf", "if [@metadata][time] {", "if @metadata.time {"),
        ("90-elasticsearch.conf", "output {", "outputs {"),
    ],
)
def test_what_breaks_the_pipelines_grammar_is_found(name: str, good: str, bad: str) -> None:
    text = (ELK / "pipeline" / name).read_text()
    assert good in text
    with pytest.raises(ParseError):
        Pipeline(text.replace(good, bad)).parse()


def test_saved_objects_are_what_the_program_writes(tmp_path: Path) -> None:
    assert kibana_objects.main(["--check"]) == 0
    edited = tmp_path / "objects.ndjson"
    edited.write_text(kibana_objects.FILE.read_text().replace("Unique hosts", "Hosts"))
    assert kibana_objects.main(["--check"], edited) == 1
    assert kibana_objects.main(["--check"], tmp_path / "none.ndjson") == 1
    assert kibana_objects.main([], edited) == 0
    assert edited.read_text() == kibana_objects.FILE.read_text()
