"""A wait that grows with each failed sign-in for one user name from one address.

An attempt is counted before its password is looked at, by a conditional update, so that
attempts sent at once cannot slip through together. A success forgets them.
"""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil

from django.utils import timezone

from ourvidz.accounts.models import LoginAttempt

FREE_FAILURES = 5
FIRST_WAIT_SECONDS = 15
LONGEST_WAIT_SECONDS = 15 * 60
FORGET_AFTER = timedelta(days=1)


def admit(username: str, address: str) -> int:
    """Count an attempt and let it pass (0), or the seconds to wait before the next one."""
    key = _key(username, address)
    while True:
        now = timezone.now()
        attempt, _ = LoginAttempt.objects.get_or_create(**key, defaults={"blocked_until": now})
        wait = (attempt.blocked_until - now).total_seconds()
        if wait > 0:
            return ceil(wait)
        if _count(attempt, now):
            return 0


def forget(username: str, address: str) -> None:
    """The sign-in worked. Attempts that are a day old go with it, whoever made them."""
    LoginAttempt.objects.filter(**_key(username, address)).delete()
    LoginAttempt.objects.filter(updated_at__lt=timezone.now() - FORGET_AFTER).delete()


def wait_after(failures: int) -> int:
    """Seconds to wait after so many failures: none for a few, then doubling to a limit."""
    if failures < FREE_FAILURES:
        return 0
    doublings = min(failures - FREE_FAILURES, 10)
    return min(FIRST_WAIT_SECONDS * 2**doublings, LONGEST_WAIT_SECONDS)


def _count(attempt: LoginAttempt, now: datetime) -> bool:
    """Whether this attempt was the one to raise the count from what was read."""
    failures = attempt.failures + 1
    same = LoginAttempt.objects.filter(pk=attempt.pk, failures=attempt.failures)
    blocked_until = now + timedelta(seconds=wait_after(failures))
    return bool(same.update(failures=failures, blocked_until=blocked_until, updated_at=now))


def _key(username: str, address: str) -> dict[str, str]:
    return {"username": username[:150].lower(), "address": _network(address)}


def _network(address: str) -> str:
    """One household has a whole IPv6 /64, so that is what counts; IPv4 counts as it is."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:45]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, 64), strict=False).network_address)
