"""Signing in, the profile page and API tokens."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ourvidz.accounts.forms import LoginForm, ProfileForm, TokenForm


class SignIn(LoginView):
    """429 with Retry-After where there were too many failed attempts."""

    form_class = LoginForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def form_valid(self, form):
        response = super().form_valid(form)
        form.learn_time_zone()
        return response

    def form_invalid(self, form):
        response = super().form_invalid(form)
        if form.wait:
            response.status_code = 429
            response["Retry-After"] = str(form.wait)
        return response


class SignOut(LogoutView):
    """By POST only, so that no link or picture can sign anybody out."""

    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        messages.success(request, "You are signed out.")
        return response


class ChangePassword(PasswordChangeView):
    """Ends every other session of the user: sessions carry a hash of the password."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("profile")

    def form_valid(self, form):
        messages.success(self.request, "Password changed. Other sessions were signed out.")
        return super().form_valid(form)


@login_required
@require_http_methods(["GET", "POST"])
def profile(request):
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Profile saved.")
        return redirect("profile")
    return _profile_page(request, profile_form=form)


@login_required
@require_POST
def adulthood(request):
    """Confirm to be 18 or older, or take that back, where the studio makes mature content."""
    if not settings.MATURE_CONTENT:
        raise Http404
    if request.POST.get("confirmed") == "true":
        request.user.confirm_adult()
        messages.success(request, "Confirmed. You can choose NSFW in the prompt bar.")
    else:
        request.user.withdraw_adult()
        messages.success(request, "Taken back. NSFW can no longer be chosen.")
    return redirect("profile")


@login_required
@require_POST
@never_cache
def tokens(request):
    """Make a token and show it, this once; the page that shows it is not to be stored."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _profile_page(request, token_form=form)
    token, text = form.issue(request.user)
    return _profile_page(request, new_token=token, new_token_text=text)


@login_required
@require_POST
def token_revocation(request, pk: int):
    token = get_object_or_404(request.user.api_tokens.filter(revoked_at=None), pk=pk)
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    messages.success(request, f"Token {token.name} revoked.")
    return redirect("profile")


def _profile_page(request, **context):
    context.setdefault("profile_form", ProfileForm(instance=request.user))
    context.setdefault("token_form", TokenForm())
    context["mature_content"] = settings.MATURE_CONTENT
    context["tokens"] = request.user.api_tokens.filter(revoked_at=None)
    return render(request, "accounts/profile.html", context)
