"""The settings: their names, defaults and meanings, and how the text of each is read."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Setting:
    """One setting: its default, how its text is read, and the sentence of the README."""

    name: str
    default: object
    read: Callable[[str], object]
    meaning: str


def _flag(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError("expected true or false")


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.rstrip("/"):
        raise ValueError("expected http(s)://host[:port] without a path")
    return text.rstrip("/")


def _content_origin(text: str) -> str:
    if not text:
        return text
    rest = urlsplit(_origin(text.replace("{label}", "label", 1))).hostname or ""
    if "{" in rest or ("{label}" in text and not rest.replace("label", "", 1).strip(".-")):
        raise ValueError("expected http(s)://{label}.host[:port], or one host of its own without {label}")
    return text.rstrip("/")


def _database_url(text: str) -> str:
    scheme, _, rest = text.partition("://")
    if scheme.startswith("postgres"):
        return f"postgresql+psycopg://{rest}"
    if text and scheme != "sqlite":
        raise ValueError("expected postgresql://user:password@host/database or sqlite:///<file>")
    return text


def _mail_url(text: str) -> str:
    if text and urlsplit(text).scheme not in {"smtp", "smtps"}:
        raise ValueError("expected smtp://[user:password@]host[:port] or smtps://…")
    return text


def _jobs_url(text: str) -> str:
    if text and urlsplit(text).scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("expected redis://[:password@]host[:port][/number], rediss://… or unix://<path>")
    return text


def _storage_url(text: str) -> str:
    if text.startswith("s3://"):
        parts = urlsplit(text)
        steps = parts.path.strip("/").split("/") if parts.path.strip("/") else []
        if parts.netloc and not set(parts.netloc) & set(":@") and not parts.query and ".." not in steps:
            return text.rstrip("/")
    elif not text or (text.startswith("file:") and text != "file:"):
        return text
    raise ValueError("expected file:<folder> or s3://<bucket>/<prefix>")


def _endpoint(text: str) -> str:
    return _origin(text) if text else text


def _shared(text: str) -> str:
    if text not in {"ask", "always", "never"}:
        raise ValueError("expected ask, always or never")
    return text


def _hosts(text: str) -> str:
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    if any("/" in name or "*" in name or ":" in name for name in names):
        raise ValueError("expected host names without scheme and port, with commas between")
    return ",".join(names)


def _level(text: str) -> str:
    if text.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
        raise ValueError("expected DEBUG, INFO, WARNING, ERROR or CRITICAL")
    return text.upper()


def _log_format(text: str) -> str:
    if text not in {"auto", "json", "text"}:
        raise ValueError("expected auto, json or text")
    return text


def _networks(text: str) -> str:
    for one in filter(None, (part.strip() for part in text.split(","))):
        ip_network(one, strict=False)
    return text


def _version(text: str) -> str:
    if text not in {"1.0.3", "2.0.0"}:
        raise ValueError("expected 1.0.3 or 2.0.0")
    return text


def _positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError("expected a positive number")
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError("expected 0 or a positive number")
    return number


SETTINGS = (
    Setting(
        "INSTANCE_PATH",
        "instance",
        str,
        "Folder of the database, files, keys and the outbox; a relative one begins in the checkout, or in the current folder where a wheel is installed",
    ),
    Setting(
        "DATABASE_URL",
        "",
        _database_url,
        "`postgresql://user:password@host/database`, or `sqlite:///<file>`; empty: SQLite in the instance folder",
    ),
    Setting(
        "DATABASE_REPLICA_URL",
        "",
        _database_url,
        "A streaming replica of a PostgreSQL database, for pages that may lag by a minute; empty: none",
    ),
    Setting("DATABASE_POOL", 20, _positive, "Most connections of one server process to PostgreSQL"),
    Setting(
        "DATABASE_SYNCHRONOUS",
        "FULL",
        str,
        "SQLite `synchronous`: FULL survives a power loss, NORMAL is faster",
    ),
    Setting(
        "STORAGE_URL",
        "",
        _storage_url,
        "`file:<folder>` or `s3://bucket/prefix` of packages and certificates; empty: in the instance folder",
    ),
    Setting(
        "STORAGE_ENDPOINT", "", _endpoint, "Address of the S3 service, `https://host[:port]`; empty: Amazon's"
    ),
    Setting("STORAGE_REGION", "", str, "Region of the bucket; empty: `AWS_REGION`, or us-east-1"),
    Setting(
        "STORAGE_ACCESS_KEY", "", str, "Key of the bucket; empty: `AWS_*` variables or the machine's role"
    ),
    Setting("STORAGE_SECRET_KEY", "", str, "Secret of that key"),
    Setting("STORAGE_PATH_STYLE", True, _flag, "Name the bucket in the path; off: in the host name"),
    Setting("STORAGE_ALLOW_HTTP", False, _flag, "Allow an S3 service without TLS that is not this machine"),
    Setting(
        "MAIL_URL",
        "",
        _mail_url,
        "`smtp://user:password@host:port` (`smtps:` for TLS); empty: mail is written to `outbox/`",
    ),
    Setting("MAIL_FROM", "Training Academy <academy@localhost>", str, "Sender of mail"),
    Setting("BASE_URL", "http://localhost:5000", _origin, "Address of the Academy as people see it"),
    Setting(
        "CONTENT_ORIGIN",
        "",
        _content_origin,
        "Origin of packages; `{label}` stands for the unguessable name; empty: `http://{label}.localhost:<port>`",
    ),
    Setting(
        "SECRET_KEY", "", str, "Key of sessions and tokens; empty: made once and kept in the instance folder"
    ),
    Setting("TRUSTED_PROXIES", 0, int, "How many proxies in front set X-Forwarded-For, -Proto and -Host"),
    Setting(
        "EXTRA_HOSTS",
        "",
        _hosts,
        "Further host names that are answered besides those of BASE_URL and CONTENT_ORIGIN, with commas between",
    ),
    Setting(
        "SESSION_IDLE_MINUTES", 120, _positive, "Minutes without activity after which people are signed out"
    ),
    Setting(
        "SESSION_HOURS", 12, _positive, "Hours after which people sign in again, however active they are"
    ),
    Setting(
        "SHARED_WORKSTATIONS",
        "ask",
        _shared,
        "Shared computers: `ask` at sign-in, treat `always` all as shared, or `never`",
    ),
    Setting(
        "SHARED_IDLE_MINUTES",
        15,
        _positive,
        "Minutes without activity after which people are signed out on a shared computer",
    ),
    Setting(
        "LOG_LEVEL", "INFO", _level, "Least weight of what is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL"
    ),
    Setting("LOG_FORMAT", "auto", _log_format, "`json`, `text`, or `auto`: text on a terminal, else JSON"),
    Setting("SLOW_QUERY_MS", 200, _positive, "Statements of the database that take longer are logged"),
    Setting(
        "METRICS_ALLOW",
        "",
        _networks,
        "Addresses and networks that may read `/metrics`, with commas between; empty: all, unless there is a token",
    ),
    Setting("METRICS_TOKEN", "", str, "Bearer token that may read `/metrics` from anywhere"),
    Setting(
        "DISK_FREE_MB", 500, _positive, "Megabytes of room below which `/readyz` says that the disk is full"
    ),
    Setting("ALLOW_DEMO", False, _flag, "Allow demo accounts on a host that is not loopback"),
    Setting(
        "JOBS_URL",
        "",
        _jobs_url,
        "`redis://host:port/0` by which processes of `academy worker` are woken; empty: the server runs jobs itself",
    ),
    Setting(
        "REGISTRATION_DAYS",
        14,
        _positive,
        "Days after which registrations are forgotten whose address nobody confirmed",
    ),
    Setting(
        "BACKUP_DAYS",
        90,
        _positive,
        "Days for which backups are kept; so long receipts of erasures know whom a restored one brings back",
    ),
    Setting("JOBS_KEEP_DAYS", 30, _positive, "Days after which jobs that are done are forgotten"),
    Setting("EMBEDDED_WORKER", True, _flag, "Run jobs inside the server process, where JOBS_URL is empty"),
    Setting(
        "XAPI_DEFAULT_VERSION",
        "1.0.3",
        _version,
        "Version named to xAPI clients that name none: 1.0.3 or 2.0.0",
    ),
    Setting(
        "XAPI_ATTACHMENTS_LIMIT_MB",
        512,
        _positive,
        "Most that statements and their attachments may hold in one request, in megabytes",
    ),
    Setting(
        "XAPI_REQUESTS_PER_MINUTE",
        0,
        _count,
        "Requests a minute that each xAPI credential may send to each process of the server, where it has no limit of its own; 0: no limit",
    ),
    Setting("UPLOAD_LIMIT_MB", 2048, _positive, "Largest package that may be uploaded, in megabytes"),
    Setting("VERIFY_SHOWS_NAME", False, _flag, "Show the whole name on the public verification page"),
    Setting("NAME_EN", "Training Academy", str, "Name of the house, English"),
    Setting("NAME_RU", "Учебная академия", str, "Name of the house, Russian"),
    Setting("PROCESS_EN", "Prague Process", str, "Line under the name, English"),
    Setting("PROCESS_RU", "Пражский процесс", str, "Line under the name, Russian"),
    Setting("FUNDING_EN", "Funded by the European Union.", str, "Funding line, English"),
    Setting("FUNDING_RU", "Финансируется Европейским союзом.", str, "Funding line, Russian"),
    Setting(
        "DISCLAIMER_EN",
        "Its contents are the sole responsibility of ICMPD and do not necessarily reflect the views of the European Union.",
        str,
        "Disclaimer, English",
    ),
    Setting(
        "DISCLAIMER_RU",
        "Ответственность за содержание несёт ICMPD; оно не обязательно отражает точку зрения Европейского союза.",
        str,
        "Disclaimer, Russian",
    ),
)
