"""Artefacts in a folder of this machine, written whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from model_service.artefacts.names import is_name

# Not blocking matters for a FIFO without a writer; it means nothing for a regular file.
_READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_WRITE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_ATTEMPTS = 3


class Folder:
    """Files below one folder; fsspec's own cannot write a file whole or not at all.

    Raises `FileNotFoundError` where there is no regular file of a name, and any other `OSError`
    where the disk fails.

    Parameters
    ----------
    path : Path
        Made when something is written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, name: str, content: bytes) -> None:
        """Write a temporary file in the same folder, then give it its name."""
        target = self._path / name
        for attempt in range(_ATTEMPTS):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                _replace(target, content)
            except FileNotFoundError:
                # The folder was removed by another process since it was made.
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                return

    def read(self, name: str) -> bytes:
        """Content of a regular file; links are not followed."""
        try:
            descriptor = os.open(self._path / name, _READ_FLAGS)
        except (IsADirectoryError, NotADirectoryError) as error:
            raise FileNotFoundError(name) from error
        except OSError:
            if (self._path / name).is_symlink():
                raise FileNotFoundError(name) from None
            raise
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise FileNotFoundError(name)
        with os.fdopen(descriptor, "rb") as file:
            return file.read()

    def exists(self, name: str) -> bool:
        """Whether there is a regular file of that name."""
        try:
            return stat.S_ISREG((self._path / name).lstat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False

    def versions(self, prefix: str) -> dict[str, str]:
        """Names below a prefix, with what changes whenever their content is replaced."""
        found: dict[str, str] = {}
        for path in self._files(self._path / prefix):
            name = path.relative_to(self._path).as_posix()
            try:
                status = path.lstat()
            except FileNotFoundError:
                continue
            if is_name(name) and stat.S_ISREG(status.st_mode):
                found[name] = f"{status.st_ino}-{status.st_mtime_ns}-{status.st_size}"
        return found

    def remove(self, prefix: str) -> None:
        """Remove a file, or a folder with all that is in it."""
        path = self._path / prefix
        for attempt in range(_ATTEMPTS):
            try:
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
            except FileNotFoundError:
                continue
            except NotADirectoryError:
                return
            except OSError:
                # Something may have been written into it meanwhile.
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                return

    def _files(self, folder: Path) -> Iterator[Path]:
        def refuse(error: OSError) -> None:
            if not isinstance(error, FileNotFoundError | NotADirectoryError):
                raise error

        for parent, _, files in os.walk(folder, onerror=refuse):
            yield from (Path(parent) / file for file in files)


def _replace(target: Path, content: bytes) -> None:
    temporary = target.parent / f".{secrets.token_hex(8)}.partial"
    descriptor = os.open(temporary, _WRITE_FLAGS, 0o644)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """The new name outlasts a power cut too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
