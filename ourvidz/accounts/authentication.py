"""Who calls the API: a bearer of a token, or a browser that is signed in."""

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import AuthenticationError, HttpError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from ourvidz.accounts import rates
from ourvidz.accounts.models import ApiToken, User

# Often enough to see whether a token is in use, seldom enough to cost no write per call.
USE_NOTED_EVERY = timedelta(minutes=5)
CSRF_FAILED = "Send the CSRF token of the page as X-CSRFToken, or use an API token."


class BearerAuth(HttpBearer):
    """`Authorization: Bearer <token>`. A bad token is refused, whatever cookies come along."""

    def authenticate(self, request: HttpRequest, token: str) -> User:
        row = (
            ApiToken.objects.select_related("user")
            .filter(digest=ApiToken.digest_of(token.strip()))
            .first()
        )
        if row is None:
            raise AuthenticationError(message="This token is not known. Make a new one.")
        _check_live(row)
        _note_use(row)
        request.user = row.user
        rates.check(row.user_id, request.method or "")
        return row.user


def _check_live(token: ApiToken) -> None:
    """Say why a token that is known does not work any more."""
    if token.revoked_at is not None:
        raise AuthenticationError(message="This token was revoked. Make a new one.")
    if token.is_expired:
        raise AuthenticationError(message="This token has expired. Make a new one.")
    if not token.user.is_active:
        raise AuthenticationError(message="This account is switched off.")


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


class SessionAuth(APIKeyCookie):
    """The session cookie of a signed-in browser, with its CSRF token for what changes things."""

    param_name = "sessionid"

    def __call__(self, request: HttpRequest) -> User | None:
        user = request.user
        if not isinstance(user, User):
            return None
        if check_csrf(request):
            raise HttpError(403, CSRF_FAILED)
        return user

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        return self(request)
