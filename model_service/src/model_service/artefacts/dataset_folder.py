"""The dataset folder: files read and replaced inside it, and nothing outside it, whatever a name
tries.

A name is a single path component, checked as text first. The file is then opened relative to the
folder's descriptor without following links, so that no link inside the folder leads out of it, and
refused unless it is a regular file.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from model_service.errors import (
    DatasetFileNotFound,
    DatasetNotWritable,
    InvalidRequest,
    PayloadTooLarge,
)

FOLDER_NAME = "dataset"
"""What the folder is called on the wire, whatever its place."""

MAX_NAME_BYTES = 255
_SUFFIXES = (".csv", ".csv.gz", ".zip")
_RESULTS = "_results.csv"
# Not blocking matters for a FIFO without a writer; it means nothing for a regular file.
_READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_WRITE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def plain_name(input_file: str) -> str:
    """The name of a file in the folder: ``dataset/NHPC.csv`` and ``NHPC.csv`` are the same.

    Raises
    ------
    InvalidRequest
        If it is not the plain name of a CSV.
    """
    name = input_file.removeprefix(f"{FOLDER_NAME}/")
    unfit = (
        not name
        or name.startswith(".")
        or any(character in "/\\" or not character.isprintable() for character in name)
    )
    if unfit:
        raise InvalidRequest(
            "`input_file` is not the plain name of a file in the dataset folder.",
            field="input_file",
        )
    if not name.lower().endswith(_SUFFIXES):
        raise InvalidRequest(
            f"`input_file` does not end in any of {', '.join(_SUFFIXES)}.", field="input_file"
        )
    if len(os.fsencode(results_name(name))) > MAX_NAME_BYTES:
        raise InvalidRequest(
            f"`input_file` is too long: {results_name('NAME.csv')} has more than {MAX_NAME_BYTES} "
            "bytes.",
            field="input_file",
            limit=MAX_NAME_BYTES,
        )
    return name


def results_name(name: str) -> str:
    """Where results go: ``NHPC_results.csv`` for ``NHPC.csv`` and ``NHPC.csv.gz``."""
    suffix = max(
        (suffix for suffix in _SUFFIXES if name.lower().endswith(suffix)), key=len, default=""
    )
    return name[: len(name) - len(suffix)] + _RESULTS


class DatasetFolder:
    """Files of one folder.

    Parameters
    ----------
    path : Path
        Where it does not exist, it holds no files.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, name: str, *, max_bytes: int) -> bytes:
        """Content of a regular file.

        Parameters
        ----------
        name : str
            As `plain_name` returns it.
        max_bytes : int

        Raises
        ------
        DatasetFileNotFound
            If there is no such file, or it is a link, a folder, a pipe or a device.
        PayloadTooLarge
            If it has more than `max_bytes`.
        """
        missing = DatasetFileNotFound(
            f"There is no file `{name}` in the dataset folder.", field="input_file"
        )
        try:
            with self._opened() as folder:
                descriptor = os.open(name, _READ_FLAGS, dir_fd=folder)
        except OSError:
            raise missing from None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise missing
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(max_bytes + 1)
        if len(content) > max_bytes:
            raise PayloadTooLarge(
                f"`{name}` is larger than {max_bytes / 2**20:g} MiB.",
                field="input_file",
                limit=max_bytes,
            )
        return content

    def replace(self, name: str, content: bytes) -> None:
        """Write a file whole or not at all; a link of that name is replaced, not followed.

        Raises
        ------
        DatasetNotWritable
            If the folder cannot be written to.
        """
        temporary = f".{secrets.token_hex(8)}.partial"
        try:
            with self._opened() as folder:
                descriptor = os.open(temporary, _WRITE_FLAGS, 0o644, dir_fd=folder)
                try:
                    with os.fdopen(descriptor, "wb") as file:
                        file.write(content)
                        file.flush()
                        os.fsync(file.fileno())
                    os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
                except BaseException:
                    os.unlink(temporary, dir_fd=folder)
                    raise
        except OSError as error:
            raise DatasetNotWritable(
                f"`{name}` cannot be written to the dataset folder: {error.strerror}."
            ) from error

    @contextmanager
    def _opened(self) -> Iterator[int]:
        folder = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            yield folder
        finally:
            os.close(folder)
