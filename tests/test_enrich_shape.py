"""What a model says about an article is taken only in the shape it was asked for."""

import json

import pytest

from lea.runs.catalog.enrich_shape import SHAPE, Enriched, read
from tests.enrich_parts import SAID


def test_a_good_answer_is_read() -> None:
    assert read(json.dumps(SAID)).model_dump(mode="json") == SAID


@pytest.mark.parametrize(
    "wrong",
    [
        {"confidence": 1.5},
        {"confidence": "high"},
        {"description": "Short."},
        {"description": "x" * 1201},
        {"description": None},
        {"category": " "},
        {"category": "\u0000"},
        {"category": "x" * 61},
        {"attributes": [{"name": "Matière", "value": "Chêne"}] * 21},
        {"attributes": {"Matière": "Chêne"}},
        {"attributes": [{"name": "Matière", "value": ""}]},
        {"attributes": [{"name": "Matière"}]},
        {"attributes": ["Chêne"]},
        {"confidence": True},
        {"confidence": None},
    ],
)
def test_an_answer_of_another_shape_is_refused_by_the_name_of_what_is_wrong(wrong: dict[str, object]) -> None:
    (name,) = wrong
    with pytest.raises(ValueError, match=name):
        read(json.dumps({**SAID, **wrong}))


@pytest.mark.parametrize("answer", ["", "No.", "}{", "[]", "{}", '{"category": 1}', '{"confidence": NaN}', "{" * 9000])
def test_what_is_no_answer_is_refused_with_a_short_reason(answer: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        read(answer)
    assert len(str(refused.value)) <= 500
    assert "pydantic" not in str(refused.value)


def test_the_shape_that_is_asked_for_is_strict_and_is_what_is_checked() -> None:
    """Strict means: every property required and no other allowed, at every level."""
    item = SHAPE.schema["properties"]["attributes"]["items"]
    for one in (SHAPE.schema, item):
        assert one["additionalProperties"] is False
        assert set(one["required"]) == set(one["properties"])
    assert set(SHAPE.schema["properties"]) == set(Enriched.model_fields)
