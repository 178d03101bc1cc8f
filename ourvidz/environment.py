"""Typed readers for environment variables and `.env`, which fail loudly.

Every name that is read is kept in `NAMES`, so that a test can hold the settings
table in docs/settings.md against what the code really reads.
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

NAMES: set[str] = set()


def load_dotenv(path: Path) -> None:
    """Put `NAME=value` lines of `path` into the environment; what is already set wins."""
    if not path.is_file():
        return
    lines = (line.strip() for line in path.read_text().splitlines())
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        name, separator, value = line.partition("=")
        if not separator:
            raise ImproperlyConfigured(f"{path}:{number}: expected NAME=value, got {line!r}")
        os.environ.setdefault(name.strip(), value.strip().strip("\"'"))


def text(name: str, default: str = "", choices: tuple[str, ...] = ()) -> str:
    """The value as it is; one of `choices` where they are given."""
    NAMES.add(name)
    value = os.environ.get(name, "").strip() or default
    if choices and value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}; it is {value!r}")
    return value


def flag(name: str, default: bool) -> bool:
    """1, true, yes, on or 0, false, no, off."""
    value = text(name, "on" if default else "off").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be on or off; it is {value!r}")


def number(name: str, default: int, minimum: int = 0) -> int:
    """A whole number of at least `minimum`."""
    value = text(name, str(default))
    try:
        result = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number; it is {value!r}") from None
    if result < minimum:
        raise ImproperlyConfigured(f"{name} must be at least {minimum}; it is {result}")
    return result


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]
