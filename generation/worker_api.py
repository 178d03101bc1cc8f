"""The calls of workers that reach the studio by HTTPS alone, each signed."""

from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from ninja.errors import AuthenticationError, HttpError

from generation import completion
from generation.models import Job
from generation.signatures import SignatureError, verify

BODY_BYTES = 1024 * 1024


def signed(request: HttpRequest) -> bool:
    """Ninja's authentication, which runs before the body is looked into."""
    length = request.headers.get("Content-Length", "0")
    if not length.isdigit() or int(length) > BODY_BYTES or len(request.body) > BODY_BYTES:
        raise HttpError(413, f"Send at most {BODY_BYTES} bytes.")
    try:
        verify(request)
    except SignatureError as error:
        raise AuthenticationError(message=str(error)) from None
    return True


worker_router = Router(auth=signed, tags=["worker"])


class CompletionAnswer(Schema):
    job_id: UUID
    status: str


@worker_router.post("generation-complete", response=CompletionAnswer)
def generation_complete(request: HttpRequest, report: completion.CompletionReport):
    """Tell the end of a job. The same report again is answered the same and changes nothing."""
    try:
        job = completion.receive(report)
    except Job.DoesNotExist:
        raise Http404 from None
    except completion.StaleReport as error:
        raise HttpError(409, str(error)) from None
    except OSError:
        raise HttpError(503, "The studio's storage does not answer. Try again.") from None
    return {"job_id": job.pk, "status": job.status}
