"""Actions of installed packages."""

import subprocess
import sys
from pathlib import Path

import pytest

from lea.actions.registry import Registry, built_in, installed
from lea.errors import StartError
from lea.runs import registry as pipelines
from lea.runs.registry import Pipelines
from tests.lea_server import running, settings
from tests.model_server import Answer, Call, ModelServer
from tests.run_parts import Counting
from tests.test_actions import with_files

EXAMPLE = Path(__file__).parent.parent / "examples" / "keys"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


def install(package: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*command, f"--target={folder}", str(package)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def entry_point(folder: Path, value: str, group: str = "lea.actions") -> None:
    info = folder / "odd-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{group}]\nodd = {value}\n")


async def test_the_example_package_is_installed_and_used(tmp_path: Path, site: Path, model: ModelServer) -> None:
    install(EXAMPLE, site)
    async with running(settings(tmp_path, llm={"base_url": model.url})) as lea:
        ada = await lea.person()
        await with_files(lea, ada)
        await ada.call("POST", "/v1/transactions/T-104/notes", {"text": "Clés : chez le gardien"})
        wish = Call("who_has_keys", '{"transaction": "T-104"}')
        model.script(Answer("", pieces=("Je regarde.",), calls=(wish,)), Answer("Le gardien."))
        told = await ada.ask("Chez qui dois-je passer avant la visite de la rue de la Paix ?", session_id="s1")
        assert told.text.endswith("Le gardien.")
        assert model.exchanges[1].body["messages"][-1]["content"] == "chez le gardien"
        offered = (await ada.call("GET", "/v1/lea/actions"))[1]["actions"]
        assert "who_has_keys" in [one["name"] for one in offered]
        async with lea.session.get(lea.url + "/docs") as response:
            assert "who_has_keys" in await response.text()


@pytest.mark.parametrize(
    ("value", "said"),
    [("nowhere:Nothing", "cannot be loaded"), ("builtins:dict", "does not make an action")],
)
def test_what_is_no_action_stops_the_start(site: Path, value: str, said: str) -> None:
    entry_point(site, value)
    with pytest.raises(StartError, match=said):
        installed()


def test_two_actions_of_one_name_stop_the_start() -> None:
    with pytest.raises(StartError, match="two actions are called"):
        Registry([*built_in(geocode=False), *built_in(geocode=False)])


def test_an_installed_pipeline_is_there(site: Path) -> None:
    entry_point(site, "tests.run_parts:Counting", pipelines.GROUP)
    assert [one.name for one in pipelines.installed()] == ["counting"]


@pytest.mark.parametrize(
    ("value", "said"),
    [("nowhere:Nothing", "cannot be loaded"), ("builtins:dict", "does not make a pipeline")],
)
def test_what_is_no_pipeline_stops_the_start(site: Path, value: str, said: str) -> None:
    entry_point(site, value, pipelines.GROUP)
    with pytest.raises(StartError, match=said):
        pipelines.installed()


def test_two_pipelines_of_one_name_stop_the_start() -> None:
    with pytest.raises(StartError, match="two pipelines are called counting"):
        Pipelines([Counting(), Counting()])
