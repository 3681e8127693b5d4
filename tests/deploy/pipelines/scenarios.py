"""What may happen to a build of any of the four pipelines."""

from __future__ import annotations

from .running import FILES, Scenario

OTHER_BRANCH = {**FILES, "var/ci/release/branch": "work-in-progress\n"}

STEPS = (
    "make release",
    "make check",
    "make preprocess",
    "make selftest",
    "make train",
    "make test-",
    "make images",
    "make sbom",
    "make push",
    "make deploy-release",
    "make smoke",
)
"""Steps that may fail; a pipeline that has none of the kind is not touched by it."""

MARKED = {
    name: f"<parameter {name}>"
    for name in (
        *("REPOSITORY", "BRANCH", "REGISTRY", "NAMESPACE", "EXTRA_TAGS", "DATASET", "STEPS"),
        *("SEED", "SELFTEST", "INVENTORY", "SMOKE_URL"),
    )
}

SITE = {
    "BELLWETHER_REPOSITORY": "https://git.example.org/ours.git",
    "BELLWETHER_REGISTRY": "registry.example.org",
    "BELLWETHER_NAMESPACE": "ours",
    "BELLWETHER_URL": "https://trading.example.org",
}

SCENARIOS = {
    "good": Scenario(),
    "other branch": Scenario(params={"BRANCH": "work-in-progress"}, files=OTHER_BRANCH),
    "marked parameters": Scenario(params=MARKED),
    "of a site": Scenario(env=SITE),
    "nothing from before": Scenario(files={}),
    "deploy fails at once": Scenario(fails="make deploy-release", makes={}),
    "deploy is aborted": Scenario(aborts="make deploy-release"),
    "going back fails": Scenario(fails="make smoke|make rollback"),
    **{f"`{step}` fails": Scenario(fails=step) for step in STEPS},
}
