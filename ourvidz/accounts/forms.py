"""Sign-in, profile and API tokens."""

import zoneinfo
from collections import defaultdict
from datetime import timedelta
from math import ceil
from typing import cast

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.core.exceptions import ValidationError
from django.template.defaultfilters import pluralize
from django.utils import timezone
from django.utils.text import capfirst

from ourvidz.accounts import throttling
from ourvidz.accounts.models import ApiToken, User


class ThrottledForm(AuthenticationForm):
    """Signs in by name and password; `wait` is the seconds to wait where it was too often."""

    wait = 0

    def clean(self) -> dict:
        assert self.request is not None  # LoginView gives it
        username, address = self.cleaned_data.get("username"), self.request.META["REMOTE_ADDR"]
        if not username or "password" not in self.cleaned_data:
            return super().clean()
        self.wait = throttling.admit(username, address)
        if self.wait:
            raise ValidationError(_wait_message(self.wait), code="throttled")
        cleaned = super().clean()
        throttling.forget(username, address)
        return cleaned


class LoginForm(ThrottledForm):
    """The page's form, which also brings the browser's time zone."""

    username = UsernameField(label="User name", widget=forms.TextInput({"autofocus": True}))
    time_zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def learn_time_zone(self) -> None:
        """Keep the browser's time zone for a user whose own is not known yet."""
        user, name = self.get_user(), self.cleaned_data["time_zone"]
        if not user.time_zone and name in zoneinfo.available_timezones():
            User.objects.filter(pk=user.pk, time_zone="").update(time_zone=name)


class AdminLoginForm(ThrottledForm, AdminAuthenticationForm):
    """The admin's form under the same throttle."""


def _wait_message(seconds: int) -> str:
    minutes = ceil(seconds / 60)
    wait = f"{seconds} seconds" if seconds < 60 else f"{minutes} minute{pluralize(minutes)}"
    return f"Too many failed attempts. Try again in {wait}."


def time_zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every zone, by region, for a `select` with groups."""
    regions: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in sorted(zoneinfo.available_timezones()):
        region, separator, place = name.partition("/")
        if separator and region != "Etc":
            regions[region].append((name, place.replace("_", " ").replace("/", ", ")))
    return [("Universal", [("UTC", "UTC")]), *regions.items()]


class ProfileForm(forms.ModelForm):
    """What people may change about themselves."""

    first_name = forms.CharField(label="Display name", max_length=150, required=False)
    time_zone = forms.ChoiceField(
        label="Time zone",
        required=False,
        help_text="Decides where one day ends and the next begins.",
    )

    class Meta:
        model = User
        fields = ["first_name", "time_zone"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        name = self.instance.get_username()
        self.fields["first_name"].help_text = f"Shown instead of {name}."
        zones = cast(forms.ChoiceField, self.fields["time_zone"])
        zones.choices = [("", "Not set (UTC)"), *time_zone_choices()]


class TokenForm(forms.Form):
    """A new API token."""

    LIFETIMES = {"30": "30 days", "90": "90 days", "365": "1 year", "": "no expiry"}

    name = forms.CharField(max_length=80, help_text="What will use it, such as 'render script'.")
    days = forms.ChoiceField(
        label="Valid for",
        required=False,
        choices=[(days, capfirst(words)) for days, words in LIFETIMES.items()],
    )

    def issue(self, user: User) -> tuple[ApiToken, str]:
        """Make the token; its text is in no other place than the answer."""
        days = self.cleaned_data["days"]
        expires_at = timezone.now() + timedelta(days=int(days)) if days else None
        return ApiToken.issue(user, self.cleaned_data["name"], expires_at)
