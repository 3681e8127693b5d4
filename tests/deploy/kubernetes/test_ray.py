"""Ray itself understands the commands that its nodes are started with."""

from __future__ import annotations

from typing import Any

import pytest

from tests.deploy.kubernetes.rendering import Combination, Workshop

scripts = pytest.importorskip("ray.scripts.scripts", reason="Ray is not installed")
click = pytest.importorskip("click")


@pytest.fixture(scope="module")
def commands(workshop: Workshop) -> dict[str, list[str]]:
    """Of each container that is a node."""
    rendering = workshop.render(Combination("production", ("ray",)))
    return {
        container["name"]: container["command"]
        for _, container in rendering.containers()
        if container.get("command", [])[:1] == ["ray"]
    }


def _understand(command: list[str]) -> dict[str, Any]:
    program, name, *arguments = command
    assert program == "ray"
    parsed: dict[str, Any] = scripts.cli.commands[name].make_context(name, arguments).params
    return parsed


def test_commands_say_what_is_meant(commands: dict[str, list[str]]) -> None:
    understood = {name: _understand(command) for name, command in commands.items()}
    assert set(understood) == {"ray-head", "ray-worker", "ray-node"}
    assert all(one["block"] and one["disable_usage_stats"] for one in understood.values())
    assert {name: one["num_cpus"] for name, one in understood.items()} == {
        "ray-head": 0,
        "ray-worker": 2,
        "ray-node": 0,
    }
    assert [name for name, one in understood.items() if one["head"]] == ["ray-head"]
    assert {one["address"] for one in understood.values()} == {None, "ray-head-svc:6379"}
    assert understood["ray-head"]["include_dashboard"] is False


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("--block", "--blocked"), ("--num-cpus=0", "--cpus=0"), ("--num-cpus=0", "--num-cpus=none")],
)
def test_mistake_is_reported(right: str, wrong: str, commands: dict[str, list[str]]) -> None:
    command = [wrong if part == right else part for part in commands["ray-node"]]
    assert command != commands["ray-node"]
    with pytest.raises(click.UsageError):
        _understand(command)
