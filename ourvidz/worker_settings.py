"""The settings of everything that makes pictures; docs/settings.md has the table.

They are part of `ourvidz.settings`. Alone they are all that a remote worker needs: no apps, no
database, no Redis, no secrets.
"""

import os
import tempfile
from pathlib import Path

from ourvidz import backend_settings
from ourvidz import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
env.load_dotenv(BASE_DIR / ".env")

TIME_ZONE = "UTC"
USE_TZ = True

BACKENDS = {
    "sdxl": {
        "BACKEND": env.text("SDXL_BACKEND", "generation.backends.preview.PreviewBackend"),
        "OPTIONS": backend_settings.sdxl(),
    },
    "wan": {
        "BACKEND": env.text("WAN_BACKEND", "generation.backends.preview.PreviewBackend"),
        "OPTIONS": backend_settings.wan(),
    },
    "chat": {
        "BACKEND": env.text("CHAT_BACKEND", "generation.backends.rules.RulesEnhancer"),
        "OPTIONS": backend_settings.chat(),
    },
}
MODEL_LOAD_SECONDS = env.number("MODEL_LOAD_SECONDS", 60, 1)
MODEL_UNLOAD_SECONDS = env.number("MODEL_UNLOAD_SECONDS", 30, 1)
MEMORY_KEPT_FREE_GB = env.number("MEMORY_KEPT_FREE_GB", 2)
MEMORY_BUDGET_GB = env.number("MEMORY_BUDGET_GB", 0)
# Beyond OURVIDZ_VAR: every worker on a card has to see it, whichever folder it writes in.
MEMORY_LEDGER = env.text("MEMORY_LEDGER", f"{tempfile.gettempdir()}/ourvidz-memory-{os.getuid()}")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {"rq": {"level": "WARNING"}, "rq.worker": {"level": "WARNING"}},
}
