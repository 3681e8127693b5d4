"""Settings that are given as files of a folder, as container platforms mount secrets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic_settings import SettingsError
from pydantic_settings.sources import PydanticBaseEnvSettingsSource

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

FOLDER_VARIABLE: Final = "SECRETS_DIR"
DEFAULT_FOLDER: Final = Path("/run/secrets")


class SecretFiles(PydanticBaseEnvSettingsSource):
    """Takes each setting from a file that is called like its variable, in lower case.

    The folder is what ``SECRETS_DIR`` names in a source that stands before this one. Where there is
    no such folder no setting is given by a file. White space around a file's content does not
    count, and an empty file is none.

    Raises
    ------
    SettingsError
        When it is called and the folder or a file cannot be read: one sentence that names the path
        and shows nothing of the content.
    """

    _contents: dict[str, str]

    def __call__(self) -> dict[str, Any]:
        given = self.current_state
        folder = Path(given.get(FOLDER_VARIABLE) or given.get("secrets_dir") or DEFAULT_FOLDER)
        known = {
            variable
            for name, field in self.settings_cls.model_fields.items()
            for _, variable, _ in self._extract_field_info(field, name)
        }
        self._contents = _read(folder, known)
        return super().__call__()

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Content of the field's file, None without one; the field's key; whether it is JSON."""
        choices = self._extract_field_info(field, field_name)
        for key, variable, is_complex in choices:
            if variable in self._contents:
                return self._contents[variable], key, is_complex
        return None, choices[-1][0], False


def _read(folder: Path, known: set[str]) -> dict[str, str]:
    try:
        paths = {path.name.lower(): path for path in folder.iterdir()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(_describe(folder, error.strerror)) from None
    contents = {}
    for variable in known & paths.keys():
        try:
            content = paths[variable].read_text(encoding="utf-8").strip()
        except UnicodeDecodeError:
            raise SettingsError(_describe(paths[variable], "it is not UTF-8")) from None
        except OSError as error:
            raise SettingsError(_describe(paths[variable], error.strerror)) from None
        if content:
            contents[variable] = content
    return contents


def _describe(path: Path, reason: str | None) -> str:
    return f"{path}, where secrets are looked for ({FOLDER_VARIABLE}), cannot be read: {reason}."
