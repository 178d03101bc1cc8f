"""Settings, all from the environment and `.env`; docs/settings.md has the table.

Runs with nothing set: SQLite, files and a local Redis, for one machine.
"""

from pathlib import Path

import dj_database_url
from corsheaders.defaults import default_headers
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from ourvidz import environment as env
from ourvidz.embedded_redis import running_url
from ourvidz.media.limits import MAX_REFERENCE_BYTES
from ourvidz.worker_settings import (  # noqa: F401 - with those of a worker
    BACKENDS,
    BASE_DIR,
    LOGGING,
    MEMORY_BUDGET_GB,
    MEMORY_KEPT_FREE_GB,
    MEMORY_LEDGER,
    MODEL_LOAD_SECONDS,
    MODEL_UNLOAD_SECONDS,
    TIME_ZONE,
    USE_TZ,
)

VAR = Path(env.text("OURVIDZ_VAR", str(BASE_DIR / "var"))).resolve()
VAR.mkdir(parents=True, exist_ok=True)

DEBUG = env.flag("DEBUG", False)


def _kept_secret(name: str) -> str:
    """A secret made once and kept in VAR, so that a bare start is safe and sessions last."""
    path = VAR / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = env.text("SECRET_KEY") or _kept_secret("secret-key")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY must have at least 32 characters")

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
HTTPS = env.flag("HTTPS", False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, without the proxy
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CORS_ALLOWED_ORIGINS = env.words("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/api/"
_TUS = ("tus-resumable", "upload-length", "upload-metadata", "upload-offset")
CORS_ALLOW_HEADERS = (*default_headers, *_TUS)
CORS_EXPOSE_HEADERS = ("location", *_TUS)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "corsheaders",
    "csp",
    "django_htmx",
    "django_rq",
    "ninja",
    "ourvidz.accounts",
    "ourvidz.media",
    "ourvidz.operations",
    "generation",
    "library",
    "ourvidz.collections",
    "workspace",
]

MIDDLEWARE = [
    "ourvidz.problems.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ourvidz.compression.TextGZipMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ourvidz.accounts.middleware.RateMiddleware",
    "ourvidz.accounts.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ourvidz.queue_dashboard.QueueDashboardMiddleware",
]

ROOT_URLCONF = "ourvidz.urls"
ASGI_APPLICATION = "ourvidz.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "ourvidz.media.templatetags.interface",
                "ourvidz.media.templatetags.links",
            ],
        },
    },
]

# Database

DATABASE_URL = env.text("DATABASE_URL", f"sqlite:///{VAR / 'ourvidz.sqlite3'}")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # As much of the file as SQLite maps into memory: a million assets take 2 GB.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "PRAGMA cache_size=-65536; PRAGMA mmap_size=2147418112; PRAGMA temp_store=MEMORY;"
        ),
    }
    # A file too: connections to one in memory fail where they should wait for each other.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
else:
    # Under ASGI connections are pooled by psycopg, never kept per thread.
    DATABASES["default"]["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": env.number("DATABASE_POOL", 16, 1), "timeout": 10},
        "connect_timeout": 5,
    }
    # A connection that broke while it lay in the pool is replaced, not handed out.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Accounts

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "workspace:page"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "en-gb"
USE_I18N = False

# Static files

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR / "static"
WHITENOISE_USE_FINDERS = DEBUG

# Storage: four private buckets, as folders or on S3

STORAGE = env.text("STORAGE", "files", choices=("files", "s3"))
BUCKETS = ("workspace-temp", "user-library", "reference-images", "uploads")
MEDIA_ROOT = VAR / "media"
S3_OPTIONS = {
    "access_key": env.text("S3_ACCESS_KEY"),
    "secret_key": env.text("S3_SECRET_KEY"),
    "endpoint_url": env.text("S3_ENDPOINT_URL") or None,
    "region_name": env.text("S3_REGION", "us-east-1"),
    "addressing_style": env.text("S3_ADDRESSING_STYLE", "path", choices=("path", "virtual")),
}
S3_BUCKET_PREFIX = env.text("S3_BUCKET_PREFIX")


def _bucket(name: str) -> dict:
    if STORAGE == "s3":
        options = {**S3_OPTIONS, "bucket_name": S3_BUCKET_PREFIX + name}
        return {"BACKEND": "ourvidz.media.s3_bucket.S3Bucket", "OPTIONS": options}
    return {
        "BACKEND": "ourvidz.media.storages.FileBucket",
        "OPTIONS": {"location": MEDIA_ROOT / name},
    }


STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "ourvidz.staticfiles.HashedStaticFiles"
    },
    **{name: _bucket(name) for name in BUCKETS},
}
SIGNED_URL_SECONDS = env.number("SIGNED_URL_SECONDS", 3600, 60)
ACCEL_REDIRECT_PREFIX = env.text("ACCEL_REDIRECT_PREFIX")
STAGING_DAYS = env.number("STAGING_DAYS", 7, 1)
TRASH_DAYS = env.number("TRASH_DAYS", 30, 1)
UNDO_MINUTES = env.number("UNDO_MINUTES", 60, 1)
UPLOAD_CLIP_BYTES = env.number("UPLOAD_CLIP_MB", 200, 1) * 1024**2
UPLOAD_HOURS = env.number("UPLOAD_HOURS", 24, 1)
OPEN_UPLOADS_PER_USER = env.number("OPEN_UPLOADS_PER_USER", 100, 1)
ARCHIVE_BYTES = env.number("ARCHIVE_MB", 4096, 1) * 1024**2
ARCHIVE_ASSETS = env.number("ARCHIVE_ASSETS", 20_000, 1)
LIBRARY_QUOTA_BYTES = env.number("LIBRARY_QUOTA_MB", 0) * 1024**2  # 0: as much as there is
UPLOAD_PART_BYTES = env.number("UPLOAD_PART_MB", 16, 4) * 1024**2
WORKER_OUTPUT_BYTES = env.number("WORKER_OUTPUT_MB", 200, 1) * 1024**2
CHANGES_PER_MINUTE = env.number("CHANGES_PER_MINUTE", 1200, 1)
DATA_UPLOAD_MAX_MEMORY_SIZE = env.number("BODY_MB", 2, 1) * 1024**2
# The most bytes that a request may bring, by its path; elsewhere DATA_UPLOAD_MAX_MEMORY_SIZE.
_MULTIPART = 64 * 1024  # of fields and boundaries around a file
BODY_LIMITS = (
    (r"/api/v1/library/uploads/[^/]+", UPLOAD_PART_BYTES),
    (r"/api/v1/references", MAX_REFERENCE_BYTES + _MULTIPART),
    (r"/api/v1/worker/jobs/[^/]+/outputs", WORKER_OUTPUT_BYTES + _MULTIPART),
    (r"/workspace/memory/recall/file/", UPLOAD_CLIP_BYTES + _MULTIPART),
)
FILE_UPLOAD_TEMP_DIR = None

# Redis: wake-ups for the lanes and the channel layer; never the truth

REDIS_URL = env.text("REDIS_URL") or running_url(VAR) or "redis://127.0.0.1:6379/0"
RQ_QUEUES = {
    lane: {"URL": REDIS_URL, "DEFAULT_TIMEOUT": -1, "SERIALIZER": "json"}
    for lane in ("sdxl", "wan", "chat", "default")
}
RQ = {"WORKER_CLASS": "generation.lane_worker.LaneWorker", "SHOW_ADMIN_LINK": True}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Generation

# Models whose rows can be used as references, each found through its owner.
ASSET_SOURCES = ("workspace.WorkspaceAsset", "library.LibraryAsset")
LEASE_SECONDS = env.number("LEASE_SECONDS", 45, 5)
MAX_ATTEMPTS = env.number("MAX_ATTEMPTS", 3, 1)
RUNNING_JOBS_PER_USER = env.number("RUNNING_JOBS_PER_USER", 2, 1)
QUEUED_JOBS_PER_USER = env.number("QUEUED_JOBS_PER_USER", 200, 1)
MATURE_CONTENT = env.flag("MATURE_CONTENT", False)
# Two live keys, so that a key can be changed without a stop: sign with the first, accept both.
WORKER_KEYS = env.words("WORKER_KEYS") or [_kept_secret("worker-key")]
WORKER_SIGNATURE_SECONDS = env.number("WORKER_SIGNATURE_SECONDS", 300, 1)

# What `manage.py doctor` asks beside its own checks: functions that yield findings.
CHECKUPS = ("generation.checkup.findings",)
# What `manage.py schedule` runs by itself: (command line, every so many seconds).
SCHEDULE = (
    ("requeue_lost_jobs", 5),
    ("cleanup_workspace", 3600),
    ("library_work uploads", 1),
    ("library_work imports", 2),
    ("library_work batches", 1),
    ("cleanup_uploads", 3600),
    ("purge_trash", 3600),
    ("purge_collections", 3600),
    ("make_filmstrips", 24 * 3600),
    ("hash_pictures", 3600),
    ("tend_library", 3600),
    ("reconcile_storage --mend --sizes-only", 24 * 3600),
)

# Content Security Policy: nothing inline, nothing from elsewhere but the S3 endpoint's pictures

_MEDIA_SOURCES = ["'self'", "data:", "blob:"]
if STORAGE == "s3":
    _MEDIA_SOURCES.append(S3_OPTIONS["endpoint_url"] or "https://*.amazonaws.com")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": _MEDIA_SOURCES,
        "media-src": _MEDIA_SOURCES,
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}

DEFAULT_EXCEPTION_REPORTER_FILTER = "ourvidz.secrecy.SettingsFilter"
