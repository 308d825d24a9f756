"""Django's settings, driven by the environment. An operator sets these variables and nothing else.

| variable                 | default                  | what it does                                                        |
|--------------------------|--------------------------|---------------------------------------------------------------------|
| `ROUTEBOOK_HOME`         | `var` in the checkout, else `routebook` in the user's data folder | the one folder that holds the data |
| `ROUTEBOOK_DATABASE`     | empty                    | empty: SQLite in the home; else `postgresql://user:password@host:port/name?sslmode=…` |
| `ROUTEBOOK_SECRET`       | made once in `home/secret` | signs sessions and links; at least 50 characters                  |
| `ROUTEBOOK_HOSTS`        | loopback names           | comma-separated host names that the server answers to               |
| `ROUTEBOOK_HTTPS`        | `0`                      | `1`: secure cookies, HSTS and a redirect to HTTPS (behind a proxy that sets `X-Forwarded-Proto`) |
| `ROUTEBOOK_PROXIES`      | `0`                      | how many proxies in front may be believed about the visitor's address |
| `ROUTEBOOK_SYNCHRONOUS`  | `NORMAL`                 | SQLite: `FULL` keeps the last commits through a power cut, at the price of speed |
| `ROUTEBOOK_UPLOAD_MB`    | `200`                    | how large one picture or recording may be, in megabytes             |
| `ROUTEBOOK_EMAIL`        | empty                    | empty: mail is written to `home/mail`; else `smtp://user:password@host:port`, or `smtps://…`, or `smtp+tls://…` |
| `ROUTEBOOK_LOOPBACK`     | set by `serve`           | `1`: only this machine can reach the server, so the sample may offer sign-in by one click |
| `ROUTEBOOK_EMAIL_FROM`   | `routebook@localhost`    | the sender of every mail                                            |
| `ROUTEBOOK_ADDRESS`      | where `serve` listens    | the address of this server in mails, such as `https://routebook.example.com` |
"""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PACKAGE = Path(__file__).resolve().parent
LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


def home_folder() -> Path:
    stated = os.environ.get("ROUTEBOOK_HOME")
    if stated:
        return Path(stated).expanduser().resolve()
    checkout = PACKAGE.parent.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / "var"
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "routebook"


def secret_key(home: Path) -> str:
    """The stated secret, or the one in the home, made on first use and readable by its owner only."""
    stated = os.environ.get("ROUTEBOOK_SECRET")
    if stated:
        return stated
    file = home / "secret"
    if not file.exists():
        make_secret(file)
    return file.read_text(encoding="ascii").strip()


def make_secret(file: Path) -> None:
    try:
        # The database, sessions and mails lie in it: others on this machine have no business there.
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Written aside and linked into place, so that of two first starts one wins and neither reads half a secret.
        draft = file.with_name(f"secret.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(50) + "\n")
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except (FileExistsError, NotADirectoryError) as error:
        raise ImproperlyConfigured(f"The data folder can't be {file.parent}: a file is in its way.") from error
    except OSError as error:
        raise ImproperlyConfigured(f"The data folder {file.parent} can't be written: {error.strerror}.") from error


def upload_bytes(megabytes: str) -> int:
    """How many bytes one file may have."""
    if not megabytes.isdecimal() or not 1 <= int(megabytes) <= 100_000:
        raise ImproperlyConfigured("ROUTEBOOK_UPLOAD_MB must be a whole number of megabytes, from 1 to 100000.")
    return int(megabytes) * 1_000_000


def database(address: str, home: Path) -> dict[str, Any]:
    """Django's database settings for an address; an empty address is SQLite in the home."""
    if not address:
        return sqlite(home / "routebook.sqlite3")
    parts = urlsplit(address)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured("ROUTEBOOK_DATABASE must be empty or begin with postgresql://.")
    return postgresql(parts)


def sqlite(file: Path) -> dict[str, Any]:
    synchronous = os.environ.get("ROUTEBOOK_SYNCHRONOUS", "NORMAL").upper()
    if synchronous not in ("NORMAL", "FULL"):
        raise ImproperlyConfigured("ROUTEBOOK_SYNCHRONOUS must be NORMAL or FULL.")
    pragmas = {
        "journal_mode": "WAL",
        "synchronous": synchronous,
        "temp_store": "MEMORY",
        "mmap_size": 134_217_728,
        "journal_size_limit": 67_108_864,
        # Pages; eight times the default, so that a page that many commits touch is copied and synced once for all of them.
        "wal_autocheckpoint": 8_000,
        "cache_size": -20_000,
    }
    return {
        "ENGINE": "routebook.store.sqlite_backend",
        "NAME": str(file),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": "".join(f"PRAGMA {name}={value};" for name, value in pragmas.items()),
        },
    }


def postgresql(parts: SplitResult) -> dict[str, Any]:
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "routebook",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A socket folder can't stand where a host name stands, so it comes as ?host=/run/postgresql.
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            **options,
            "pool": {"min_size": 2, "max_size": 16, "timeout": 10},
            "server_side_binding": True,
        },
    }


def own_address(stated: str) -> str:
    """Where links in mails lead, without a slash at the end."""
    address = stated.strip().rstrip("/") or "http://127.0.0.1:8000"
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
        raise ImproperlyConfigured("ROUTEBOOK_ADDRESS must begin with https:// or http:// and name a host.")
    return address


def mail(address: str, home: Path) -> dict[str, Any]:
    """The mail settings for an address; an empty address files mails in the home."""
    if not address:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": home / "mail"}
    parts = urlsplit(address)
    if parts.scheme not in ("smtp", "smtps", "smtp+tls"):
        raise ImproperlyConfigured("ROUTEBOOK_EMAIL must begin with smtp://, smtps:// or smtp+tls://.")
    return {
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtps": 465, "smtp+tls": 587}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_TIMEOUT": 20,
    }


def hosts(stated: str) -> list[str]:
    return [host.strip() for host in stated.split(",") if host.strip()] or LOOPBACK_HOSTS


def proxies(stated: str) -> int:
    if stated and not (stated.isascii() and stated.isdecimal()):
        raise ImproperlyConfigured("ROUTEBOOK_PROXIES must be a whole number: how many proxies stand in front.")
    return int(stated or 0)


HOME = home_folder()
# Set by `routebook serve` only: visitors can come from this machine alone, so the sample may be open to them.
SERVING_ON_LOOPBACK = os.environ.get("ROUTEBOOK_LOOPBACK") == "1"
HTTPS = os.environ.get("ROUTEBOOK_HTTPS", "0") == "1"
PROXIES = proxies(os.environ.get("ROUTEBOOK_PROXIES", ""))

DEBUG = False
SECRET_KEY = secret_key(HOME)
ALLOWED_HOSTS = hosts(os.environ.get("ROUTEBOOK_HOSTS", ""))
DATABASES = {"default": database(os.environ.get("ROUTEBOOK_DATABASE", ""), HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOT_URLCONF = "routebook.urls"
WSGI_APPLICATION = "routebook.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "routebook.store",
    "routebook.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "routebook.web.security.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "routebook.web.body_limit.body_limit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

AUTH_USER_MODEL = "store.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"

# Five wrong passwords for one name from one address close that pair for a quarter of an hour; others stay open.
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_USERNAME_CALLABLE = "routebook.web.accounts.counted_as"
AXES_LOCKOUT_CALLABLE = "routebook.web.accounts.locked_out"
AXES_IPWARE_PROXY_COUNT = PROXIES or None

SESSION_COOKIE_NAME = "routebook_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
CSRF_COOKIE_NAME = "routebook_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # a map of 200 steps is one form
DATA_UPLOAD_MAX_NUMBER_FILES = 500  # each line of a checklist may bring one
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

# One process serves its own files, straight from the packages: there is no collecting step to forget.
STATIC_URL = "/static/"
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
MEDIA_ROOT = HOME / "media"
MEDIA_MOST_BYTES = upload_bytes(os.environ.get("ROUTEBOOK_UPLOAD_MB", "200"))
FILE_UPLOAD_HANDLERS = [
    "routebook.web.upload_limit.UploadLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]

_mail = mail(os.environ.get("ROUTEBOOK_EMAIL", ""), HOME)
globals().update(_mail)
MAIL_FOLDER = HOME / "mail"
OWN_ADDRESS = own_address(os.environ.get("ROUTEBOOK_ADDRESS", ""))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("ROUTEBOOK_EMAIL_FROM", "routebook@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},
        "axes": {"level": "ERROR"},
    },
}
