"""Kibana: status, import of saved objects, default data view."""

from __future__ import annotations

import json
from email.parser import BytesParser
from email.policy import HTTP

from .http import Answer, Request
from .state import Json, State


def answer(state: State, request: Request) -> Answer:
    """What Kibana says."""
    if request.method == "POST" and "kbn-xsrf" not in request.headers:
        return 400, {"statusCode": 400, "message": "Request must contain a kbn-xsrf header."}
    match (request.method, request.path):
        case ("GET", "/api/status"):
            return _status(state)
        case ("POST", "/api/saved_objects/_import"):
            return _import(state, request)
        case ("POST", "/api/data_views/default"):
            return _default(state, request)
        case _:
            return 404, {"statusCode": 404, "message": "Not Found"}


def _status(state: State) -> Answer:
    if "kibana_system" not in state.users:
        return 503, {"status": {"overall": {"level": "unavailable"}}}
    if state.kibana_polls > 0:
        state.kibana_polls -= 1
        return 200, {"status": {"overall": {"level": "degraded"}}}
    return 200, {"status": {"overall": {"level": "available"}}}


def _import(state: State, request: Request) -> Answer:
    if "multipart/form-data" not in request.headers.get("content-type", ""):
        return 415, {"statusCode": 415, "message": "Unsupported Media Type"}
    objects = [json.loads(line) for line in _file(request).splitlines() if line.strip()]
    known = {(one["type"], one["id"]) for one in objects}
    errors: list[Json] = []
    for one in objects:
        missing = [
            reference
            for reference in one["references"]
            if (reference["type"], reference["id"]) not in known
        ]
        path = f"/saved/{one['type']}/{one['id']}"
        if missing:
            errors.append({"id": one["id"], "error": {"type": "missing_references"}})
        elif path in state.stored and request.query.get("overwrite") != "true":
            errors.append({"id": one["id"], "error": {"type": "conflict"}})
        else:
            state.put(path, one)
    # A failed import is answered with 200, too.
    return 200, {
        "success": not errors,
        "successCount": len(objects) - len(errors),
        **({"errors": errors} if errors else {}),
    }


def _file(request: Request) -> bytes:
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    for part in BytesParser(policy=HTTP).parsebytes(head + request.body).iter_parts():  # type: ignore[attr-defined]
        if part.get_param("name", header="content-disposition") == "file":
            if not str(part.get_filename()).endswith(".ndjson"):
                return b""
            return bytes(part.get_payload(decode=True))
    return b""


def _default(state: State, request: Request) -> Answer:
    wanted = request.json()
    if f"/saved/index-pattern/{wanted['data_view_id']}" not in state.stored:
        return 404, {"statusCode": 404, "message": "no such data view"}
    if "/default" not in state.stored or wanted.get("force"):
        state.put("/default", wanted["data_view_id"])
    return 200, {"acknowledged": True}
