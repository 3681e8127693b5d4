"""The artefact store: bytes under names, in a folder of this machine or in a bucket of S3.

Both ends of a queue read it: what a worker writes, the service serves. A name is written whole or
not at all, and what another process wrote is seen at once.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import structlog

from model_service.artefacts.folder import Folder
from model_service.artefacts.names import check_name, is_name
from model_service.errors import ArtefactNotFound, ArtefactStoreUnavailable

TIMEOUT_SECONDS = 30.0

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)

_log = structlog.get_logger(__name__)


class Backing(Protocol):
    """Where the bytes are; a missing name is a `FileNotFoundError`, a failure an `OSError`."""

    def write(self, name: str, content: bytes) -> None: ...

    def read(self, name: str) -> bytes: ...

    def exists(self, name: str) -> bool: ...

    def versions(self, prefix: str) -> dict[str, str]: ...

    def remove(self, prefix: str) -> None: ...


class ArtefactStore:
    """Bytes under names; safe in threads, and in child processes, where it is opened anew.

    Every method raises `ArtefactStoreUnavailable` where the folder or the bucket cannot be used,
    and `InvalidRequest` for what is not a name.

    Parameters
    ----------
    url : str
        A folder, as a path or ``file://``, or ``s3://bucket/prefix``, which needs the extra `s3`.
    timeout_seconds : float
        Longest time of one call on S3.

    Attributes
    ----------
    url : str
        Of a folder its absolute path, so that a process elsewhere opens the same.

    Raises
    ------
    ValueError
        If `url` names neither.
    """

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._timeout_seconds = timeout_seconds
        self._backing: Backing
        if url.startswith("s3://"):
            self.url, self._backing = _open_bucket(url, timeout_seconds)
        else:
            folder = _folder_of(url)
            self.url, self._backing = str(folder), Folder(folder)

    def __reduce__(self) -> tuple[Callable[..., ArtefactStore], tuple[str, float]]:
        return _open, (self.url, self._timeout_seconds)

    def write(self, name: str, content: bytes) -> None:
        """Put content under a name, whole or not at all; what was there is replaced."""
        check_name(name)
        with self._translated("write", name):
            self._backing.write(name, content)

    def read(self, name: str) -> bytes:
        """Content under a name.

        Raises
        ------
        ArtefactNotFound
            If there is none.
        """
        check_name(name)
        with self._translated("read", name):
            return self._backing.read(name)

    def exists(self, name: str) -> bool:
        """Whether there is something under exactly this name."""
        check_name(name)
        with self._translated("read", name):
            return self._backing.exists(name)

    def names(self, prefix: str) -> list[str]:
        """Full names below ``prefix/``, sorted; below the empty prefix all."""
        return sorted(self.versions(prefix))

    def versions(self, prefix: str) -> Mapping[str, str]:
        """Full names below ``prefix/``, each with a text that changes with its content."""
        prefix = prefix.removesuffix("/")
        if prefix:
            check_name(prefix)
        with self._translated("list", prefix):
            return self._backing.versions(prefix)

    def remove(self, prefix: str) -> None:
        """Remove what is under a name and all that is below it; nothing there is no error."""
        prefix = check_name(prefix.removesuffix("/"))
        with self._translated("remove", prefix):
            self._backing.remove(prefix)

    @contextmanager
    def _translated(self, verb: str, name: str) -> Iterator[None]:
        """What the backing raises, as an error that a person can act on; the log has the cause."""
        try:
            yield
        except FileNotFoundError:
            raise ArtefactNotFound(f"There is no artefact {name!r}.", field="name") from None
        except OSError as error:
            _log.warning("artefact store failed", doing=verb, name=name, cause=str(error))
            raise ArtefactStoreUnavailable(self._sentence(error, verb)) from error

    def _sentence(self, error: OSError, verb: str) -> str:
        if error.errno in _FULL or getattr(error, "full", False):
            return "The artefact store is full; free space on it and try again."
        if isinstance(error, TimeoutError):
            return f"The artefact store did not answer within {self._timeout_seconds:g} s."
        if error.errno in _FORBIDDEN:
            return f"The artefact store does not let this service {verb} what it keeps."
        return f"The artefact store failed to {verb} what it keeps; the log has the cause."


def _open(url: str, timeout_seconds: float) -> ArtefactStore:
    return ArtefactStore(url, timeout_seconds=timeout_seconds)


def _folder_of(url: str) -> Path:
    parts = urlsplit(url)
    if "://" not in url:
        path = url
    elif parts.scheme == "file" and parts.netloc in ("", "localhost"):
        path = unquote(parts.path)
    else:
        raise ValueError(f"{url!r} is neither a folder nor s3://BUCKET/PREFIX.")
    if not path:
        raise ValueError("The artefact store needs a folder or s3://BUCKET/PREFIX.")
    return Path(path).expanduser().absolute()


def _open_bucket(url: str, timeout_seconds: float) -> tuple[str, Backing]:
    root = url.removeprefix("s3://").strip("/")
    if not is_name(root):
        raise ValueError(f"{url!r} is not s3://BUCKET/PREFIX.")
    try:
        # Only those who keep artefacts on S3 have what it takes.
        from model_service.artefacts.bucket import Bucket
    except ModuleNotFoundError as error:
        raise ValueError(
            f"Artefacts on S3 need the extra `s3` of the model service; {error.name} is missing."
        ) from error
    return f"s3://{root}", Bucket(root, timeout_seconds=timeout_seconds)
