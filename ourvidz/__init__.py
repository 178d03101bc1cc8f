"""The project: settings, entrances, and the kit that every app may use."""

VERSION = "0.1.0"  # as in pyproject.toml; workers tell it
