"""The original's sample of scored headlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend_service.errors import NotReady

if TYPE_CHECKING:
    from backend_service.compat.schemas import SampleHeadline


class HeadlineSamples:
    """Answers with scored headlines of all symbols."""

    async def newest(self) -> list[SampleHeadline]:
        """The newest scored headlines."""
        raise NotReady("No headline is scored yet.", {})
