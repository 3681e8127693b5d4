"""Rules that each of the four pipelines has to keep, on its text and on what its builds do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .running import COMMIT, PIPELINES, ROOT, Build, Pipeline
from .scenarios import SITE

Rule = Callable[[Pipeline], list[str]]

STAGES = {
    "model": [
        *("Git Clone", "Initialize", "Preprocess Data", "Train and Backtest", "Unit Testing"),
        *("Build Docker Image", "Push"),
    ],
    "backend": ["Git Clone", "Backend Testing", "Creating Docker Image", "Push"],
    "frontend": ["Git Clone", "Frontend Testing", "Creating Docker Image", "Push"],
    "final-project": ["Git Clone", "Ansible-Kubernetes", "Smoke Test"],
}

JOBS = list(PIPELINES)
BEFORE = dict(zip(JOBS[1:], JOBS[:-1], strict=True))
AFTER = {before: job for job, before in BEFORE.items()}

CLUSTER = ["ansible_vault_pass", "kubeconfig", "bellwether_site"]
NEEDS = {"push": ["DockerSid"], "deploy-release": CLUSTER, "rollback": CLUSTER}
"""What a target needs credentials for, and the ids that those have by default."""

SECRETS = ("REGISTRY_PASSWORD", "VAULT_PASSWORD")
BOUND = (*SECRETS, "REGISTRY_USER", "KUBECONFIG", "SITE_FILE")
LONGEST_MINUTES = 300

COMMON = {
    "REPOSITORY": "https://github.com/bellwether/bellwether.git",
    "GIT_CREDENTIALS": "GitHubSid",
}
PUSHES = {
    "REGISTRY": "docker.io",
    "NAMESPACE": "bellwether",
    "EXTRA_TAGS": "",
    "REGISTRY_CREDENTIALS": "DockerSid",
}
PARAMETERS = {
    "model": {
        **COMMON,
        **PUSHES,
        "BRANCH": "main",
        "DATASET": "",
        "STEPS": "2000",
        "SEED": "0",
        "SELFTEST": "whole",
    },
    "backend": {**COMMON, **PUSHES},
    "frontend": {**COMMON, **PUSHES},
    "final-project": {
        **COMMON,
        "INVENTORY": "production",
        "SMOKE_URL": "https://bellwether.example.org",
        "VAULT_CREDENTIALS": "ansible_vault_pass",
        "KUBECONFIG_CREDENTIALS": "kubeconfig",
        "SITE_CREDENTIALS": "bellwether_site",
    },
}


def target(script: str) -> str:
    """The `make` target of a step; empty where it is something else."""
    found = re.match(r"make ([a-z0-9-]+)( |$)", script)
    return found[1] if found else ""


def targets(build: Build) -> list[str]:
    return [target(script) for script in build.shell]


def failures(pipeline: Pipeline) -> Iterator[tuple[str, Build]]:
    """Builds in which a step of this pipeline failed."""
    for name, build in pipeline.builds.items():
        if any(event["kind"] == "ended" for event in build.events):
            yield name, build


def has_the_form(pipeline: Pipeline) -> list[str]:
    """Blocks of calls, no Groovy outside of script, and no step that is not known."""
    found = list(pipeline.good.form)
    return found + [f"{name}: {b.error}" for name, b in pipeline.builds.items() if b.error]


def has_its_stages(pipeline: Pipeline) -> list[str]:
    """Named and ordered as they are in the description of the chain, and all run."""
    wanted = STAGES[pipeline.job]
    there = [stage["name"] for stage in pipeline.good.structure.get("stages", [])]
    if there != wanted or pipeline.good.stages != wanted:
        return [f"Stages: {there}, of which {pipeline.good.stages} ran."]
    return []


def is_chained(pipeline: Pipeline) -> list[str]:
    """One line, on the one before, and only where it was stable; a hook starts the first."""
    triggers = pipeline.good.structure.get("triggers", [])
    if pipeline.job not in BEFORE:
        return [] if [t["name"] for t in triggers] == ["githubPush"] else [f"Starts by {triggers}."]
    before = BEFORE[pipeline.job]
    line = f"upstream(upstreamProjects: '{before}', threshold: hudson.model.Result.SUCCESS)"
    lines = [one.strip() for one in pipeline.text.splitlines() if "upstreamProjects" in one]
    started = [(t["name"], t["arguments"]) for t in triggers]
    wanted = [("upstream", {"upstreamProjects": before, "threshold": "SUCCESS"})]
    return [] if lines == [line] and started == wanted else [f"Starts by {lines or started}."]


def is_about_one_commit(pipeline: Pipeline) -> list[str]:
    """The commit comes from the build before, is checked, and is handed on."""
    found, good = [], pipeline.good
    checkouts = [step["arguments"] for step in good.named("checkout")]
    of_before = pipeline.job in BEFORE
    wanted = COMMIT if of_before else "main"
    if [one["branches"] for one in checkouts] != [[{"name": wanted}]]:
        found.append(f"Checked out is {checkouts}.")
    if good.shell[:1] != ["make release"]:
        found.append("The commit is not written down, or not checked.")
    copied = [step["arguments"] for step in good.named("copyArtifacts")]
    places = [
        (one["projectName"], one["filter"], one["selector"].get("upstreamFilterStrategy"))
        for one in copied
    ]
    if places != ([(BEFORE[pipeline.job], "var/ci/release/*", "UseNewest")] if of_before else []):
        found.append(f"Copied is {places}.")
    allowed = [
        option["arguments"]
        for option in good.structure["options"]
        if option["name"] == "copyArtifactPermission"
    ]
    if allowed != ([AFTER[pipeline.job]] if pipeline.job in AFTER else []):
        found.append(f"May be copied by {allowed}.")
    nothing = pipeline.builds["nothing from before"]
    if of_before and (nothing.result != "FAILURE" or nothing.shell):
        found.append("It goes on without a build before it.")
    return found


def binds_credentials_narrowly(pipeline: Pipeline) -> list[str]:
    """A step sees exactly those that it needs, and their variables are named nowhere else."""
    found = []
    for name, build in pipeline.builds.items():
        for step in build.steps:
            if step["name"] in ("withCredentials", "timeout"):
                continue
            script = step["arguments"] if step["name"] == "sh" else ""
            if step["credentials"] != NEEDS.get(target(script), []):
                found.append(f"{name}: {step['name']} {script} sees {step['credentials']}.")
            if not step["credentials"] and re.search(rf"\$\{{?({'|'.join(BOUND)})\b", str(script)):
                found.append(f"{name}: {script} names what is not bound.")
    if "credentials(" in pipeline.text:
        found.append("Credentials are bound for the whole pipeline.")
    return found


def tells_no_secret(pipeline: Pipeline) -> list[str]:
    """Neither Groovy nor the shell puts a secret, or a parameter, into a command."""
    found = []
    for name, build in pipeline.builds.items():
        found += [
            f"{name}: Groovy writes a secret into {step['name']}."
            for step in build.steps
            if "<secret of" in str(step["arguments"])
        ]
        for script in build.shell:
            if re.search(rf"\$\{{?({'|'.join(SECRETS)})\b|--password[ =]| -p ", script):
                found.append(f"{name}: a password is an argument of {script}.")
            if "<parameter" in script:
                found.append(f"{name}: Groovy writes a parameter into {script}.")
            if re.search(r"(?<![\"\w])\$\w", script):
                found.append(f"{name}: a variable of {script} is not quoted.")
            if "set -x" in script:
                found.append(f"{name}: {script} tells what it runs.")
    return sorted(set(found))


def pushes_main_alone(pipeline: Pipeline) -> list[str]:
    """Another branch is tested and built; it is neither pushed nor deployed."""
    done = targets(pipeline.good)
    changing = {"push", "deploy-release", "smoke", "rollback"}
    wanted = ["deploy-release", "smoke"] if pipeline.job == "final-project" else ["push"]
    found = [] if [one for one in done if one in changing] == wanted else [f"main: {done}."]
    other = pipeline.builds["other branch"]
    if other.result != "SUCCESS" or changing & set(targets(other)):
        found.append(f"Another branch: {other.result}, {targets(other)}.")
    return found


def stops_at_a_failure(pipeline: Pipeline) -> list[str]:
    """What follows is not run, and the build is no success, so that the chain ends."""
    found = []
    for name, build in failures(pipeline):
        if build.result not in ("FAILURE", "ABORTED"):
            found.append(f"{name}: the build is a {build.result}.")
        ended = next(i for i, event in enumerate(build.events) if event["kind"] == "ended")
        after = [event for event in build.events[ended:] if event["kind"] == "stage"]
        if after:
            found.append(f"{name}: {after[0]['name']} is run.")
        scripts = [step for step in build.events[ended:] if step["name"] == "sh"]
        if any(target(step["arguments"]) != "rollback" for step in scripts):
            found.append(f"{name}: {scripts} are run.")
    failed = {name for name, _build in failures(pipeline)}
    missing = {f"`make {one}` fails" for one in targets(pipeline.good)} & set(pipeline.builds)
    return found + [f"Nobody notices that {name}." for name in sorted(missing - failed)]


def goes_back(pipeline: Pipeline) -> list[str]:
    """The last one, where the cluster was touched and the build is no success; once, at its end."""
    found = []
    touched = {
        "`make deploy-release` fails",
        "`make smoke` fails",
        "deploy is aborted",
        "going back fails",
    }
    for name, build in pipeline.builds.items():
        wanted = pipeline.job == "final-project" and name in touched
        if targets(build).count("rollback") != wanted:
            found.append(f"{name}: {targets(build)}.")
        if wanted and build.result not in ("FAILURE", "ABORTED"):
            found.append(f"{name}: the build is a {build.result}.")
    return found


def ends_in_time(pipeline: Pipeline) -> list[str]:
    """Every command has a limit; none around all, since that would end what comes last as well."""
    found = [
        f"{name}: {step['arguments']} has no limit."
        for name, build in pipeline.builds.items()
        for step in build.named("sh")
        if not step["limited"]
    ]
    structure = pipeline.good.structure
    if any(option["name"] == "timeout" for option in structure["options"]):
        found.append("A limit around everything would end the rollback, too.")
    limits = [o["arguments"] for s in structure["stages"] for o in s["options"]]
    limits += [step["arguments"] for b in pipeline.builds.values() for step in b.named("timeout")]
    found += [
        f"{limit} is no limit."
        for limit in limits
        if limit.get("unit") != "MINUTES" or not 0 < limit["time"] <= LONGEST_MINUTES
    ]
    return sorted(set(found))


def runs_alone(pipeline: Pipeline) -> list[str]:
    """One build at a time, old ones are thrown away, and nothing is checked out unasked."""
    options = {option["name"] for option in pipeline.good.structure["options"]}
    wanted = {"disableConcurrentBuilds", "buildDiscarder", "skipDefaultCheckout", "timestamps"}
    return [f"Without {name}." for name in sorted(wanted - options)]


def leaves_nothing(pipeline: Pipeline) -> list[str]:
    """A workspace is empty before and after, whatever happens."""
    return [
        f"{name}: {[step['name'] for step in build.steps]}."
        for name, build in pipeline.builds.items()
        if [step["name"] for step in build.steps[:: len(build.steps) - 1]] != ["cleanWs", "cleanWs"]
    ]


def keeps_what_was_made(pipeline: Pipeline) -> list[str]:
    """Reports also of a build that failed; the agent, its evaluation, the bills, the commit."""
    kept = ["var/ci/release/*"]
    kept += {
        "model": ["var/ci/agent/**", "var/ci/evaluation/*", "var/ci/sbom/*"],
        "final-project": ["var/ci/images.yml", "var/ci/before.json"],
    }.get(pipeline.job, ["var/ci/sbom/*"])
    found = []
    for name, build in pipeline.builds.items():
        patterns = [
            p["arguments"]["artifacts"].split(", ") for p in build.named("archiveArtifacts")
        ]
        if len(patterns) != 1 or not set(kept) <= set(patterns[0]):
            found.append(f"{name}: kept is {patterns}.")
        if pipeline.job == "final-project":
            continue
        reports = [step["arguments"].get("testResults") for step in build.named("junit")]
        covered = [step["arguments"]["tools"][0] for step in build.named("recordCoverage")]
        if reports != ["var/ci/junit/*.xml"]:
            found.append(f"{name}: no report of the tests.")
        if covered != [{"parser": "COBERTURA", "pattern": "var/ci/coverage/**/*.xml"}]:
            found.append(f"{name}: no report of the coverage.")
    done = pipeline.good.shell
    if pipeline.job != "final-project":
        tests = [script for script in done if target(script).startswith("test-")]
        if not tests or any("REPORTS=1" not in script for script in tests):
            found.append("Tests leave no reports.")
        order = [f"make {step} NAMES={pipeline.job}" for step in ("images", "sbom", "push")]
        if [s for s in done if s.startswith(tuple(order))] != done[-3:] or not all(
            script.startswith(wanted) for script, wanted in zip(done[-3:], order, strict=True)
        ):
            found.append(f"In the end it does {done[-3:]}.")
        if 'TAG="$(git rev-parse --short=12 HEAD)"' not in done[-3]:
            found.append("The image is not tagged by its commit.")
    return found


def takes_parameters(pipeline: Pipeline) -> list[str]:
    """Names and defaults as they are documented; a site's own come from the controller."""
    found = []
    given = {
        one["arguments"]["name"]: one["arguments"]["defaultValue"]
        for one in pipeline.good.structure["parameters"]
    }
    if given != PARAMETERS[pipeline.job]:
        found.append(f"Parameters: {given}.")
    # make itself reads these, and would run what stands in them.
    choices = {
        one["arguments"]["name"]: set(one["arguments"]["choices"])
        for one in pipeline.good.structure["parameters"]
        if one["name"] == "choice"
    }
    read = set(re.findall(r"\$\((?:filter quick,\$\()?(\w+)\)", (ROOT / "Makefile").read_text()))
    found += [
        f"make reads {name}, which is free text." for name in (read & set(given)) - set(choices)
    ]
    folders = {path.name for path in (ROOT / "deploy/ansible/inventories").iterdir()}
    if choices.get("INVENTORY", folders) != folders:
        found.append(f"Inventories: {choices['INVENTORY']}.")
    here = {
        one["arguments"]["name"]: one["arguments"]["defaultValue"]
        for one in pipeline.builds["of a site"].structure["parameters"]
    }
    names = {"SMOKE_URL": "BELLWETHER_URL"}
    found += [
        f"{name} is {here[name]} everywhere."
        for name in sorted(set(here) & {"REPOSITORY", "REGISTRY", "NAMESPACE", "SMOKE_URL"})
        if here[name] != SITE[names.get(name, f"BELLWETHER_{name}")]
    ]
    urls = [
        remote["url"]
        for step in pipeline.builds["of a site"].named("checkout")
        for remote in step["arguments"]["userRemoteConfigs"]
    ]
    if urls != [SITE["BELLWETHER_REPOSITORY"]]:
        found.append(f"Checked out from {urls}.")
    return found


_COMMAND = re.compile(
    r'make [a-z0-9-]+( [A-Z]+=([\w-]+|"\$\w+"|"\$\(git rev-parse --short=12 HEAD\)"))*'
)


def runs_what_a_laptop_runs(pipeline: Pipeline) -> list[str]:
    """Every command is a target of the Makefile alone, so that it fails where that does."""
    there = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    return [
        f"{script} is no target."
        for build in pipeline.builds.values()
        for script in build.shell
        if target(script) not in there or not _COMMAND.fullmatch(script)
    ]


RULES: tuple[Rule, ...] = (
    has_the_form,
    has_its_stages,
    is_chained,
    is_about_one_commit,
    binds_credentials_narrowly,
    tells_no_secret,
    pushes_main_alone,
    stops_at_a_failure,
    goes_back,
    ends_in_time,
    runs_alone,
    leaves_nothing,
    keeps_what_was_made,
    takes_parameters,
    runs_what_a_laptop_runs,
)
