"""Settings: defaults, then the file of ACADEMY_CONFIG, then the environment; checked at start."""

import os
import secrets
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from academy.settings import SETTINGS, Setting

PROJECT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """Return where relative paths begin: the project in a checkout, else the current folder."""
    return PROJECT if (PROJECT / "pyproject.toml").exists() else Path.cwd()


class BadSetting(Exception):
    """A setting that the Academy cannot start with; the message names it and says what is expected."""


def is_loopback(host: str) -> bool:
    """Say whether a host name or address is this very computer."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def load(environment: Mapping[str, str] | None = None) -> dict[str, object]:
    """Gather and check the settings; raises BadSetting with the name of the setting that is wrong."""
    environment = os.environ if environment is None else environment
    found: dict[str, object] = {setting.name: setting.default for setting in SETTINGS}
    found |= _from_file(environment.get("ACADEMY_CONFIG"))
    for setting in SETTINGS:
        text = environment.get(f"ACADEMY_{setting.name}")
        if text is not None:
            found[setting.name] = _read(setting, text)
    return _complete(found)


def _from_file(path: str | None) -> dict[str, object]:
    if not path:
        return {}
    try:
        content = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(f"ACADEMY_CONFIG: cannot read {path}: {error}") from error
    known = {setting.name: setting for setting in SETTINGS}
    unknown = sorted(set(content) - set(known))
    if unknown:
        raise BadSetting(f"{path}: unknown setting {unknown[0]}; known are {', '.join(known)}")
    return {name: _read(known[name], str(value)) for name, value in content.items()}


def _read(setting: Setting, text: str) -> object:
    try:
        return setting.read(text)
    except ValueError as error:
        raise BadSetting(f"ACADEMY_{setting.name}: {error} (is {text!r})") from error


def _complete(found: dict[str, object]) -> dict[str, object]:
    instance = (home() / str(found["INSTANCE_PATH"])).resolve()
    instance.mkdir(parents=True, exist_ok=True)
    found["INSTANCE_PATH"] = str(instance)
    found["DATABASE_URL"] = found["DATABASE_URL"] or f"sqlite:///{instance / 'academy.sqlite'}"
    if found["DATABASE_REPLICA_URL"] and str(found["DATABASE_URL"]).startswith("sqlite"):
        raise BadSetting("ACADEMY_DATABASE_REPLICA_URL: only a PostgreSQL database has replicas")
    found["STORAGE_URL"] = found["STORAGE_URL"] or f"file:{instance / 'storage'}"
    endpoint = urlsplit(str(found["STORAGE_ENDPOINT"]))
    if (
        endpoint.scheme == "http"
        and not found["STORAGE_ALLOW_HTTP"]
        and not is_loopback(endpoint.hostname or "")
    ):
        raise BadSetting(
            "ACADEMY_STORAGE_ENDPOINT: files would travel without TLS; "
            "use https, or set ACADEMY_STORAGE_ALLOW_HTTP"
        )
    found["SECRET_KEY"] = found["SECRET_KEY"] or _kept_secret(instance / "secret-key")
    base = urlsplit(str(found["BASE_URL"]))
    if not found["CONTENT_ORIGIN"]:
        port = f":{base.port}" if base.port else ""
        found["CONTENT_ORIGIN"] = f"{base.scheme}://{{label}}.localhost{port}"
    if urlsplit(str(found["CONTENT_ORIGIN"])).netloc.lower() == base.netloc.lower():
        raise BadSetting("ACADEMY_CONTENT_ORIGIN: packages need another host or port than ACADEMY_BASE_URL")
    return found


def _kept_secret(path: Path) -> str:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()
