"""Voice messages on WhatsApp: their words are the message, and what is not understood gets a sentence."""

from typing import Any

from lea.channels.whatsapp.graph import MOST_MEDIA
from tests import voice_files as files
from tests.graph_server import File, GraphServer, message, text
from tests.lea_server import Lea, Person
from tests.model_ears import Words
from tests.model_server import Answer, ModelServer, Refusal
from tests.whatsapp_line import NUMBER, ada, graph, idle, lea, rows, sent, write


def said(wamid: str, media: str) -> dict[str, Any]:
    return message(wamid, NUMBER, "audio", id=media, mime_type="audio/ogg; codecs=opus", voice=True)


async def test_what_is_said_is_answered_with_what_is_written_beside_it(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    graph.files["v1"] = File(files.ogg(3), "audio/ogg")
    graph.files["v2"] = File(files.ogg(4), "audio/ogg")
    model.ears.script(Words("Où en est le dossier ?"), Refusal(503), Words("Et le loyer ?"))
    model.script(Answer("Il avance."))
    await write(lea, text("1", NUMBER, "Bonjour"), said("2", "v1"), said("3", "v2"))
    (answer,) = await sent(graph, 1)
    assert answer.text == "Il avance."
    await idle(lea)
    asked = "Bonjour\nOù en est le dossier ?\nEt le loyer ?"
    assert [one.body["messages"][-1]["content"] for one in model.exchanges] == [asked]
    assert [(one.name, one.fields["language"]) for one in model.ears.recordings][:1] == [("recording.ogg", "en")]
    assert await rows(lea, "kind, text", "in") == [
        ("text", "Bonjour"), ("audio", "Où en est le dossier ?"), ("audio", "Et le loyer ?"),
    ]  # fmt: skip
    assert (
        await lea.sql("SELECT purpose, user_id FROM usage WHERE purpose = 'voice'")
        == [("voice", ada.identity.user_id)] * 2
    )
    assert await lea.sql("SELECT id FROM attachments") == []


async def test_what_is_not_understood_gets_a_sentence_and_begins_nothing(
    lea: Lea, ada: Person, model: ModelServer, graph: GraphServer
) -> None:
    graph.files |= {
        "empty": File(files.ogg(0.01), "audio/ogg"),
        "silent": File(files.ogg(2), "audio/ogg"),
        "long": File(files.ogg(400), "audio/ogg"),
        "big": File(b"x", "audio/ogg", size=MOST_MEDIA + 1),
        "amr": File(b"#!AMR\n" + b"x" * 60, "audio/amr"),
        "odd": File(files.ogg(1), "audio/ogg"),
        "deaf": File(files.ogg(1.5), "audio/ogg"),
    }
    model.ears.script(Words(""), Refusal(400), Refusal(404))
    expected = {
        "empty": "Nothing was heard",
        "silent": "Nothing was heard",
        "long": "longer than 300 seconds",
        "big": "larger than 10 MB",
        "amr": "no recording in WebM",
        "odd": "could not listen to this",
        "deaf": "This server cannot listen",
        "after": "cannot listen to voice messages here",
    }
    for count, (name, words) in enumerate(expected.items(), 1):
        await write(lea, said(name, name))
        assert words in (await sent(graph, count))[-1].text, name
    await idle(lea)
    assert len(model.ears.recordings) == 3
    assert model.exchanges == []
    assert {state for (state,) in await rows(lea, "state", "in")} == {"done"}
