"""A Dockerfile as instructions, and rules that each has to keep."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Instruction:
    """One instruction: its word in capitals, and everything behind it on one line."""

    word: str
    rest: str


@dataclass(frozen=True)
class Stage:
    """From a FROM to the next."""

    base: str
    name: str
    instructions: tuple[Instruction, ...]


@dataclass(frozen=True)
class Dockerfile:
    """Arguments before the first stage, and the stages."""

    path: str
    arguments: tuple[str, ...]
    stages: tuple[Stage, ...]

    def lineage(self, stage: Stage) -> list[Stage]:
        """A stage and those that it stands upon, the lowest first."""
        below = [other for other in self.stages if other.name == stage.base]
        return [*(self.lineage(below[0]) if below else []), stage]

    @property
    def served(self) -> list[Instruction]:
        """Instructions that the image of the last stage is made by."""
        return [one for stage in self.lineage(self.stages[-1]) for one in stage.instructions]


Rule = Callable[[Dockerfile], list[str]]


def read_dockerfile(path: str, text: str) -> Dockerfile:
    """The instructions of a Dockerfile."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    arguments: list[str] = []
    stages: list[Stage] = []
    for line in filter(str.strip, joined.splitlines()):
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base.strip(), name.strip(), ()))
        elif not stages:
            arguments.append(rest.strip())
        else:
            last = stages.pop()
            grown = (*last.instructions, Instruction(word, rest.strip()))
            stages.append(Stage(last.base, last.name, grown))
    return Dockerfile(path, tuple(arguments), tuple(stages))


def bases_are_arguments(file: Dockerfile) -> list[str]:
    """A mirror or a base of one's own can stand in; the default names a version."""
    defaults = dict(argument.partition("=")[::2] for argument in file.arguments)
    names = {stage.name for stage in file.stages}
    found = []
    for stage in file.stages:
        argument = re.fullmatch(r"\$\{(\w+)\}", stage.base)
        if stage.base in names:
            continue
        if argument is None:
            found.append(f"{file.path}: stage {stage.name} stands on {stage.base}, no argument.")
        elif not re.search(r":[\w.-]*\d", defaults.get(argument[1], "")):
            found.append(f"{file.path}: the default of {argument[1]} names no version.")
    return found


def nobody_is_root(file: Dockerfile) -> list[str]:
    """The user is given as numbers, which Kubernetes can compare, and is nobody of the base."""
    users = [one.rest for one in file.served if one.word == "USER"]
    if users[-1:] != ["10001:10001"]:
        return [f"{file.path}: the image runs as {users[-1] if users else 'root'}."]
    return []


def packages_come_alone(file: Dockerfile) -> list[str]:
    """No recommended packages, no lists of packages, no cache of pip are left."""
    found = []
    for one in (one for stage in file.stages for one in stage.instructions if one.word == "RUN"):
        if "apt-get install" in one.rest and "--no-install-recommends" not in one.rest:
            found.append(f"{file.path}: apt-get brings recommended packages.")
        if "apt-get update" in one.rest and "rm -rf /var/lib/apt/lists" not in one.rest:
            found.append(f"{file.path}: lists of packages stay in a layer.")
        if "pip install" in one.rest and one.rest.count("pip install") != one.rest.count(
            "--no-cache-dir"
        ):
            found.append(f"{file.path}: pip leaves its cache.")
    return found


def versions_are_the_projects(file: Dockerfile) -> list[str]:
    """What pip installs by name is held by constraints.txt, what npm installs by its lock file."""
    found = []
    for one in (one for stage in file.stages for one in stage.instructions if one.word == "RUN"):
        if "--requirement" in one.rest and "--constraint constraints.txt" not in one.rest:
            found.append(f"{file.path}: pip may take any version.")
        if re.search(r"npm (install|i)\b", one.rest):
            found.append(f"{file.path}: npm may take any version; `npm ci` does not.")
    return found


def nothing_that_builds_is_served(file: Dockerfile) -> list[str]:
    """Compilers and installers stay in stages of their own."""
    tools = ("binutils", "build-essential", "gcc", "python3-venv", "python3-pip", "npm ", "curl")
    return [
        f"{file.path}: the image that serves has {tool.strip()}."
        for one in file.served
        if one.word == "RUN"
        for tool in tools
        if tool in one.rest
    ]


def the_image_says_what_it_is(file: Dockerfile) -> list[str]:
    """OCI's labels, a health check, and which ports it answers on."""
    labels = " ".join(one.rest for one in file.served if one.word == "LABEL")
    wanted = ("title", "description", "licenses", "version", "revision")
    found = [
        f"{file.path}: no label org.opencontainers.image.{name}."
        for name in wanted
        if f"org.opencontainers.image.{name}=" not in labels
    ]
    words = {one.word for one in file.served}
    found += [
        f"{file.path}: no {word}." for word in ("HEALTHCHECK", "EXPOSE", "CMD") if word not in words
    ]
    return found


def commands_are_lists(file: Dockerfile) -> list[str]:
    """A shell in between would take the signals that a service has to hear."""
    return [
        f"{file.path}: {one.word} runs through a shell."
        for one in file.served
        if one.word in ("CMD", "ENTRYPOINT") and not one.rest.startswith("[")
    ]


def nothing_is_fetched(file: Dockerfile) -> list[str]:
    """ADD takes addresses and unpacks archives; COPY does neither."""
    return [
        f"{file.path}: ADD {one.rest}."
        for stage in file.stages
        for one in stage.instructions
        if one.word == "ADD"
    ]


RULES: tuple[Rule, ...] = (
    bases_are_arguments,
    nobody_is_root,
    packages_come_alone,
    versions_are_the_projects,
    nothing_that_builds_is_served,
    the_image_says_what_it_is,
    commands_are_lists,
    nothing_is_fetched,
)
