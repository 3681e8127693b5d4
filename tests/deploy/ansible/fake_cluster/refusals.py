"""What the server refuses, each with the HTTP status and reason of the real one."""

from __future__ import annotations


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason

    def body(self) -> dict[str, object]:
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": str(self),
            "reason": self.reason,
            "code": self.status,
        }


def not_found(what: str, name: str) -> Refused:
    return Refused(404, "NotFound", f'{what} "{name}" not found')


def forbidden(verb: str, what: str) -> Refused:
    return Refused(403, "Forbidden", f'{what} is forbidden: the user cannot {verb} "{what}"')


def invalid(what: str, name: str, message: str) -> Refused:
    return Refused(422, "Invalid", f'{what} "{name}" is invalid: {message}')
