"""Results files of the dataset folder, for clients of the original system."""

from __future__ import annotations


class ResultsReader:
    async def rows(self, file_name: str) -> list[dict[str, str]]:
        raise NotImplementedError
