"""Elasticsearch: health, users and roles, lifecycle, template, data stream."""

from __future__ import annotations

from fnmatch import fnmatch

from .http import Answer, Request, error
from .state import State

_CREATED: Answer = (200, {"acknowledged": True})


def answer(state: State, request: Request) -> Answer:
    """What Elasticsearch says; what it does not know is a mistake of the script."""
    begin, _, name = request.path.strip("/").rpartition("/")
    if request.path == "/_security/_authenticate":
        return 200, {"username": request.user, "roles": [request.role]}
    if request.role != "superuser":
        return 403, error(f"action is unauthorized for user [{request.user}]")
    if request.body and "application/json" not in request.headers.get("content-type", ""):
        return 406, error("Content-Type header is not supported", "media_type")
    match (request.method, begin, name):
        case ("GET", "_cluster", "health"):
            return state.health
        case ("POST", "_security/user/kibana_system", "_password"):
            state.set_user("kibana_system", request.json()["password"], "kibana_system")
            return 200, {}
        case ("PUT", "_security/role", _):
            return 200, {"role": {"created": state.put(request.path, request.json())}}
        case ("PUT", "_security/user", _):
            return _user(state, request, name)
        case ("PUT", "_ilm/policy" | "_index_template", _):
            state.put(request.path, request.json())
            return _CREATED
        case ("GET", "_data_stream", _) if request.path in state.stored:
            return 200, {"data_streams": [{"name": name, "template": "bellwether-logs"}]}
        case ("GET", "_data_stream", _):
            return 404, error(f"no such index [{name}]", "index_not_found_exception")
        case ("PUT", "_data_stream", _):
            return _stream(state, request, name)
        case ("POST", _, "_rollover") if f"/_data_stream/{begin}" in state.stored:
            return _next_index(state, begin)
        case ("GET", _, "_mapping") if f"/_data_stream/{begin}" in state.stored:
            return _mappings(state, request, begin)
        case _:
            return 400, error(f"no handler found for uri [{request.path}]", "illegal_argument")


def _user(state: State, request: Request, name: str) -> Answer:
    role = request.json()["roles"][0]
    if role != "viewer" and f"/_security/role/{role}" not in state.stored:
        return 400, error(f"there is no role [{role}]")
    if role == "logstash_writer" and "/_data_stream/logstash-bellwether" not in state.stored:
        return 400, error("lines could be written before there is a template for them")
    state.set_user(name, request.json()["password"], role)
    return 200, {"created": True}


def _stream(state: State, request: Request, name: str) -> Answer:
    if request.path in state.stored:
        return 400, error(f"data_stream [{name}] already exists", "resource_already_exists")
    return _next_index(state, name)


def _next_index(state: State, name: str) -> Answer:
    """Another index of a data stream, with the version of the template of now."""
    for path, template in state.stored.items():
        matches = path.startswith("/_index_template/") and "data_stream" in template
        if matches and any(fnmatch(name, pattern) for pattern in template["index_patterns"]):
            policy = template["template"]["settings"]["index"]["lifecycle"]["name"]
            if f"/_ilm/policy/{policy}" not in state.stored:
                return 400, error(f"there is no lifecycle [{policy}]")
            before = state.stored.get(f"/_data_stream/{name}", [])
            version = template["template"]["mappings"]["_meta"]["version"]
            state.put(f"/_data_stream/{name}", [*before, version])
            return _CREATED
    return 400, error(f"no matching index template found for data stream [{name}]")


def _mappings(state: State, request: Request, name: str) -> Answer:
    if request.query.get("filter_path") != "*.mappings._meta.version":
        return 400, error("the whole mapping holds other versions as well")
    return 200, {
        f".ds-{name}-2026.11.30-{number:06}": {"mappings": {"_meta": {"version": version}}}
        for number, version in enumerate(state.stored[f"/_data_stream/{name}"], 1)
    }
