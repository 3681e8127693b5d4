"""Routes of news."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Response, UploadFile

from backend_service.datasets.refusals import UploadRoute
from backend_service.market_data.endpoints import IfNoneMatch, SymbolPath
from backend_service.market_data.schemas import SYMBOL_LENGTH, SYMBOL_PATTERN
from backend_service.news.schemas import NewsResponse, NewsUploadResponse, SentimentHistory
from backend_service.news.service import NewsService
from backend_service.news.upload import NewsUploads
from backend_service.problems import Responses, problem_responses

AsOfQuery = Annotated[
    str | None,
    Query(
        max_length=40,
        description="End of the window: a date (that whole day, UTC) or RFC 3339. Default: now; "
        "for an uploaded or simulated series the close of its last candle.",
        examples=["2019-12-31"],
    ),
]
_NOT_MODIFIED: Responses = {304: {"description": "The client has this answer (If-None-Match)"}}


def news_router(news: NewsService, uploads: NewsUploads) -> APIRouter:
    """Routes under ``/api`` that answer from these services."""
    router = APIRouter()
    reading = APIRouter(prefix="/api", tags=["news"])
    forms = APIRouter(prefix="/api", tags=["news"], route_class=UploadRoute)

    @reading.get(
        "/news/{symbol}",
        operation_id="getNews",
        summary="Headlines about a symbol with their sentiment, from the store at once",
        response_model=NewsResponse,
        responses={**_NOT_MODIFIED, **problem_responses(404, 422, 502, 503, 504)},
    )
    async def get_news(
        symbol: SymbolPath,
        days: Annotated[int, Query(ge=1, le=3_650)] = 15,
        as_of: AsOfQuery = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        return (await news.headlines(symbol, days, as_of)).respond(if_none_match)

    @reading.get(
        "/sentiment/{symbol}",
        operation_id="getSentiment",
        summary="The sentiment of a symbol's headlines, candle by candle",
        response_model=SentimentHistory,
        responses={**_NOT_MODIFIED, **problem_responses(404, 422, 502, 503, 504)},
    )
    async def get_sentiment(
        symbol: SymbolPath,
        days: Annotated[int, Query(ge=1, le=36_500)] = 15,
        as_of: AsOfQuery = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        return (await news.sentiment(symbol, days, as_of)).respond(if_none_match)

    @forms.post(
        "/news",
        operation_id="uploadNews",
        summary="Upload a file of headlines; those that are known already are counted, not added",
        status_code=201,
        response_model=NewsUploadResponse,
        responses=problem_responses(413, 422, 503),
    )
    async def upload_news(
        file: Annotated[
            UploadFile,
            File(description="CSV with `date`, `headline` and, if need be, `symbol, source, url`."),
        ],
        symbol: Annotated[
            str | None,
            Form(
                pattern=f"^({SYMBOL_PATTERN[1:-1]})?$",
                max_length=SYMBOL_LENGTH,
                description="Of rows that name none; needed where the file has no such column.",
            ),
        ] = None,
    ) -> NewsUploadResponse:
        return await uploads.store(file, symbol or None)

    router.include_router(reading)
    router.include_router(forms)
    return router
