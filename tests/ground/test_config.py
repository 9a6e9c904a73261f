"""Settings are checked at start, and the message names the one that is wrong."""

from pathlib import Path

import pytest

from academy import config
from academy.config import BadSetting


def load(tmp_path: Path, **settings: str) -> dict[str, object]:
    named = {f"ACADEMY_{name}": value for name, value in settings.items()}
    return config.load({"ACADEMY_INSTANCE_PATH": str(tmp_path), **named})


def test_defaults_need_no_service(tmp_path: Path) -> None:
    found = load(tmp_path, BASE_URL="http://localhost:5003/")

    assert (found["BASE_URL"], found["CONTENT_ORIGIN"]) == (
        "http://localhost:5003",
        "http://{label}.localhost:5003",
    )
    assert found["DATABASE_URL"] == f"sqlite:///{tmp_path / 'academy.sqlite'}"
    assert found["SECRET_KEY"] == load(tmp_path)["SECRET_KEY"]
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "academy.example.org"),
        ("BASE_URL", "https://example.org/academy"),
        ("CONTENT_ORIGIN", "{label}.content.example.org"),
        ("CONTENT_ORIGIN", "https://{label}"),
        ("CONTENT_ORIGIN", "https://{label}.{label}.example.org"),
        ("CONTENT_ORIGIN", "https://{name}.example.org"),
        ("CONTENT_ORIGIN", "https://content.example.org/x"),
        ("CONTENT_ORIGIN", "http://LOCALHOST:5000"),
        ("STORAGE_URL", "/srv/academy"),
        ("STORAGE_URL", "file:"),
        ("STORAGE_URL", "s3:///prefix"),
        ("STORAGE_URL", "s3://key:secret@bucket/prefix"),
        ("STORAGE_URL", "s3://bucket/../other"),
        ("STORAGE_URL", "s3://bucket?region=x"),
        ("STORAGE_ENDPOINT", "objects.example.org"),
        ("STORAGE_ENDPOINT", "http://objects.example.org"),
        ("MAIL_URL", "localhost:25"),
        ("TRUSTED_PROXIES", "many"),
        ("UPLOAD_LIMIT_MB", "0"),
        ("EMBEDDED_WORKER", "perhaps"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"ACADEMY_{name}"):
        load(tmp_path, **{name: value})


@pytest.mark.parametrize(
    "value", ["https://{label}.content.example.org", "https://{label}-x.example.org", "http://localhost:5001"]
)
def test_packages_may_have_a_wildcard_or_one_host(tmp_path: Path, value: str) -> None:
    assert load(tmp_path, CONTENT_ORIGIN=value)["CONTENT_ORIGIN"] == value


@pytest.mark.parametrize(
    "settings",
    [
        {"STORAGE_ENDPOINT": "https://objects.example.org:9000"},
        {"STORAGE_ENDPOINT": "http://127.0.0.1:9000"},
        {"STORAGE_ENDPOINT": "http://objects.internal:9000", "STORAGE_ALLOW_HTTP": "true"},
    ],
)
def test_files_travel_with_tls_or_by_permission(tmp_path: Path, settings: dict[str, str]) -> None:
    found = load(tmp_path, STORAGE_URL="s3://bucket/prefix/", **settings)

    assert found["STORAGE_URL"] == "s3://bucket/prefix"
    assert found["STORAGE_ENDPOINT"] == settings["STORAGE_ENDPOINT"]


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "academy.toml"
    file.write_text('BASE_ADDRESS = "https://academy.example.org"\n')

    with pytest.raises(BadSetting, match="unknown setting BASE_ADDRESS"):
        config.load({"ACADEMY_CONFIG": str(file)})


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        *(
            ("localhost", True),
            ("a.localhost", True),
            ("127.0.0.1", True),
            ("127.1.2.3", True),
            ("::1", True),
        ),
        *(("", False), ("localhost.example", False), ("10.0.0.1", False), ("academy.example.org", False)),
    ],
)
def test_a_loopback_host_is_this_computer(host: str, is_here: bool) -> None:
    assert config.is_loopback(host) is is_here
