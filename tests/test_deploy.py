"""What is shipped for operators: every file is read, and what it names exists in the server that runs."""

import ast
import configparser
import json
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lea.app import GROUPS
from lea.config import OPEN_TABLES, Config
from tests import nginx
from tests.lea_server import Lea, Person
from tests.test_process import environ

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
OPERATIONS = ROOT / "docs" / "operations.md"
PAGES = [OPERATIONS, ROOT / "docs" / "upgrading.md", ROOT / "SECURITY.md"]


def first_column(heading: str) -> dict[str, str]:
    """The tables under a heading of the page for operators: the first name of each row, and the rest of it."""
    part = OPERATIONS.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `([A-Za-z_.]+)`(.*)$", part, re.MULTILINE))


def read_yaml(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text())


def compose() -> Any:
    return read_yaml("compose.yaml")


def expressions() -> Iterator[tuple[str, str]]:
    """Every PromQL expression, with where it stands."""
    for group in read_yaml("alerts.yml")["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for panel in json.loads((DEPLOY / "grafana" / "lea.json").read_text())["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


class Exposed:
    """What `/metrics` has: names as PromQL writes them, and the labels of those that have samples."""

    def __init__(self, text: str) -> None:
        self.families: dict[str, str] = {}
        self.names: set[str] = set()
        self.labels: dict[str, set[str]] = {}
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split()
                self.families[name] = kind
                ends = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
                self.names |= {name + end for end in ends}
            elif sample := re.match(r"([a-z_]+)(?:\{(.*)\})? ", line):
                self.labels.setdefault(sample[1], set()).update(re.findall(r'([a-z_]+)="', sample[2] or ""))


@pytest.fixture
async def exposed(lea: Lea, ada: Person) -> Exposed:
    await ada.ask("Bonjour", session_id="s1")
    async with lea.session.get(lea.url + "/metrics") as response:
        return Exposed(await response.text())


async def test_alerts_and_dashboard_name_metrics_and_labels_that_a_running_server_has(exposed: Exposed) -> None:
    asked = list(expressions())
    assert len(asked) > 30
    for where, expression in asked:
        used = re.findall(
            r"\b((?:lea|http|process)_[a-z_]+)(?:\{(.*?)\}(?=\[|\)| |$))?", re.sub(r"\s+", " ", expression)
        )
        assert used or "up{" in expression, where
        for name, matchers in used:
            assert name in exposed.names, f"{where}: {name}"
            found = exposed.labels.get(name, set()) | {"instance", "job"}
            for label in re.findall(r"([a-z_]+)\s*(?:=~|!~|!=|=)\s*\"", matchers):
                assert label in found or name not in exposed.labels, f"{where}: {name}{{{label}}}"


async def test_the_page_for_operators_has_every_metric(exposed: Exposed) -> None:
    known = {name for name in exposed.families if not name.startswith("process_") and not name.endswith("_created")}
    told = set(first_column("Metrics"))
    assert sorted(told) == sorted(known)


def logged() -> Iterator[tuple[str, set[str]]]:
    """Every event the code logs, with the names of its fields."""
    for file in sorted((ROOT / "lea").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr not in {"debug", "info", "warning", "error", "exception", "log"} or not node.args:
                continue
            name = node.args[1] if node.func.attr == "log" and len(node.args) > 1 else node.args[0]
            for part in ast.walk(name):
                if isinstance(part, ast.Constant) and re.fullmatch(r"[a-z_]+\.[a-z_]+", str(part.value)):
                    fields = {keyword.arg for keyword in node.keywords if keyword.arg}
                    yield str(part.value), {"exception" if field == "exc_info" else field for field in fields}


def test_the_page_for_operators_has_every_log_line_with_its_fields() -> None:
    rows = first_column("The log")
    events = dict[str, set[str]]()
    for event, fields in logged():
        events.setdefault(event, set()).update(fields)
    assert sorted(rows) == sorted(events)
    for event, fields in events.items():
        told = set(re.findall(r"`([a-z_]+)`", rows[event]))
        assert fields <= told, f"{event}: {fields - told}"


def test_every_alert_has_its_advice() -> None:
    alerts = {rule["alert"] for group in read_yaml("alerts.yml")["groups"] for rule in group["rules"]}
    assert set(first_column("What to look at when")) == alerts


def test_settings_that_are_named_exist() -> None:
    sections = {name: field.annotation for name, field in Config.model_fields.items() if name not in OPEN_TABLES}
    no_settings = {event for event, _ in logged()}
    dotted = re.compile(rf"`({'|'.join(sections)})\.([a-z_]+)`")
    found = set()
    for file in [*(path for path in DEPLOY.rglob("*") if path.is_file()), *PAGES]:
        text = file.read_text()
        for section, key in [*re.findall(r"LEA_([A-Z]+)__([A-Z_]+[A-Z])", text), *dotted.findall(text)]:
            fields: Any = sections[section.lower()]
            if f"{section}.{key}" not in no_settings:
                assert key.lower() in fields.model_fields, f"{file.name}: {section}.{key}"
                found.add((section.lower(), key.lower()))
    assert len(found) > 10


def test_the_settings_of_compose_are_taken_by_the_server() -> None:
    services = compose()["services"]
    given = {"POSTGRES_PASSWORD": "abc", "LEA_AUTH__SECRET": "s" * 40, "GRAFANA_PASSWORD": "abc"}
    for name in ("lea1", "lea2"):
        environment = {key: expanded(value, given) for key, value in services[name]["environment"].items()}
        config = Config.load(Path("/dev/null"), environment)
        assert config.database.url == "postgresql+asyncpg://lea:abc@postgres:5432/lea?ssl=disable"
        assert config.state.redis == "redis://redis:6379/0"
        assert not config.llm.configured
        assert seconds(services[name]["stop_grace_period"]) > config.server.shutdown_grace + 10


def expanded(value: str, given: dict[str, str]) -> str:
    """`${NAME}`, `${NAME:-default}` and `${NAME:?why}` as compose does it."""

    def one(match: re.Match[str]) -> str:
        name, kind, rest = match[1], match[2], match[3]
        assert name in given or kind == ":-", f"{name} is not in the .env of the page for operators"
        return given.get(name, rest or "")

    return re.sub(r"\$\{([A-Z_]+)(?:(:-|:\?)([^}]*))?\}", one, value)


def seconds(value: str) -> int:
    return int(value.removesuffix("s"))


def test_compose_mounts_files_and_waits_for_services_that_are_there() -> None:
    whole = compose()
    services = whole["services"]
    assert {"lea1", "lea2", "worker", "redis", "postgres", "nginx", "prometheus", "grafana"} == set(services)
    for name, service in services.items():
        assert service.get("image"), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (DEPLOY / source).exists() if source.startswith(".") else source in whole["volumes"], volume
        assert set(service.get("depends_on", [])) <= set(services)
    assert (DEPLOY / services["lea1"]["build"]["context"] / services["lea1"]["build"]["dockerfile"]).is_file()
    for target in read_yaml("prometheus.yml")["scrape_configs"][0]["static_configs"][0]["targets"]:
        assert target.removesuffix(":8080") in services
    assert set(re.findall(r"server (\w+):8080 ", nginx.SHIPPED.read_text())) == {"lea1", "lea2"}
    for file in read_yaml("prometheus.yml")["rule_files"]:
        assert (DEPLOY / file).is_file()
    sources = {source["uid"] for source in read_yaml("grafana/datasources.yml")["datasources"]}
    for panel in json.loads((DEPLOY / "grafana" / "lea.json").read_text())["panels"]:
        assert panel["type"] == "row" or panel["datasource"]["uid"] in sources
    assert read_yaml("grafana/dashboards.yml")["providers"][0]["options"]["path"] in str(services["grafana"]["volumes"])
    named = set(re.findall(r"^([A-Z_]+)=", OPERATIONS.read_text(), re.MULTILINE))
    assert set(re.findall(r"\$\{([A-Z_]+):\?", (DEPLOY / "compose.yaml").read_text())) <= named


def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    assert "test is successful" in nginx.check(nginx.configuration(tmp_path, 1, ["127.0.0.1:2", "127.0.0.1:3"]))


def test_what_streams_or_waits_for_a_model_may_take_long_and_is_not_counted_as_slow() -> None:
    long = re.compile(re.search(r"location ~ (\S+) \{", nginx.SHIPPED.read_text())[1])
    slow = [match for _, expression in expressions() for match in re.findall(r'route!~"([^"]+)"', expression)]
    assert len(slow) >= 2
    routes = [route for group in GROUPS for route in group.all]
    waiting = {route.path for route in routes if route.answer == "text/event-stream" or route.streams}
    waiting |= {"/v1/lea/chat", "/v1/lea/voice/transcriptions"}
    assert len(waiting) >= 6
    for path in {route.path for route in routes}:
        assert bool(long.search(path.replace("{id}", "a.b-c"))) == (path in waiting), path
        for left_out in slow:
            assert bool(re.fullmatch(left_out, path)) == (path in waiting), path


def test_the_unit_gives_live_answers_their_time_and_starts_what_is_there(tmp_path: Path) -> None:
    text = (DEPLOY / "lea.service").read_text()
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text)
    service = unit["Service"]
    assert int(service["TimeoutStopSec"]) > Config().server.shutdown_grace + 10
    assert service["Restart"] == "on-failure"
    assert service["DynamicUser"] == "yes"
    assert service["ProtectSystem"] == "strict"
    for path in service["ExecStart"].split():
        assert (ROOT / Path(path).relative_to("/opt/lea")).exists(), path
    name, _, value = service["Environment"].partition("=")
    assert (
        str(Config.load(Path("/dev/null"), {name: value}).database.file)
        == f"/var/lib/{service['StateDirectory']}/lea.db"
    )
    program = shutil.which("systemd-analyze")
    if program is None:
        return
    file = tmp_path / "lea.service"
    file.write_text(text.replace("/opt/lea", str(ROOT)))
    done = subprocess.run(
        [program, "verify", "--man=no", file], check=False, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


def stages() -> list[list[tuple[str, list[str]]]]:
    """The Dockerfile as stages of instructions, continued lines joined."""
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    found: list[list[tuple[str, list[str]]]] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, *words = line.split()
        if name == "FROM":
            found.append([])
        found[-1].append((name, words))
    return found


def sent() -> set[str]:
    """What the build may see, by the file that says what is left out."""
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert lines[1] == "*"
    return {line[1:] for line in lines if line.startswith("!")}


def test_what_the_image_copies_is_there_and_may_be_seen() -> None:
    pinned = [package for package in (ROOT / "requirements.lock").read_text().splitlines() if "==" in package]
    assert len(pinned) > 30
    for stage in stages():
        for name, words in stage:
            if name != "COPY" or words[0].startswith("--from"):
                continue
            for source in words[:-1]:
                assert (ROOT / source).exists(), source
                assert source in sent(), source
    used = {word for stage in stages() for name, words in stage if name == "COPY" for word in words[:-1]}
    assert sent() <= used
    for package in ("redis", "postgres", "tracing"):
        for wanted in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"][package]:
            assert any(line.startswith(re.split(r"[><=]", wanted)[0] + "==") for line in pinned)


def test_the_image_runs_as_nobody_in_particular_and_says_how_it_is() -> None:
    last = dict(stages()[-1])
    assert last["USER"] == ["lea"]
    assert last["VOLUME"] == ["/data"]
    assert "/health/live" in " ".join(last["HEALTHCHECK"])
    assert {route.path for group in GROUPS for route in group.all} >= {"/health/live"}


def test_the_server_runs_from_nothing_but_what_the_image_has(tmp_path: Path) -> None:
    """Its files, its settings, its command and its health check; the packages are this environment's."""
    app = tmp_path / "app"
    app.mkdir()
    last = stages()[-1]
    for name, words in last:
        if name == "COPY" and words[0] not in {"--from=packages", "--from=page"}:
            ignore = shutil.ignore_patterns("__pycache__", *([] if words[0] != "static" else ["vendor"]))
            shutil.copytree(ROOT / words[0], app / words[1], ignore=ignore)
    shutil.copytree(ROOT / "static" / "vendor", app / "static" / "vendor")
    commands = {name: json.loads(" ".join(words)) for name, words in last if name in {"ENTRYPOINT", "CMD"}}
    command = [sys.executable, *commands["ENTRYPOINT"][1:], *commands["CMD"]]
    given = dict(re.findall(r"(LEA_\S+?)=(\S+)", " ".join(dict(last)["ENV"])))
    assert Config.load(Path("/dev/null"), given).database.file == Path("/data/lea.db")
    settings = environ(tmp_path, LEA_SERVER__HOST="127.0.0.1", PYTHONDONTWRITEBYTECODE="1")
    server = subprocess.Popen(command, cwd=app, env=settings, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        url = next(line["url"] for line in map(json.loads, server.stdout) if line["event"] == "server.ready")
        words = dict(last)["HEALTHCHECK"]
        check = json.loads(" ".join(words[words.index("CMD") + 1 :]))
        check[0], check[2] = sys.executable, check[2].replace("http://127.0.0.1:8080", url)
        tries = (subprocess.run(check, timeout=30, check=False).returncode for _ in range(3))  # --retries of docker
        assert 0 in tries
        server.send_signal(signal.SIGSTOP)
        assert subprocess.run(check, timeout=30, check=False, stderr=subprocess.DEVNULL).returncode == 1
        server.send_signal(signal.SIGCONT)
    finally:
        server.terminate()
        server.communicate(timeout=60)
    assert server.returncode == 0
    assert sorted(path.name for path in app.iterdir()) == ["lea", "static"], "something was written beside the program"


def test_the_audit_looks_at_what_is_installed() -> None:
    text = (ROOT / "Makefile").read_text()
    recipe = text.partition("\naudit:")[2].partition("\n\n")[0]
    assert "pip-audit" in recipe
    assert "requirements.lock" in recipe
