"""Where the secret comes from, and what is made of it."""

import os
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from lea.auth.secret import derived_key, load_secret
from lea.config import Auth, Config, Database
from lea.errors import StartError


def config_in(folder: Path, secret: str = "") -> Config:
    return Config(
        database=Database(url=f"sqlite+aiosqlite:///{folder / 'lea.db'}"), auth=Auth(secret=SecretStr(secret))
    )


def test_the_first_start_makes_a_secret_only_its_owner_can_read_and_later_starts_find_it(tmp_path: Path) -> None:
    made = load_secret(config_in(tmp_path / "new"))
    file = tmp_path / "new" / "secret"
    assert len(made) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_secret(config_in(tmp_path / "new")) == made


def test_two_servers_make_different_secrets(tmp_path: Path) -> None:
    assert load_secret(config_in(tmp_path / "one")) != load_secret(config_in(tmp_path / "two"))


def test_a_configured_secret_is_used_and_no_file_is_made(tmp_path: Path) -> None:
    assert load_secret(config_in(tmp_path, "x" * 40)) == b"x" * 40
    assert not (tmp_path / "secret").exists()


def test_a_server_without_embedded_database_keeps_its_secret_in_var(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    load_secret(Config(database=Database(url="postgresql+asyncpg://db/lea")))
    assert (tmp_path / "var" / "secret").exists()


def test_a_secret_others_can_read_is_used_with_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("y" * 40)
    file.chmod(0o644)
    with capture_logs() as logs:
        assert load_secret(config_in(tmp_path)) == b"y" * 40
    assert [entry["event"] for entry in logs] == ["secret.exposed"]


@pytest.mark.parametrize("content", ["", "short"])
def test_a_secret_that_is_too_short_stops_the_start(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret").write_text(content)
    with pytest.raises(StartError, match="shorter than 32"):
        load_secret(config_in(tmp_path))


def test_a_secret_that_cannot_be_read_stops_the_start_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    with pytest.raises(StartError, match=r"secret: the secret cannot be read or made: \S") as raised:
        load_secret(config_in(tmp_path))
    assert "\n" not in str(raised.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_stops_the_start(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StartError):
        load_secret(config_in(tmp_path))


def test_each_purpose_has_its_own_key() -> None:
    keys = {
        derived_key(b"s" * 32, "access-token"),
        derived_key(b"s" * 32, "refresh-token"),
        derived_key(b"s" * 32, "page-cookie"),
        derived_key(b"t" * 32, "page-cookie"),
    }
    assert len(keys) == 4
    assert all(len(key) == 32 for key in keys)
