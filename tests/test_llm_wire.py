"""The reader of the token stream, fed by hand."""

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lea.llm.asking import request_body
from lea.llm.provider import Finished, ModelEvent, Usage
from lea.llm.wire import MAX_LINE, AnswerReader, SseLines
from tests.llm_parts import PROMPT
from tests.model_replies import Answer, events

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=20)
CUTS = st.lists(st.integers(0, 5000), max_size=40)
ROOM = 400_000


def body_of(*pieces: str, newline: bytes = b"\n") -> bytes:
    opening, tokens, ending = events(Answer(pieces=pieces))
    return (opening + b"".join(tokens) + ending).replace(b"\n", newline)


def split(body: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    return [body[start:end] for start, end in itertools.pairwise(places) if start < end]


def read(parts: list[bytes], max_chars: int = ROOM) -> tuple[list[ModelEvent], AnswerReader]:
    reader = AnswerReader(max_chars)
    found: list[ModelEvent] = []
    for part in [*parts, b""]:
        found += reader.feed(part)
        if reader.ended or reader.failure:
            break
    return found, reader


def text_of(found: list[ModelEvent]) -> str:
    return "".join(event for event in found if isinstance(event, str))


@given(TEXTS, CUTS, st.sampled_from([b"\n", b"\r\n"]))
def test_any_text_split_anywhere_comes_out_the_same(pieces: list[str], cuts: list[int], newline: bytes) -> None:
    found, _ = read(split(body_of(*pieces, newline=newline), cuts))
    assert found == [*pieces, Usage(20, 8, 4), Finished("stop")]


@given(TEXTS, st.integers(1, 30))
def test_an_answer_never_has_more_characters_than_allowed(pieces: list[str], most: int) -> None:
    whole = "".join(pieces)
    found, _ = read([body_of(*pieces)], most)
    assert text_of(found) == whole[:most]
    assert found[-1] == Finished("length" if len(whole) >= most else "stop")


@given(st.binary(max_size=300), CUTS)
def test_no_bytes_at_all_bring_anything_but_text_or_a_known_failure(garbage: bytes, cuts: list[int]) -> None:
    _, reader = read(split(garbage, cuts))
    assert reader.ended or (reader.failure is not None and reader.failure.reason == "model_cut")


@pytest.mark.parametrize(
    ("body", "payloads"),
    [
        (b"data:{}\n", [b"{}"]),
        (b"data: {}\r\n\r\ndata: 1\r\n", [b"{}", b"1"]),
        (b": a comment\nevent: x\nid: 3\nretry: 5\n\n", []),
        (b"database: no\n\ndata\n", []),
    ],
)
def test_only_data_lines_count(body: bytes, payloads: list[bytes]) -> None:
    assert SseLines().feed(body) == payloads


def test_a_line_above_the_bound_ends_the_answer() -> None:
    lines = SseLines()
    half = b"x" * (MAX_LINE // 2)
    assert lines.feed(half) == lines.feed(half) == []
    with pytest.raises(ValueError, match="too long"):
        lines.feed(b"x")


def test_tokens_before_a_broken_chunk_are_told_before_the_failure() -> None:
    _, tokens, _ = events(Answer(pieces=("un ", "deux ")))
    found, reader = read([b"".join(tokens) + b"data: {oops\n\n"])
    assert found == ["un ", "deux "]
    assert reader.failure is not None


def test_the_last_line_counts_even_if_nobody_ended_it() -> None:
    found, _ = read([body_of("oui").removesuffix(b"\n\n")])
    assert found[-1] == Finished("stop")


@pytest.mark.parametrize("reason", ["content_filter", "tool_calls", "anything"])
def test_a_reason_of_the_end_nobody_knows_is_a_stop(reason: str) -> None:
    _, _, ending = events(Answer(finish_reason=reason, usage=None))
    assert read([ending])[0] == [Finished("stop")]


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"prompt_tokens": 5, "completion_tokens": 2}, Usage(5, 2)),
        ({"prompt_tokens": 5, "completion_tokens": 2, "prompt_tokens_details": None}, Usage(5, 2)),
        ({"prompt_tokens": 5, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 9}}, Usage(5, 2, 5)),
        ({"prompt_tokens": None}, None),
        (None, None),
    ],
)
def test_usage_is_what_the_provider_counted_or_nothing(usage: dict[str, object] | None, expected: Usage | None) -> None:
    _, _, ending = events(Answer(usage=usage))
    assert read([ending])[0] == ([expected] if expected else []) + [Finished("stop")]


def test_usage_told_with_every_chunk_is_told_once() -> None:
    chunk = b'data: {"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":1,"completion_tokens":%d}}\n\n'
    end = b'data: {"choices":[{"delta":null,"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    assert read([chunk % 1, chunk % 2, end])[0] == ["a", "a", Usage(1, 2), Finished("stop")]


@pytest.mark.parametrize("error", [b'"busy"', b'{"message":"busy","code":500}', b"{}"])
def test_an_error_event_is_a_failure_however_it_is_written(error: bytes) -> None:
    _, reader = read([b'data: {"error":%s}\n\n' % error])
    assert reader.failure is not None
    assert reader.failure.reason == "external_api_unavailable"


def test_the_question_goes_out_as_system_and_alternating_messages() -> None:
    sent = msgspec.json.decode(request_body("gpt-5-mini", PROMPT))
    assert [message["role"] for message in sent.pop("messages")] == ["system", "user", "assistant", "user"]
    assert sent == {"model": "gpt-5-mini", "stream": True, "stream_options": {"include_usage": True}}
