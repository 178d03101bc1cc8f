"""A request as it reaches our views, for type checkers: what middleware has put on it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from ourvidz.accounts.models import User


class PageRequest(HttpRequest):
    """Of a signed-in user, through django-htmx's middleware."""

    htmx: HtmxDetails
    user: User
