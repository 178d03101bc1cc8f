"""Which worker calls: the bearer of a token of its own, and what that lets it touch."""

from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer

from generation.models import Job, WorkerToken

USE_NOTED_EVERY = timedelta(minutes=1)
UNKNOWN = "This worker token is not known. Make one in the admin, or with create_worker_token."
REVOKED = "This worker token was revoked. Make a new one."


class WorkerBearer(HttpBearer):
    """`Authorization: Bearer <worker token>`; tokens of people are refused here."""

    def authenticate(self, request: HttpRequest, token: str) -> WorkerToken:
        row = WorkerToken.objects.filter(digest=WorkerToken.digest_of(token.strip())).first()
        if row is None:
            raise AuthenticationError(message=UNKNOWN)
        if row.revoked_at is not None:
            raise AuthenticationError(message=REVOKED)
        _note_use(row)
        return row


def _note_use(token: WorkerToken) -> None:
    if token.last_used_at is None or token.last_used_at < timezone.now() - USE_NOTED_EVERY:
        WorkerToken.objects.filter(pk=token.pk).update(last_used_at=timezone.now())


def revoke(tokens: QuerySet[WorkerToken]) -> int:
    """Refuse these tokens from now on; how many. Their jobs go to others when the lease ends."""
    return tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


def worker_name(token: WorkerToken, name: str) -> str:
    """How a worker is known on its row and on its jobs: by its token first, which is checked."""
    return f"{token.name}/{name}"


def job_of(token: WorkerToken, job_id: UUID) -> Job:
    """A job that a worker of `token` has, or had when it was lost; Job.DoesNotExist."""
    return Job.objects.get(pk=job_id, lane__in=token.lanes, worker__startswith=f"{token.name}/")
