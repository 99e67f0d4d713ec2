"""What installed packages bring: actions, pipelines, sources of jobs and models."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from click.testing import CliRunner
from pydantic import BaseModel, ConfigDict

from lea.actions.registry import Registry, built_in, installed
from lea.cli.main import main
from lea.clock import SystemClock
from lea.config import Config, Llm
from lea.errors import CircuitOpen, ExternalUnavailable, LeaError, StartError
from lea.handlers.keys import DEPENDENCIES
from lea.ids import CompanyId, UserId
from lea.llm.plugged import PluggedProvider
from lea.llm.provider import Answering, Caller, Finished, ModelEvent, ModelStream, Prompt, Told, Usage
from lea.messages import User
from lea.plugins import ACTIONS, PIPELINES, PROVIDERS, SOURCES, Plugins
from lea.resilience.dependency import Dependency
from lea.rooms.plugged import plugged
from lea.runs import registry as pipelines
from lea.runs.registry import Pipelines
from lea.sources.foreign import Garbled, Loaded
from lea.sources.plugged import MOST, PluggedSource
from lea.sources.source import JobSummary
from tests.conftest import Logged
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer
from tests.run_parts import Counting
from tests.test_actions import confirms, with_files

EXAMPLE = Path(__file__).parent.parent / "examples" / "keys"
REGISTER = [
    {"transaction": "T-104", "holder": "Mme Roux", "lent_on": "2026-05-04", "due_on": "2026-05-11"},
    {"transaction": "T-105", "holder": "M. Petit", "lent_on": "2026-05-05", "due_on": "2999-01-01"},
]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


def install(package: Path, folder: Path) -> None:
    """From a copy: it is built where it lies, and others look there meanwhile."""
    source = shutil.copytree(
        package, folder.parent / package.name, ignore=shutil.ignore_patterns("build", "*.egg-info")
    )
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*command, f"--target={folder}", str(source)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def entry_point(folder: Path, value: str, group: str = ACTIONS, name: str = "odd") -> None:
    info = folder / "odd-1.0.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
    with (info / "entry_points.txt").open("a") as file:
        file.write(f"[{group}]\n{name} = {value}\n")


class House:
    """What speaks Ollama's `/api/chat`; each answer is its lines, then the usage."""

    def __init__(self) -> None:
        self.script: list[Mapping[str, Any]] = []
        self.asked: list[dict[str, Any]] = []
        self.url = ""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["House"]:
        app = web.Application()
        app.router.add_post("/api/chat", self._chat)
        app.router.add_get("/api/version", self._version)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = "http://{}:{}".format(*runner.addresses[0][:2])
            yield self
        finally:
            await runner.cleanup()

    async def _version(self, _: web.Request) -> web.Response:
        return web.json_response({"version": "0.40"})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        response = web.StreamResponse()
        await response.prepare(request)
        end = {
            "message": {"content": ""},
            "done": True,
            "done_reason": "stop",
            "prompt_eval_count": 40,
            "eval_count": 4,
        }
        for line in ({"message": self.script.pop(0), "done": False}, end):
            await response.write(json.dumps(line).encode() + b"\n")
        return response


def calling(name: str, **arguments: str) -> Mapping[str, Any]:
    return {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": name, "arguments": arguments}}]}


def saying(text: str) -> Mapping[str, Any]:
    return {"role": "assistant", "content": text}


async def ended_run(person: Person) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while True:
            run: dict[str, Any] | None = (await person.call("GET", "/v1/catalog/latest-run"))[1]["run"]
            if run is not None and run["ended_at"] is not None:
                return run
            await asyncio.sleep(0.02)


async def started_run(house: House, person: Person, session_id: str) -> dict[str, Any]:
    """As a person starts one: the model proposes it, and they say yes."""
    house.script = [calling("start_run", pipeline="overdue_keys"), saying("Je vous demande.")]
    [asked] = confirms(await person.ask("Note les clés en retard", session_id=session_id))
    assert (await person.call("POST", f"/v1/lea/confirmations/{asked['id']}", {"decision": "approve"}))[0] == 200
    return await ended_run(person)


async def keys_of(person: Person) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The jobs of the register, and how it is doing."""
    told = (await person.call("GET", "/v1/jobs"))[1]
    [state] = [one for one in told["sources"] if one["name"] == "key_register"] or [{}]
    return [job for job in told["jobs"] if job["source"] == "key_register"], state


async def readable(person: Person) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """As above, once it was read: a reading that takes long is answered with the one before it, or with none."""
    async with asyncio.timeout(30):
        while (found := await keys_of(person))[1]["status"] != "ok":
            await asyncio.sleep(0.02)
    return found


async def test_the_example_package_is_installed_and_all_four_of_it_are_used(tmp_path: Path, site: Path) -> None:
    await asyncio.to_thread(install, EXAMPLE, site)
    register = written(tmp_path)
    async with running(settings(tmp_path)) as lea:  # a pipeline with settings is off without its table
        company_id = (await lea.person("first@example.org")).identity.company_id
    async with House().listening() as house:
        tables = {
            "house_model": {"url": house.url, "model": "qwen3", "api_key": "s3cret"},
            "key_register": {"company": company_id, "file": str(register), "fresh": 0.2},
            "overdue_keys": {"company_id": company_id, "file": str(register)},
        }
        config = settings(tmp_path, plugins=tables, llm={"provider": "house_model"})
        async with running(config) as lea:
            await all_four_are_used(lea, house, register)
    assert [name for name in sys.modules if name.startswith("lea_keys")]


def written(folder: Path) -> Path:
    file = folder / "register.json"
    file.write_text(json.dumps(REGISTER))
    return file


async def all_four_are_used(lea: Lea, house: House, register: Path) -> None:
    ada, stranger = await lea.person(), await lea.person("eve@example.org", company="Elsewhere")
    await readable(ada)
    counted = (await ada.call("GET", "/v1/jobs/metrics"))[1]["departments"]["router"]
    assert (counted["pending"], counted["to_process"]) == (1, 1)
    await with_files(lea, ada)
    await ada.call("POST", "/v1/transactions/T-104/notes", {"text": "Clés : chez le gardien"})

    house.script = [calling("who_has_keys", transaction="T-104"), saying("Le gardien.")]
    told = await ada.ask("Chez qui dois-je passer avant la visite de la rue de la Paix ?", session_id="s1")
    assert told.text.endswith("Le gardien.")
    assert house.asked[1]["messages"][-1] == {"role": "tool", "content": "chez le gardien"}
    assert house.asked[0]["model"] == "qwen3"
    assert "who_has_keys" in [tool["function"]["name"] for tool in house.asked[0]["tools"]]
    assert (told.done["provider"], told.done["cost"]) == ("house_model", {"usd": 0.0, "estimated": False})
    assert told.done["usage"]["prompt_tokens"] == 80
    status = (await ada.call("GET", "/v1/llm/status"))[1]
    assert (status["provider"], status["model"], status["configured"]) == ("house_model", "qwen3", True)
    async with lea.session.get(lea.url + "/docs") as response:
        assert "who_has_keys" in await response.text()

    jobs, state = await readable(ada)
    assert [(job["title"], job["state"]) for job in jobs] == [
        ("T-105: M. Petit", "pending"),
        ("T-104: Mme Roux", "to_process"),
    ]
    assert state["status"] == "ok"
    assert await keys_of(stranger) == ([], {})

    run = await started_run(house, ada, "s2")
    assert (run["state"], run["jobs_completed"], run["pipeline"]) == ("completed", 1, "overdue_keys")
    notes = (await ada.call("GET", "/v1/transactions/T-104"))[1]["notes"]
    assert notes[0]["text"] == "Clés : chez Mme Roux, attendues le 2026-05-11"
    refused = await started_run(house, stranger, "s3")
    assert (refused["state"], refused["error"]) == ("failed", "not_found")

    await asyncio.to_thread(register.unlink)
    async with asyncio.timeout(30):
        while (now := await keys_of(ada))[1]["error"] is None:  # stale at once, and why after the last attempt
            await asyncio.sleep(0.02)
    assert (now[1]["status"], now[1]["error"], len(now[0])) == ("stale", "source_failed", 2)
    health = (await lea.session.get(lea.url + "/health"), lea.app[DEPENDENCIES].find("key_register"))
    found = (await health[0].json())["dependencies"]
    assert found["key_register"]["status"] == "degraded"
    assert found["llm"]["detail"] == "house_model"
    assert health[1] is not None


@pytest.mark.parametrize(
    ("value", "said"),
    [("nowhere:Nothing", "cannot be loaded"), ("builtins:dict", "does not make an action")],
)
def test_what_is_no_action_stops_the_start(site: Path, value: str, said: str) -> None:
    entry_point(site, value)
    with pytest.raises(StartError, match=said):
        installed(Plugins({}))


def test_two_actions_of_one_name_stop_the_start() -> None:
    with pytest.raises(StartError, match="two actions are called"):
        Registry([*built_in(geocode=False), *built_in(geocode=False)])


def test_an_installed_pipeline_is_there(site: Path) -> None:
    entry_point(site, "tests.run_parts:Counting", PIPELINES)
    assert [one.name for one in pipelines.installed(Plugins({}))] == ["counting"]


@pytest.mark.parametrize(
    ("value", "said"),
    [("nowhere:Nothing", "cannot be loaded"), ("builtins:dict", "does not make a pipeline")],
)
def test_what_is_no_pipeline_stops_the_start(site: Path, value: str, said: str) -> None:
    entry_point(site, value, PIPELINES)
    with pytest.raises(StartError, match=said):
        pipelines.installed(Plugins({}))


def test_two_pipelines_of_one_name_stop_the_start() -> None:
    with pytest.raises(StartError, match="two pipelines are called counting"):
        Pipelines([Counting(), Counting()])


class OwnSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: int = 1


class Jobs:
    """A source that gives what it is told to."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = OwnSettings.model_validate(settings)
        self.loaded: Any = Loaded((), ())

    async def load(self) -> Any:
        if isinstance(self.loaded, Exception):
            raise self.loaded
        return self.loaded

    async def aclose(self) -> None:
        pass


class Speaking:
    """A model that does what its script says: batches, waits for ever (None), or raises."""

    def __init__(self, script: Sequence[Any] = (("Oui",), (Finished("stop"),))) -> None:
        self.answering = Answering("whatever", "house", "nobody")
        self.script = script

    @asynccontextmanager
    async def open(self, prompt: Prompt) -> AsyncIterator[ModelStream]:
        yield Told(self.answering, self._batches())

    async def ping(self) -> None:
        raise ValueError("a mistake")

    async def aclose(self) -> None:
        pass

    async def _batches(self) -> AsyncIterator[Sequence[ModelEvent]]:
        for step in self.script:
            if step is None:
                await asyncio.Event().wait()
            if isinstance(step, Exception):
                raise step
            yield step


TABLE = "company = 'Analytical Engines'"


@pytest.mark.parametrize(
    ("group", "name", "value", "written", "said"),
    [
        (SOURCES, "odd", "builtins:dict", TABLE, "plugin odd (builtins:dict) does not make a source"),
        (SOURCES, "odd", "nowhere:Nothing", TABLE, "cannot be loaded: ModuleNotFoundError"),
        (SOURCES, "odoo", "tests.test_plugins:Jobs", "", "the name is taken"),
        (SOURCES, "Odd-One", "tests.test_plugins:Jobs", "", "the name is taken, or is none"),
        (SOURCES, "odd", "tests.test_plugins:Jobs", TABLE + "\ntokens = 's3cret'", "plugins.odd.tokens: Extra inputs"),
        (SOURCES, "odd", "tests.test_plugins:Jobs", TABLE + "\ntoken = 's3cret'", "plugins.odd.token: Input should be"),
        (SOURCES, "odd", "tests.test_plugins:Jobs", TABLE + "\nfresh = -1", "plugins.odd.fresh: Input should be"),
        (PROVIDERS, "odd", "builtins:dict", "", "does not make a provider"),
        (PROVIDERS, "fallback", "tests.test_plugins:Speaking", "", "the name is taken"),
        (PROVIDERS, "other", "tests.test_plugins:Speaking", "", "no installed package brings a provider called odd"),
    ],
)
def test_what_does_not_fit_stops_the_start_in_one_line(
    tmp_path: Path, site: Path, group: str, name: str, value: str, written: str, said: str
) -> None:
    entry_point(site, value, group, name)
    file = tmp_path / "lea.toml"
    file.write_text(
        ('[llm]\nprovider = "odd"\n' if group == PROVIDERS else "") + (f"[plugins.odd]\n{written}" if written else "")
    )
    with pytest.raises(StartError) as raised:
        plugged(Config.load(file, {}))
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "s3cret" not in str(raised.value)


def test_a_table_of_nothing_that_is_installed_stops_the_start(site: Path) -> None:
    entry_point(site, "tests.test_plugins:Jobs", SOURCES)
    with pytest.raises(StartError, match=r"plugins\.even: nothing of that name is installed"):
        Plugins({"odd": {}, "even": {}})
    with pytest.raises(StartError, match=r"plugins\.odd: must be a table"):
        Plugins({"odd": 1})


def test_a_source_without_a_company_is_off_and_not_even_made(site: Path) -> None:
    entry_point(site, "nowhere:Nothing", SOURCES)
    assert plugged(Config(plugins={"odd": {"token": 1}})).sources == ()


def test_settings_come_from_the_table_and_the_environment(tmp_path: Path, site: Path) -> None:
    entry_point(site, "tests.test_plugins:Jobs", SOURCES)
    file = tmp_path / "lea.toml"
    file.write_text(f"[plugins.odd]\n{TABLE}\nfresh = 5")
    [source] = plugged(Config.load(file, {"LEA_PLUGINS__ODD__TOKEN": "7"})).sources
    assert (source.name, source.terms.company, source.terms.fresh) == ("odd", "Analytical Engines", 5)
    made: Any = source.source
    assert made.settings.token == 7


def test_what_is_installed_is_listed_where_the_settings_are_checked(tmp_path: Path, site: Path) -> None:
    entry_point(site, "tests.test_plugins:Speaking", PROVIDERS, "house")
    file = tmp_path / "lea.toml"
    file.write_text('[llm]\nprovider = "house"')
    told = CliRunner().invoke(main, ["config", "check", "--config", str(file)])
    assert "installed: lea.providers house" in told.output
    assert "model: house, a plug-in's" in told.output
    file.write_text('[llm]\nprovider = "horse"')
    told = CliRunner().invoke(main, ["config", "check", "--config", str(file)])
    assert told.exit_code == 1
    assert "no installed package brings a provider called horse" in told.output


def job(number: int, **other: Any) -> JobSummary:
    said = {"department": "bank", "state": "pending", "title": f"Job {number}\n", "updated_at": float(number)}
    return JobSummary(**({"id": f"j{number}"} | said | other))


async def test_what_a_source_gives_is_bounded_named_and_put_in_order() -> None:
    source = Jobs({})
    dependency = Dependency("odd", Config().dependencies["odoo"], SystemClock())
    source.loaded = Loaded(tuple(job(number) for number in range(MOST + 5)), (("bank", "pending", MOST + 5),))
    loaded = await PluggedSource("odd", source, dependency).load()
    assert len(loaded.jobs) == MOST
    assert (loaded.jobs[0].title, loaded.jobs[0].source) == (f"Job {MOST + 4}", "odd")
    assert loaded.counts == (("bank", "pending", MOST + 5),)


@pytest.mark.parametrize(
    "given",
    [
        None,
        Loaded((job(1, department="kitchen"),), ()),
        Loaded((job(1, state="lost"),), ()),
        Loaded(({"id": "j1"},), ()),  # type: ignore[arg-type]
        Loaded((), (("bank", "pending", -1),)),
    ],
)
async def test_what_is_no_job_is_garbled(given: Any) -> None:
    source = Jobs({})
    source.loaded = given
    with pytest.raises(Garbled):
        await PluggedSource("odd", source, Dependency("odd", Config().dependencies["odoo"], SystemClock())).load()


async def test_a_source_that_fails_is_not_asked_for_a_while() -> None:
    source = Jobs({})
    source.loaded = ExternalUnavailable("source_failed", retryable=False)
    dependency = Dependency("odd", Config().dependencies["odoo"], SystemClock())
    plugged_in = PluggedSource("odd", source, dependency)
    for _ in range(dependency.settings.breaker_minimum):
        with pytest.raises(ExternalUnavailable):
            await plugged_in.load()
    with pytest.raises(CircuitOpen):
        await plugged_in.load()


PROMPT = Prompt("", (User("Bonjour"),), Caller(UserId("u"), CompanyId("c"), "fr"))


async def heard(script: Sequence[Any], **llm: Any) -> list[ModelEvent]:
    model = PluggedProvider(Speaking(script), Llm.model_validate(llm), name="odd", lesser=False)
    events: list[ModelEvent] = []
    async with model.open(PROMPT) as stream:
        async for batch in stream:
            events += batch
    return events


async def test_an_answer_ends_with_finished_or_where_it_is_too_long() -> None:
    told = await heard([(), ("Oui",), (" non", Usage(1, 2), Finished("stop"), "more")])
    assert told == ["Oui", " non", Usage(1, 2), Finished("stop")]
    assert await heard([("abc", "def"), ("ghi",)], max_answer_chars=5) == ["abc", "de", Finished("length")]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ([("Oui",)], "model_cut"),
        ([None], "external_api_timeout"),
        ([("Oui",), None], "external_api_timeout"),
        ([ValueError("a mistake")], "external_api_unavailable"),
        ([(7,)], "external_api_unavailable"),
        ([TimeoutError()], "external_api_timeout"),
    ],
)
async def test_what_goes_wrong_in_a_plug_in_is_an_error_of_ours(script: Sequence[Any], reason: str) -> None:
    with pytest.raises(LeaError) as raised:
        await heard(script, timeout=0.05)
    assert raised.value.reason == reason


async def test_a_plug_in_s_model_is_stood_in_for_and_stands_in(
    tmp_path: Path, site: Path, model: ModelServer, logged: Logged
) -> None:
    entry_point(site, "tests.test_plugins:Failing", PROVIDERS, "failing")
    entry_point(site, "tests.test_plugins:Speaking", PROVIDERS, "speaking")
    prices = {"price_in": 1000.0, "price_out": 1000.0}
    async with running(settings(tmp_path, llm={"provider": "failing"}, llm_fallback={"provider": "speaking"})) as lea:
        ada = await lea.person()
        told = await ada.ask("Dis-moi quelque chose", session_id="s1")
        assert (told.text, told.done["provider"], told.done["degraded"]) == ("Oui", "fallback", True)
        assert told.done["cost"] is None
        assert logged.named("model.plugin_failed")[0]["provider"] == "failing"
        states = (await ada.call("GET", "/v1/llm/status"))[1]["providers"]
        assert [(one["name"], one["model"]) for one in states][:2] == [("failing", "house"), ("fallback", "house")]
    model.script(Answer("Je réponds."))
    config = settings(tmp_path, llm={"provider": "failing"}, llm_fallback={"base_url": model.url, **prices})
    async with running(config) as lea:
        told = await (await lea.person("bob@example.org")).ask("Dis-moi quelque chose", session_id="s1")
        assert told.text == "Je réponds."
        assert told.done["cost"]["usd"] > 0


class Failing(Speaking):
    def __init__(self) -> None:
        super().__init__([ValueError("a mistake")])
