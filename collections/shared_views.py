"""What a shared link opens: a collection to look at, its files, and nothing else."""

from asgiref.sync import sync_to_async
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ourvidz.http import PageRequest
from ourvidz.media.delivery import send_to_admitted
from ourvidz.media.probe import MediaError
from ourvidz.media.urls import name_for_strangers

from . import contents, shared_files, sharing
from .forms import PasswordForm
from .models import Membership, SharedLink

# The address is the permission, so no search engine is to keep it. That no other site is told
# of it is what SECURE_REFERRER_POLICY sees to; "no-referrer" would make browsers hide the origin
# of the password's form too, which is then refused.
ROBOTS = "noindex, nofollow, noarchive"
WRONG = "That is not the password of this link."
WAIT = "Too many wrong passwords. Try again in {} seconds."


@require_http_methods(["GET", "POST"])
@never_cache
def page(request: PageRequest, token: str) -> HttpResponse:
    """The collection, or the question for its password; closed for any link that does not open."""
    link = sharing.opened_by(token)
    if link is None:
        return closed(request)
    is_unlocked = sharing.is_unlocked(link, request.session)
    answer = _collection(request, link, token) if is_unlocked else _locked(request, link)
    answer["X-Robots-Tag"] = ROBOTS
    return answer


@require_safe
async def file(request: PageRequest, token: str, place: int, variant: str) -> HttpResponseBase:
    """The `original`, `thumbnail` or `poster` of what has a place in it, while the link is open."""
    found = await sync_to_async(_file)(request, token, place, variant)
    if found is None:
        return closed(request)
    key, name = found
    answer = await send_to_admitted(request, "user-library", key, name)
    answer["X-Robots-Tag"] = ROBOTS
    return answer


def closed(request: PageRequest) -> HttpResponse:
    """What every link reads that opens nothing, whatever the reason."""
    return render(request, "closed.html", status=404)


def _file(request: PageRequest, token: str, place: int, variant: str) -> tuple[str, str] | None:
    """Key and name of what may be sent now; None for anything else."""
    link = sharing.opened_by(token)
    if link is None or not sharing.is_unlocked(link, request.session):
        return None
    asset = contents.asset_at(link.collection, place)
    if asset is None or variant not in shared_files.VARIANTS:
        return None
    try:
        key = shared_files.key_of(asset, variant)
    except (OSError, MediaError):
        return None
    return (key, name_for_strangers(asset.title, key)) if key else None


def _collection(request: PageRequest, link: SharedLink, token: str) -> HttpResponse:
    found = link.collection
    shown = contents.load_shared(found, token, request.GET.get("after", ""))
    context = {"collection": found, "contents": shown}
    if request.htmx:
        return render(request, "collections/_shared_contents.html", context)
    context["size"] = Membership.objects.of_kept(found).count()
    return render(request, "collections/shared.html", context)


def _locked(request: PageRequest, link: SharedLink) -> HttpResponse:
    """Ask for the password, or try the one that was posted. Nothing of the collection is said."""
    form = PasswordForm(request.POST or None)
    if not form.is_valid():
        return render(request, "collections/locked.html", {"form": form})
    password, address = form.cleaned_data["password"], request.META["REMOTE_ADDR"]
    wait = sharing.unlock(link, password, request.session, address)
    if wait is None:
        return redirect(request.path)
    form.add_error("password", WAIT.format(wait) if wait else WRONG)
    answer = render(request, "collections/locked.html", {"form": form}, status=429 if wait else 403)
    if wait:
        answer["Retry-After"] = str(wait)
    return answer
