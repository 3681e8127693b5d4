"""Artefacts in a bucket of S3 or of a server that speaks its language, through fsspec's s3fs.

Credentials, region and endpoint are what botocore finds in the environment (``AWS_*``,
``AWS_ENDPOINT_URL``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import ClientError as ConnectionFailed
from botocore.exceptions import BotoCoreError, ClientError
from s3fs import S3FileSystem

from model_service.artefacts.names import is_name

_CONNECT_SECONDS = 5.0
_DELETED_AT_ONCE = 1_000
_FULL = ("XMinioStorageFull", "QuotaExceeded", "InsufficientCapacity")


class BucketFailed(OSError):
    """The server refused, or could not be asked; its text is for the log."""

    def __init__(self, cause: BaseException, *, full: bool = False) -> None:
        super().__init__(f"{type(cause).__name__}: {cause}")
        self.full = full


class Bucket:
    """Objects below one prefix of a bucket.

    Nothing is kept of what was listed before: other processes write too. Raises
    `FileNotFoundError` where there is no object of a name, `TimeoutError` where the server takes
    too long, and `BucketFailed` where it fails.

    Parameters
    ----------
    root : str
        ``bucket`` or ``bucket/prefix``.
    timeout_seconds : float
        Longest time of one call, attempts that are repeated included.
    """

    def __init__(self, root: str, *, timeout_seconds: float) -> None:
        self._root = root
        self._timeout_seconds = timeout_seconds
        # Not from fsspec's cache of instances: an environment that changed is another server.
        self._files = S3FileSystem(
            use_listings_cache=False,
            skip_instance_cache=True,
            config_kwargs={
                "connect_timeout": min(_CONNECT_SECONDS, timeout_seconds),
                "read_timeout": timeout_seconds,
                "retries": {"max_attempts": 3, "mode": "standard"},
            },
        )

    def write(self, name: str, content: bytes) -> None:
        """Put an object; it is there with the answer, and before it is not."""
        # In one piece: an upload of several could be left behind unfinished.
        self._run(self._files.pipe_file, self._path(name), content, chunksize=len(content) + 1)

    def read(self, name: str) -> bytes:
        """Content of an object."""
        content: bytes = self._run(self._files.cat_file, self._path(name), max_concurrency=1)
        return content

    def exists(self, name: str) -> bool:
        """Whether there is an object of that name."""
        try:
            found = self._run(self._files.info, self._path(name), refresh=True)
        except FileNotFoundError:
            return False
        return bool(found["type"] == "file")

    def versions(self, prefix: str) -> dict[str, str]:
        """Names below a prefix, with what changes whenever their content is replaced."""
        return self._listed(f"{prefix}/" if prefix else "")

    def remove(self, prefix: str) -> None:
        """Delete an object and all below its name."""
        names = self._at_or_below(prefix)
        for first in range(0, len(names), _DELETED_AT_ONCE):
            paths = [self._path(name) for name in names[first : first + _DELETED_AT_ONCE]]
            self._run(self._files.rm, paths)
        # What the server would not delete is in an answer that s3fs does not pass on.
        if names and self._at_or_below(prefix):
            raise BucketFailed(PermissionError("objects were not deleted"))

    def _at_or_below(self, prefix: str) -> list[str]:
        return [
            name for name in self._listed(prefix) if name == prefix or name.startswith(f"{prefix}/")
        ]

    def _listed(self, beginning: str) -> dict[str, str]:
        """Names that begin so, with their entity tags."""
        listed = self._run(
            self._files.find, self._root, prefix=beginning, detail=True, refresh=True
        )
        start = len(self._root) + 1
        return {
            name: str(entry.get("ETag"))
            for full, entry in listed.items()
            if is_name(name := full[start:])
        }

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _run(self, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """The outcome of a call, which runs in fsspec's own thread."""
        try:
            return call(*arguments, timeout=self._timeout_seconds, **options)
        except (TimeoutError, asyncio.CancelledError) as error:
            raise TimeoutError(str(error)) from error
        except FileNotFoundError as error:
            if _code(error) == "NoSuchBucket":
                raise BucketFailed(error) from error
            raise
        except (OSError, BotoCoreError, ClientError, ConnectionFailed) as error:
            raise BucketFailed(error, full=_code(error) in _FULL) from error


def _code(error: BaseException) -> str | None:
    """What S3 calls the error, None where it did not come from there."""
    response = getattr(error.__cause__ or error, "response", None)
    return response["Error"].get("Code") if isinstance(response, dict) else None
