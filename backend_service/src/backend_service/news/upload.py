"""Uploaded files of headlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend_service.errors import NotReady

if TYPE_CHECKING:
    from fastapi import UploadFile

    from backend_service.news.schemas import NewsUploadResponse


class NewsUploads:
    """Takes uploads of headlines."""

    async def store(self, file: UploadFile, symbol: str | None) -> NewsUploadResponse:
        """Store the headlines in `file`."""
        raise NotReady("News is not stored yet.", {})
