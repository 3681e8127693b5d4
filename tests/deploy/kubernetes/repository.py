"""What the manifests have to agree with, read from the files that say it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import AliasChoices, SecretStr
from pydantic_settings import BaseSettings

from backend_service.settings import Settings as BackendSettings
from model_service.settings import Settings as ModelSettings

DOCKERFILES = {
    "backend": "backend_service/Dockerfile",
    "frontend": "frontend/Dockerfile",
    "model": "model_service/Dockerfile",
}
"""Folder of the service whose image is called so; images of other stages begin alike."""

_ENV = re.compile(r"^ENV\s+(.*?)(?<!\\)$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Image:
    """What a Dockerfile says of the image that runs."""

    user: tuple[int, int]
    exposed: frozenset[int]
    variables: frozenset[str]


@dataclass(frozen=True)
class SettingNames:
    """Names under which a service reads its settings.

    Attributes
    ----------
    of : mapping
        From a field to its names in the environment.
    secret : frozenset of str
        Names whose values must not stand in a manifest.
    defaults : mapping
        From a field to its default.
    """

    of: Mapping[str, frozenset[str]]
    secret: frozenset[str]
    defaults: Mapping[str, Any]

    @property
    def all(self) -> frozenset[str]:
        return frozenset().union(*self.of.values())


@dataclass(frozen=True)
class Repository:
    """Everything outside deploy/k8s that rules compare with."""

    images: Mapping[str, Image]
    settings: Mapping[str, SettingNames]
    routes: Mapping[str, frozenset[str]]
    page_port: int
    page_metrics_port: int
    page_variables: frozenset[str]
    ray_version: str


def read_repository(root: Path) -> Repository:
    """Read all of it; a file that is missing is an error."""
    nginx = (root / "frontend/nginx/nginx.conf.template").read_text()
    start = (root / "frontend/nginx/start.sh").read_text()
    page_port, page_metrics_port = map(int, re.findall(r"listen (\d+);", nginx))
    return Repository(
        images={name: _read_image(root / path) for name, path in DOCKERFILES.items()},
        settings={"backend": _name(BackendSettings), "model": _name(ModelSettings)},
        routes={
            "backend": frozenset(
                json.loads((root / "contracts/backend.openapi.json").read_text())["paths"]
            ),
            "model": frozenset(
                yaml.safe_load((root / "contracts/model_service.openapi.yaml").read_text())["paths"]
            ),
            "worker": frozenset(
                re.findall(
                    r'case "(/\w+)":',
                    (root / "model_service/src/model_service/worker_health.py").read_text(),
                )
            ),
            "frontend": frozenset(re.findall(r"location = (/\w+) \{", nginx)),
        },
        page_port=page_port,
        page_metrics_port=page_metrics_port,
        page_variables=frozenset(re.findall(r"\$\{([A-Z_]+)", start)),
        ray_version=_only(r"^ray==([\d.]+)$", (root / "constraints.txt").read_text()),
    )


def _read_image(path: Path) -> Image:
    text = path.read_text()
    user = re.findall(r"^USER (\d+):(\d+)$", text, re.MULTILINE)[-1]
    return Image(
        user=(int(user[0]), int(user[1])),
        exposed=frozenset(
            int(port)
            for line in re.findall(r"^EXPOSE (.+)$", text, re.MULTILINE)
            for port in line.split()
        ),
        variables=frozenset(
            name for body in _ENV.findall(text) for name in re.findall(r"([A-Z_]+)=", body)
        ),
    )


def _name(settings: type[BaseSettings]) -> SettingNames:
    prefix = settings.model_config.get("env_prefix", "")
    of: dict[str, frozenset[str]] = {}
    for name, field in settings.model_fields.items():
        alias = field.validation_alias or field.alias
        if isinstance(alias, AliasChoices):
            of[name] = frozenset(str(choice) for choice in alias.choices)
        else:
            of[name] = frozenset({str(alias) if alias else f"{prefix}{name}".upper()})
    secret = {
        variable
        for name, field in settings.model_fields.items()
        if "SecretStr" in str(field.annotation)
        or field.annotation is SecretStr
        or name == "database_url"
        for variable in of[name]
    }
    defaults = {name: field.default for name, field in settings.model_fields.items()}
    return SettingNames(of, frozenset(secret), defaults)


def _only(pattern: str, text: str) -> str:
    (found,) = re.findall(pattern, text, re.MULTILINE)
    return str(found)
