"""The page that a shared link opens: read only, of that collection and nothing else."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ourvidz.http import PageRequest

from . import contents, sharing
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
    """The collection, or the question for its password; 404 for any link that does not open."""
    link = sharing.opened_by(token)
    is_unlocked = sharing.is_unlocked(link, request.session)
    answer = _collection(request, link) if is_unlocked else _locked(request, link)
    answer["X-Robots-Tag"] = ROBOTS
    return answer


def _collection(request: PageRequest, link: SharedLink) -> HttpResponse:
    found = link.collection
    context = {"collection": found, "contents": contents.load(found, request.GET.get("after", ""))}
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
