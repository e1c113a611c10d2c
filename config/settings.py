"""Settings of Acta: the environment first, then `.env`, then these defaults; `.env.example` describes each."""

from __future__ import annotations

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from accounts.keeping import kept_secret

BASE_DIR = Path(__file__).resolve().parent.parent
Env.read_env(BASE_DIR / ".env")


def setting(name: str, default: str = "") -> str:
    """One setting; an empty value is none."""
    return os.environ.get(name, "").strip() or default


def switch(name: str) -> bool:
    """A setting that is on or off, and off unless somebody clearly says on."""
    return setting(name).lower() in Env.BOOLEAN_TRUE_STRINGS


def words(name: str) -> list[str]:
    """A setting with commas in it."""
    return [word.strip() for word in setting(name).split(",") if word.strip()]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """A setting of addresses and networks."""
    try:
        return [ip_network(word) for word in words(name)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}.") from error


def port(name: str, default: str) -> int:
    """A setting that is a TCP port."""
    value = setting(name, default)
    if not value.isdecimal() or int(value) > 65535:
        raise ImproperlyConfigured(f"{name} is {value!r}, which is not a port.")
    return int(value)


def days(name: str, default: str) -> int:
    """A setting that is a number of days."""
    value = setting(name, default)
    if not (value.isascii() and value.isdecimal() and len(value) <= 5):
        raise ImproperlyConfigured(f"{name} is {value!r}, which is not a number of days.")
    return int(value)


def data_folder(path: Path) -> Path:
    """The installation's own folder, for its owner alone."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"ACTA_DATA is {path}, and that folder cannot be made: {error.strerror}.") from error
    return path


# The installation

PORT = port("PORT", "8000")
ACTA_DATA = data_folder(BASE_DIR / setting("ACTA_DATA", "var"))
ACTA_BASE_DOMAIN = setting("ACTA_BASE_DOMAIN", "localhost").lower().strip(".")
# By number, because some clients take the name localhost for an address we do not listen on.
BASE_HOST = "127.0.0.1" if ACTA_BASE_DOMAIN == "localhost" else ACTA_BASE_DOMAIN
ACTA_BASE_URL = setting("ACTA_BASE_URL", f"http://{BASE_HOST}:{PORT}").rstrip("/")
ACTA_HOSTS = words("ACTA_HOSTS")
ACTA_TRUSTED_PROXIES = networks("ACTA_TRUSTED_PROXIES")
ACTA_WEBHOOKS_ALLOW_PRIVATE = switch("ACTA_WEBHOOKS_ALLOW_PRIVATE")
# How many days outlive themselves; 0 keeps them for ever.
ACTA_KEEP_MESSAGES_DAYS = days("ACTA_KEEP_MESSAGES_DAYS", "30")
ACTA_KEEP_AUDIT_DAYS = days("ACTA_KEEP_AUDIT_DAYS", "730")
ACTA_APPS = ["incidents", "cadences", "analytics", "gamification", "actions"]
REDIS_URL = setting("REDIS_URL")

DEBUG = switch("ACTA_DEBUG")
SECRET_KEY = setting("ACTA_SECRET_KEY") or kept_secret(ACTA_DATA / "secret_key")
ALLOWED_HOSTS = [
    ACTA_BASE_DOMAIN,
    f".{ACTA_BASE_DOMAIN}",
    "127.0.0.1",
    "[::1]",
    urlsplit(ACTA_BASE_URL).hostname or ACTA_BASE_DOMAIN,
    *ACTA_HOSTS,
]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_tasks",
    "django_tasks_db",
    *(["django_rq"] if REDIS_URL else []),
    "accounts",
    "actions",
    "incidents",
    "cadences",
    "analytics",
    "gamification",
]

MIDDLEWARE = [
    "accounts.middleware.RequestId",
    "accounts.middleware.NoBodyForHead",
    "config.hosts.HostDoor",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False

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
        },
    },
]

# Database


def sqlite(database: dict[str, Any]) -> dict[str, Any]:
    """Readers never wait, a writer waits its turn at BEGIN, and what was acknowledged is on disk."""
    if database["NAME"] != ":memory:":
        database["NAME"] = BASE_DIR / database["NAME"]
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
    }
    return {**database, "OPTIONS": options | database.get("OPTIONS", {}), "CONN_MAX_AGE": None}


def postgres(database: dict[str, Any]) -> dict[str, Any]:
    """Connections stay open, as opening one costs more than a request."""
    # Plans are made for the workspace that asks: one made for another may walk through all of its rows.
    plans = {"prepare_threshold": 2, "options": "-c plan_cache_mode=force_custom_plan"}
    options = plans | database.get("OPTIONS", {})
    return {**database, "OPTIONS": options, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}


def database(url: str) -> dict[str, Any]:
    """Django's description of one of the two databases Acta knows."""
    described = Env.db_url_config(url)
    if described.get("ENGINE") == "django.db.backends.sqlite3":
        return sqlite(described)
    if described.get("ENGINE") == "django.db.backends.postgresql":
        return postgres(described)
    raise ImproperlyConfigured("DATABASE_URL begins with postgres:// or sqlite://; Acta knows no other database.")


DATABASES = {"default": database(setting("DATABASE_URL", f"sqlite:///{ACTA_DATA / 'acta.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache and background work: in process and in the database, or all in Redis

if REDIS_URL:
    CACHES: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "acta",
        }
    }
    TASKS: dict[str, dict[str, Any]] = {"default": {"BACKEND": "django_tasks_rq.RQBackend", "QUEUES": ["default"]}}
    RQ_QUEUES = {"default": {"URL": REDIS_URL}}
    RQ_SHOW_ADMIN_LINK = False
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# People

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
# Cookies know no port, and other servers on this machine use Django's own names.
SESSION_COOKIE_NAME = "acta_session"
CSRF_COOKIE_NAME = "acta_csrf"

# Mail: what is written while EMAIL_URL is empty is a line of the log

EMAIL_URL = setting("EMAIL_URL")
MAIL = Env.email_url_config(EMAIL_URL or "dummymail://")
EMAIL_BACKEND = MAIL["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = MAIL["EMAIL_HOST"] or "localhost", MAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL["EMAIL_HOST_USER"] or "", MAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.get("EMAIL_USE_TLS", False), MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = setting("ACTA_MAIL_FROM", f"Acta <acta@{ACTA_BASE_DOMAIN}>")

# Transport: what only makes sense over https follows from the address people use

SECURE = ACTA_BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_TRUSTED_ORIGINS = [ACTA_BASE_URL]
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
# HostDoor removes the header unless a trusted proxy sent it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ACTA_TRUSTED_PROXIES else None

# Static files come straight from the packages; nothing is collected.

STATIC_URL = "/static/"
STATICFILES_DIRS: list[Path] = []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600

# Language and time

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# The APIs; what one vendor does differently stands in that app's api/dialect.py

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_TOKEN": None,
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    # It would make one document of five APIs, which share words; `manage.py openapi --check` proves each.
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "TITLE": "Acta",
    "VERSION": "0",
    "POSTPROCESSING_HOOKS": ["accounts.api.schema.enums_in_place"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# Logs

ACTA_LOG_LEVEL = setting("ACTA_LOG_LEVEL", "INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "accounts.middleware.RequestIdFilter"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": "line"}},
    "root": {"handlers": ["console"], "level": ACTA_LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": ACTA_LOG_LEVEL, "propagate": True},
        # A 4xx is an answer, not an event; the access log has it.
        "django.request": {"level": "ERROR"},
        # Where webhooks go may be a secret; attempts are kept in the database.
        "httpx": {"level": "WARNING"},
    },
}
