"""`lea drill`: plays failures against a running server, for a test company only, and reports what people would see."""

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import aiohttp
import click

from lea.cli.drilling import report
from lea.cli.drilling.playing import Drill, Refused, Result
from lea.cli.drilling.scenarios import SCENARIOS

READ_BUFFER = 2**20


@click.command()
@click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="One server process, not a balancer.")
@click.option("--key", envvar="LEA_DRILL_KEY", required=True, help="An admin's API key; LEA_DRILL_KEY is read too.")
@click.option(
    "--report",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("drill-report.md"),
    show_default=True,
    help="Where the report goes, as .md and .json.",
)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice([scenario.name for scenario in SCENARIOS]),
    help="Play this one after the baseline; may be given again.",
)
def drill(*, url: str, key: str, file: Path, only: tuple[str, ...]) -> None:
    """Play failures for a throw-away company; exit code 0 only if all scenarios pass."""
    facts: dict[str, object] = {"server": url, "began": datetime.now(UTC).isoformat(timespec="seconds")}
    try:
        results = asyncio.run(_drill(url, key, only, facts))
    except Refused as error:
        raise click.ClickException(str(error)) from None
    except asyncio.CancelledError:
        raise click.Abort from None
    passed = all(result.passed for result in results)
    facts["passed"] = passed
    try:
        places = report.save(file, results, facts)
    except OSError as error:
        raise click.ClickException(f"the report cannot be written: {error}") from None
    click.echo(f"\n{'All scenarios passed' if passed else 'NOT all scenarios passed'}; see {places[0]}, {places[1]}")
    sys.exit(0 if passed else 1)


async def _drill(url: str, key: str, only: tuple[str, ...], facts: dict[str, object]) -> list[Result]:
    """SIGTERM, like Ctrl-C, ends the drill at the server first."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):  # also where a shell has its background ignore the latter
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    async with aiohttp.ClientSession(read_bufsize=READ_BUFFER, connector=aiohttp.TCPConnector(limit=0)) as session:
        playing = Drill(session, url, key)
        async with playing.begun():
            facts["drill"] = playing.id
            click.echo(report.line(report.COLUMNS))
            began = monotonic()
            results = await playing.play(only, _tell)
            kept = await playing.keep(report.brief(results), monotonic() - began)
            if kept:
                click.echo(f"the report is not kept at the server: {kept}", err=True)
            return results


def _tell(result: Result) -> None:
    click.echo(report.line(report.row(result)))
    for failure in report.failures(result):
        click.echo(f"    {failure}")
