"""config.toml, the environment and the code agree, and what is wrong is named in one line."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from pydantic import SecretStr

from lea.config import BUILT_IN, OPEN_TABLES, Config, DependencySettings
from lea.errors import StartError

ROOT = Path(__file__).parent.parent


def plain(config: Config) -> dict[str, dict[str, object]]:
    return {
        section: {
            key: list(value)
            if isinstance(value, tuple)
            else value.get_secret_value()
            if isinstance(value, SecretStr)
            else value
            for key, value in table.items()
        }
        for section, table in config.model_dump().items()
    }


def load(text: str, folder: Path, **environ: str) -> Config:
    file = folder / "lea.toml"
    file.write_text(text)
    return Config.load(file, environ)


def test_config_toml_holds_every_key_with_its_default() -> None:
    written = tomllib.loads((ROOT / "config.toml").read_text())
    defaults = plain(Config())
    assert defaults.pop("plugins") == {}
    assert written == defaults


def test_every_key_of_config_toml_has_a_comment() -> None:
    for line in (ROOT / "config.toml").read_text().splitlines():
        if "=" in line.partition("#")[0]:
            assert len(line.partition("#")[2].strip()) > 5, line


@pytest.mark.parametrize(
    ("section", "key"),
    [(section, key) for section, table in plain(Config()).items() if section not in OPEN_TABLES for key in table],
)
def test_every_key_is_overridden_by_its_variable(tmp_path: Path, section: str, key: str) -> None:
    default = plain(Config())[section][key]
    other: dict[type, str] = {int: "1", float: "1", str: "changed", bool: "False"}
    special = {
        "url": {
            "state": "rediss://:pass@elsewhere:6379/1",
            "database": "postgresql+asyncpg://a@b/c",
            "geocoding": "https://geocoder.example/search?q={address}",
            "odoo": "https://odoo.example",
        }.get(section),
        "public_url": "https://lea.example",
        "api_url": "https://graph.example/v24",
        "trusted_proxies": "10.0.0.0/8, ::1",
        "cors_origins": "https://app.example.org, http://localhost:3000",
        "base_url": "https://model.example/v1",
        "token_uri": "https://token.example/token",
        "endpoint": "http://collector.example:4318/v1/traces",
        "language": "en",
        "level": "debug",
        "secret": "x" * 32,
        "retention_days": "30",
    }
    value = special.get(key) or other[type(default)]
    config = load("", tmp_path, **{f"LEA_{section}__{key}".upper(): value})
    read = plain(config)[section][key]
    assert (", ".join(read) if isinstance(read, list) else str(read).removesuffix(".0")) == value


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("trusted_proxies", "proxy.example.org"),
        ("trusted_proxies", "10.0.0.1/8"),
        ("cors_origins", "*"),
        ("cors_origins", "null"),
        ("cors_origins", "https://app.example.org/"),
        ("cors_origins", "https://App.example.org"),
        ("cors_origins", "https://*.example.org"),
    ],
)
def test_a_proxy_is_an_address_and_an_origin_is_exact(tmp_path: Path, key: str, value: str) -> None:
    with pytest.raises(StartError, match=f"server.{key}: "):
        load("", tmp_path, **{f"LEA_SERVER__{key}".upper(): value})


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    config = load("[server]\nport = 1\nhost = 'file'", tmp_path, LEA_SERVER__PORT="2")
    assert (config.server.port, config.server.host) == (2, "file")


def test_openai_api_key_is_read_unless_there_is_a_key_of_our_own(tmp_path: Path) -> None:
    assert load("", tmp_path, OPENAI_API_KEY="sk-1").llm.api_key.get_secret_value() == "sk-1"
    config = load("", tmp_path, OPENAI_API_KEY="sk-1", LEA_LLM__API_KEY="sk-2")
    assert config.llm.api_key.get_secret_value() == "sk-2"
    assert load('[llm]\napi_key = ""', tmp_path, OPENAI_API_KEY="sk-1").llm.configured


def test_plugins_take_anything(tmp_path: Path) -> None:
    config = load("[plugins.mine]\nanything = 1", tmp_path, LEA_PLUGINS__MINE__OTHER="2")
    assert config.plugins == {"mine": {"anything": 1, "other": "2"}}


@pytest.mark.parametrize("name", [*BUILT_IN, "crm"])
@pytest.mark.parametrize("key", DependencySettings.model_fields)
def test_every_key_of_every_dependency_is_overridden_by_its_variable(tmp_path: Path, name: str, key: str) -> None:
    config = load("", tmp_path, **{f"LEA_DEPENDENCIES__{name}__{key}".upper(): "1"})
    assert getattr(config.dependencies[name], key) == 1


def test_a_table_of_a_dependency_changes_only_what_it_names(tmp_path: Path) -> None:
    text = "[dependencies.llm]\nretries = 1\n[dependencies.crm]\nconcurrency = 3"
    config = load(text, tmp_path, LEA_DEPENDENCIES__LLM__BREAKER_OPEN_FOR="7")
    expected = Config().dependencies["llm"].model_copy(update={"retries": 1, "breaker_open_for": 7.0})
    assert config.dependencies["llm"] == expected
    assert config.dependencies["crm"] == DependencySettings(concurrency=3)
    assert config.dependencies["sources"] == Config().dependencies["sources"]


@pytest.mark.parametrize(
    ("text", "environ", "named"),
    [
        ("[server]\nport = 'x'", {}, "server.port"),
        ("[server]\nport = 70000", {}, "server.port"),
        ("[server]\nports = 1", {}, "server.ports"),
        ("[sever]\nport = 1", {}, "sever"),
        ("port = 1", {}, "port"),
        ("server = 1", {}, "server"),
        ("[database]\nurl = 'mysql://x'", {}, "database.url"),
        ("[state]\nurl = 'memcached://x'", {}, "state.url"),
        ("[state]\nurl = 'memory://x'", {}, "state.url"),
        ("[state]\nurl = ''", {}, "state.url"),
        ("[llm]\nbase_url = 'model.example'", {}, "llm.base_url"),
        ("[llm]\nretries = 1", {}, "llm.retries"),
        ("[geocoding]\nurl = 'https://geocoder.example/search'", {}, "geocoding.url"),
        ("[geocoding]\nurl = 'geocoder.example/{address}'", {}, "geocoding.url"),
        ("[llm_fallback]\nbase_url = 'model.example'", {}, "llm_fallback.base_url"),
        ("[dependencies.llm]\nretries = 3", {}, "dependencies.llm.retries"),
        ("[dependencies.crm]\nurl = 'http://crm'", {}, "dependencies.crm.url"),
        ("[dependencies.llm]\nbreaker_failure_rate = 0", {}, "dependencies.llm.breaker_failure_rate"),
        ("[dependencies]\nllm = 1", {}, "dependencies.llm"),
        ("[dependencies]\nllm = 1", {"LEA_DEPENDENCIES__LLM__RETRIES": "1"}, "dependencies.llm"),
        ("dependencies = 1", {}, "dependencies"),
        ("[dependencies.'My CRM']\nretries = 1", {}, "My CRM"),
        ("", {"LEA_DEPENDENCIES__LLM__RETRY": "1"}, "dependencies.llm.retry"),
        ("", {"LEA_DEPENDENCIES__LLM": "1"}, "dependencies.llm"),
        ("", {"LEA_DEPENDENCIES__LLM__RETRIES__X": "1"}, "dependencies.llm.retries"),
        ("", {"LEA_LLM_FALLBACK__KEY": "1"}, "LEA_LLM_FALLBACK__KEY"),
        ("[llm]\ntimeout = 0", {}, "llm.timeout"),
        ("[auth]\nsecret = 'short'", {}, "auth.secret"),
        ("[log]\nlevel = 'loud'", {}, "log.level"),
        ("[server\n", {}, "lea.toml"),
        ("", {"LEA_SERVER__PORT": "x"}, "server.port"),
        ("", {"LEA_SERVER__PORTS": "1"}, "LEA_SERVER__PORTS"),
        ("", {"LEA_SEVER__PORT": "1"}, "LEA_SEVER__PORT"),
        ("", {"LEA_SERVER__PORT__X": "1"}, "LEA_SERVER__PORT__X"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(tmp_path: Path, text: str, environ: dict[str, str], named: str) -> None:
    with pytest.raises(StartError) as refused:
        load(text, tmp_path, **environ)
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)


def test_other_variables_are_nobodys_business(tmp_path: Path) -> None:
    assert load("", tmp_path, LEA_SOAK="1", LEA="x", OTHER__THING="y") == Config()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"nowhere\.toml"):
        Config.load(tmp_path / "nowhere.toml", {})


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    address = "redis://lea:hunter2@cache.example:6379/0"
    config = load("", tmp_path, LEA_AUTH__SECRET="s" * 40, LEA_LLM__API_KEY="sk-secret", LEA_STATE__URL=address)
    assert config.state.redis == address
    assert "hunter2" not in repr(config)
    assert "s" * 40 not in repr(config)
    assert "sk-secret" not in repr(config)


@pytest.mark.parametrize(("extra", "code", "said"), [({}, 0, "right"), ({"LEA_SERVER__PORT": "x"}, 1, "server.port")])
def test_lea_config_check_says_whether_it_is_right(extra: dict[str, str], code: int, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lea", "config", "check"],
        cwd=ROOT,
        env=extra,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert len((done.stdout + done.stderr).strip().splitlines()) == 1
