"""Files are read in processes of their own: a hostile one is ended, and nobody else notices."""

import asyncio
import os
import sys
from pathlib import Path

import orjson
import psutil
import pytest

from lea.errors import LeaError
from lea.runs.catalog.readers import Readers
from lea.runs.catalog.reading.sheet import Limits
from tests import catalog_files as files
from tests.conftest import Logged


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good"
    path.write_bytes(files.FURNITURE.read_bytes())
    return path


async def refused(readers: Readers, path: Path) -> LeaError:
    with pytest.raises(LeaError) as caught:
        await readers.preview(path)
    return caught.value


async def test_a_file_is_shown_before_anything_is_saved(good: Path) -> None:
    seen = await Readers().preview(good)
    assert (seen["media"], seen["rows_seen"], seen["left"], seen["confidence"]) == ("text/csv", 11, [], 1.0)
    assert seen["mapping"]["supplier_text"] == "Descriptif"
    assert [one["reference"] for one in seen["sample"]] == ["CAN-001", "CAN-002", "FAU-010", "TAB-100", "TAB-101"]


async def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read(good: Path) -> None:
    assert (await refused(Readers(Limits(seconds=0.01)), good)).code == "file_too_slow"
    assert (await Readers(at_once=1).preview(good))["rows_seen"] == 11


async def test_a_file_that_takes_all_memory_ends_its_own_process_only(
    tmp_path: Path, good: Path, logged: Logged
) -> None:
    (tmp_path / "bad").write_bytes(files.far_cell())
    readers = Readers(at_once=1)
    error, seen = await asyncio.gather(refused(readers, tmp_path / "bad"), readers.preview(good))
    assert error.code in {"file_reader_failed", "file_expands_too_much"}
    assert seen["rows_seen"] == 11
    assert len(logged.named("catalog.reader_failed")) == (error.code == "file_reader_failed")


async def test_the_error_of_a_file_says_where(tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(b'[{"ref": "A"}, 7]')
    error = await refused(Readers(), tmp_path / "bad")
    assert (error.status, error.code, error.errors) == (
        400, "file_not_understood", ({"path": "line 2", "message": "file_not_understood"},)
    )  # fmt: skip


async def test_more_files_than_may_wait_are_refused(good: Path) -> None:
    readers = Readers(at_once=1, waiting=2)
    answers = await asyncio.gather(*(readers.preview(good) for _ in range(3)), return_exceptions=True)
    assert [getattr(answer, "code", "read") for answer in answers] == ["read", "read", "overloaded"]
    assert (await readers.preview(good))["rows_seen"] == 11


async def test_a_reader_that_is_cancelled_leaves_no_process_and_no_place_taken(tmp_path: Path, good: Path) -> None:
    os.mkfifo(tmp_path / "endless")  # which nobody writes to
    others = set(psutil.Process().children())
    readers = Readers(at_once=1, waiting=1)
    reading = asyncio.ensure_future(readers.preview(tmp_path / "endless"))
    async with asyncio.timeout(30):
        while not (processes := set(psutil.Process().children()) - others):
            await asyncio.sleep(0.01)
    assert not reading.done()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not any(process.is_running() for process in processes)
    assert (await readers.preview(good))["rows_seen"] == 11


async def test_ten_thousand_rows_are_understood_in_seconds(tmp_path: Path) -> None:
    (tmp_path / "many").write_bytes(files.many_rows())
    async with asyncio.timeout(30):
        slices = await Readers().slices(tmp_path / "many")
    assert [len(one["products"]) for one in slices] == [200] * 50


WITHOUT = "import sys; sys.modules.update(dict.fromkeys({missing!r})); from lea.runs.catalog.worker import main; main()"
"""What a process does in which those packages cannot be imported."""


@pytest.mark.parametrize(
    ("maker", "answer"), [("workbook", 0), ("price_list", 0), ("products_json", 1), ("many_rows", 1)]
)
async def test_without_the_libraries_for_documents_csv_and_json_are_read(
    tmp_path: Path, maker: str, answer: bool
) -> None:
    (tmp_path / "file").write_bytes(getattr(files, maker)())
    missing = ["python_calamine", "pdfplumber", "openpyxl", "pypdfium2", "defusedxml"]
    question = {"task": "preview", "path": str(tmp_path / "file"), "mapping": None, "limits": {}}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WITHOUT.format(missing=missing),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate(orjson.dumps(question))
    said = orjson.loads(out)
    assert ("media" in said) if answer else said == {"code": "file_reader_missing", "line": None}
