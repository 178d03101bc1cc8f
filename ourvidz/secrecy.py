"""What pages of DEBUG and mails about errors leave out."""

import re

from django.views.debug import SafeExceptionReporterFilter


class SettingsFilter(SafeExceptionReporterFilter):
    """Also hides addresses, which may have a password in them, such as REDIS_URL."""

    hidden_settings = re.compile(
        f"{SafeExceptionReporterFilter.hidden_settings.pattern}|URL|HOSTS", re.IGNORECASE
    )
