"""Errors of the API as problem details (RFC 9457), whoever raises them."""

import json
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from ourvidz.errors import LimitError, RequestError, StateError
from ourvidz.sentences import field_errors

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
API_PREFIX = "/api/"
AWAY_RETRY_SECONDS = 5
DETAILS = {
    400: "The request could not be read.",
    401: "Sign in, or send a token as Authorization: Bearer.",
    403: "You may not do this.",
    404: "There is nothing here that you may see.",
    405: "This address does not take that method.",
    413: "What was sent is too large.",
    500: "Something went wrong here. Try again later.",
    503: "The database or the storage is away. Nothing was changed; try again in a moment.",
}


class Problem(Schema):
    """An error; `errors` has sentences by field, where fields are what is wrong."""

    type: str
    title: str
    status: int
    detail: str
    errors: dict[str, list[str]] = {}


# For the OpenAPI document: what calls about one thing, and calls that create, may answer.
OF_READING = frozenset({401, 404, 422})
OF_CHANGING = frozenset({400, 401, 403, 404, 409, 413, 422, 429})


def problem(
    status: int,
    detail: str = "",
    errors: Mapping[str, list[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A problem details response; `errors` has sentences by field."""
    body = json.dumps(_told(status, detail, errors))
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))


def _told(
    status: int, detail: str = "", errors: Mapping[str, list[str]] | None = None
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or DETAILS.get(status, HTTPStatus(status).description),
    }
    return told | {"errors": errors} if errors else told


def invalid(errors: Mapping[str, list[str]]) -> HttpResponse:
    """422 with every wrong field named."""
    return problem(422, _naming(errors), errors)


def _naming(errors: Mapping[str, list[str]]) -> str:
    return f"These need a change: {', '.join(errors)}."


def _unauthorized(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    detail = "" if error.message == "Unauthorized" else error.message
    return problem(401, detail, headers={"WWW-Authenticate": "Bearer"})


def _validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Ninja names a field by where it stands and the argument it is part of; neither is ours."""
    stripped = [{**item, "loc": _field_path(item["loc"])} for item in error.errors]
    return invalid(field_errors(stripped))


def _field_path(location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    place, *path = location
    if place == "body" and len(path) > 1:
        path = path[1:]
    return tuple(path) or (place,)


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, RequestError):  # of the parser, which ninja wraps
        return invalid(error.__cause__.errors)
    if error.status_code == 400 and str(error).startswith("Cannot parse request body"):
        return problem(400, errors={"body": ["Send valid JSON."]})
    return problem(error.status_code, error.message)


def _away(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("%s %s: %s", request.method, request.path, error)
    return problem(503, headers={"Retry-After": str(AWAY_RETRY_SECONDS)})


def register(api: NinjaAPI) -> None:
    """Answer every exception that a view of `api` may raise."""
    handlers: dict[type[Exception], Callable] = {
        AuthenticationError: _unauthorized,
        HttpError: _http_error,
        ValidationError: _validation,
        Http404: lambda request, error: problem(404),
        RequestDataTooBig: lambda request, error: problem(413),
        TooManyFieldsSent: lambda request, error: problem(400),
        RequestError: lambda request, error: invalid(error.errors),
        StateError: lambda request, error: problem(409, str(error)),
        LimitError: lambda request, error: problem(
            429, error.detail, headers={"Retry-After": str(error.retry_after)}
        ),
    }
    handlers |= dict.fromkeys((OperationalError, InterfaceError, OSError), _away)
    for exception, handler in handlers.items():
        api.add_exception_handler(exception, handler)


def document(schema: dict[str, Any]) -> None:
    """Have an OpenAPI document say errors as they are sent, with an example for each status."""
    calls = [call for own in schema["paths"].values() for call in own.values()]
    for answers in (call["responses"] for call in calls):
        for status in filter(lambda status: status >= 400, answers):
            content = answers[status]["content"].pop("application/json")
            answers[status]["content"][CONTENT_TYPE] = content | {"example": _example(status)}


def _example(status: int) -> dict[str, Any]:
    if status != HTTPStatus.UNPROCESSABLE_ENTITY:
        return _told(status)
    errors = {"title": ["At most 200 characters."]}
    return _told(status, _naming(errors), errors)


@sync_and_async_middleware
def ProblemMiddleware(get_response):  # noqa: N802 - named as Django names middleware
    """Turn errors under /api/ that did not come from a view into problem details too."""

    async def respond_async(request):
        return _as_problem(request, await get_response(request))

    def respond(request):
        return _as_problem(request, get_response(request))

    return respond_async if iscoroutinefunction(get_response) else respond


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Only the body changes: what other middleware put into the headers stays."""
    is_error = response.status_code >= 400 and request.path.startswith(API_PREFIX)
    if is_error and response.headers.get("Content-Type") != CONTENT_TYPE:
        response.content = problem(response.status_code).content
        response.headers["Content-Type"] = CONTENT_TYPE
        response.headers["Content-Length"] = str(len(response.content))
    return response
