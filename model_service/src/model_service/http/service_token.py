"""Who may ask: where the service has a token, those who show it."""

from __future__ import annotations

import hmac

from flask import Flask, request
from pydantic import SecretStr

from model_service.http.problems import TokenRefused

_OPEN = frozenset({"/healthz", "/readyz"})
"""What is answered to those who show nothing: probes have no token."""

_SCHEME = "bearer"


def register_service_token(app: Flask, token: SecretStr | None) -> None:
    """Refuse requests that do not show the token, before anything of them is read.

    A wrong token is refused everywhere, so that a gateway whose token differs learns of it from
    the probe that it asks.
    """
    if token is None:
        return
    expected = token.get_secret_value().encode()

    @app.before_request
    def check() -> None:
        shown = request.headers.get("Authorization")
        if shown is None and request.path in _OPEN:
            return
        scheme, _, credentials = (shown or "").partition(" ")
        offered = credentials.strip().encode()
        if not (hmac.compare_digest(offered, expected) and scheme.lower() == _SCHEME):
            raise TokenRefused(
                "The request does not show the service's token as `Authorization: Bearer`."
            )
