"""Requests understood by rules: what was plainly asked is found, and nothing else is ever done."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lea.actions.intents import ASKS, Intent, understand
from lea.actions.intents.intent import READS

PHRASINGS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data/phrasings/actions.jsonl").read_text("utf-8").splitlines()
]
CONTRADICTING = {"crée une transaction", "create a transaction"}
"""Labelled as nothing; by the specification they are requests that lack everything, which Léa asks for."""
HITS = 235
"""Of the lines with an action, how many are understood to the letter."""

CONSENT = "Je peux passer **T-104** de mandat à offre. Dois-je le faire ?"
LIST = (
    "Plusieurs dossiers correspondent. Lequel ?\n\n1. **T-104** · vente · 12 rue de la Paix\n"
    "2. **T-115** · location · 3 rue de la Paix"
)
PICKED = "passe le dossier de la rue de la Paix à l'offre"


def read(row: dict[str, Any]) -> Intent | None:
    return understand(row["text"], last=row.get("last", ""), before=row.get("before", ""), language=row["language"])


def right(row: dict[str, Any], intent: Intent | None) -> bool:
    if intent is None:
        return row["action"] is None
    return (intent.action, intent.arguments, intent.language) == (row["action"], row["arguments"], row["language"])


def test_most_requests_are_understood_to_the_letter() -> None:
    asked = [row for row in PHRASINGS if row["action"] is not None]
    assert sum(right(row, read(row)) for row in asked) >= HITS


@pytest.mark.parametrize("row", PHRASINGS, ids=lambda row: row["text"][:60])
def test_no_write_is_wrong(row: dict[str, Any]) -> None:
    intent = read(row)
    if intent is not None and intent.action not in READS and row["text"] not in CONTRADICTING:
        assert right(row, intent), intent


WRITES = [
    row["text"].rstrip(" ?.!")
    for row in PHRASINGS
    if row["action"] not in {None, "approve", "reject", "add_note"} | READS and "last" not in row
]
ADDED_AFTER = (
    " mais attends demain| si possible| quand l'acheteur confirme| demain| ou pas|, non attends| et supprime T-105|"
    " when the buyer confirms| but wait| if possible| tomorrow| or not|, no wait| asap| comme prévu| absolument|"
    " right away| par exemple| hier| sauf si Mme Roy refuse| Sauf Mme Roy| et T-105| and T-105| un jour| first|"
    " provisoirement|. Non|. En fait non| *| %| = 2| x2"
)
ADDED_BEFORE = (
    "ne |Paul |si besoin |comment |hier j'ai |je crois que |traduis : |« |pourquoi |don't |how to |translate: |"
    "the client says: |tomorrow |if needed, |il |elle veut |on m'a dit : |ne pas |never |écris à Paul : |demain, |"
    "quand tu peux, |est-ce que je dois |> |should we |j'ai |we might |comme Paul : |no |non "
)


@pytest.mark.parametrize("text", WRITES)
def test_a_request_with_something_added_is_not_understood(text: str) -> None:
    for changed in (
        *(text + after for after in ADDED_AFTER.split("|")),
        *(before + text for before in ADDED_BEFORE.split("|")),
    ):
        intent = understand(changed)
        assert intent is None or intent.action in READS, (changed, intent)


TRAPS = {
    "negations": "ne passe pas T-104 à l'offre|passe pas T-104 à l'offre|please do not move T-104 to offer|"
    "je ne veux pas que tu passes T-104 à l'offre|merci de ne pas passer T-104 à l'offre|don't close T-103|"
    "le prix de T-106 n'est pas 345 000 €|T-122 n'est pas une location|n'annule pas la dernière modification",
    "questions": "comment créer une transaction ?|faut-il passer T-107 à l'offre ?|passe T-104 à l'offre ?|"
    "should I move T-104 to offer?|peux-tu créer une transaction ?|can you create a transaction?|"
    "le prix de T-106 est 345 000 € ?|T-104 à l'offre ?|annule la dernière modification ?|move T-104 to offer?",
    "hypotheticals": "si je passe T-104 à l'offre|if I were to close T-101|tu peux passer T-104 à l'offre si Mme Roy "
    "est d'accord|le prix de T-106 passerait à 345 000 €|je voudrais passer T-104 à l'offre mais comment",
    "conditionals": "passe T-104 à l'offre quand l'acheteur confirme|move T-104 to offer when the buyer confirms|"
    "si tu peux, passe T-104 à l'offre|move T-104 to offer once signed|"
    "crée une transaction vente 5 rue du Port 17000 La Rochelle si Mme Roy signe",
    "past reports": "j'ai passé T-104 à l'offre|passé T-104 à l'offre|PASSÉ T-104 À L'OFFRE|moved T-104 to offer|"
    "le prix de T-106 est passé à 345 000 €|créé une transaction de vente au 5 rue du Port, Nantes",
    "future plans": "demain je passerai T-104 au compromis|je vais passer T-104 à l'offre|I will move T-104 to offer|"
    "le prix de T-106 passera à 345 000 €|clôture T-103 à la fin du mois|close T-103 next month|"
    "mets le prix de T-106 à 345 000 € à partir de lundi",
    "third persons": "Paul a passé T-104 à l'offre|Paul passe T-104 à l'offre|Paul à l'offre|il passe T-104 à l'offre|"
    "annule la dernière modification de Paul|undo the last change Paul made|Paul moved T-104 to offer",
    "quotations": "« passe T-104 à l'offre »|\"passe T-104 à l'offre\"|'passe T-104 à l'offre'|> passe T-104 à l'offre|"
    "the client asked: create a sale at 12 Mill Lane|Le notaire écrit : passe T-104 à l'offre",
    "writing": "écris un mail : passe T-104 à l'offre|rédige une relance pour Mme Roy|write a mail: close T-103",
    "translations": "traduis en anglais : passe T-104 à l'offre|translate: move T-104 to offer",
    "several commands": "passe T-104 à l'offre et T-105 au compromis|passe T-104 et T-105 à l'offre|"
    "prépare le mandat de T-104 et envoie-le|ajoute une note à T-104 : visite faite. Passe T-104 à l'offre|"
    "ajoute une note à T-104 : visite faite, puis passe T-104 à l'offre|"
    "add a note to T-104: visited. Then move T-104 to offer|prépare le mandat de T-104 ou l'offre|"
    "crée une transaction vente 5 rue du Port, 17000 La Rochelle, et passe-la à l'offre",
    "two values": "le prix de T-106 passe à 345 000 € ou 340 000 €|T-106 : prix 345 000 €, prix 350 000 €|"
    "passe T-104 à l'offre et au compromis|crée une transaction de vente et une de location au 5 rue du Port|"
    "crée une vente 5 rue du Port, 325 000 €, 330 000 €|passe le prix de T-106 de 350 000 € à 345 000 €|"
    "crée une vente 5 rue du Port et 7 rue du Port|T-122 est un achat, pas une vente|"
    "ajoute l'acheteur M. Durand et Mme Roy à T-104|ajoute l'acheteur M. Durand à T-104 et T-105",
    "missing values": "change le prix de T-106|change le prix de T-106 à|ajoute un acheteur à T-104|note sur T-104 :|"
    "ajoute une note à T-104|prépare le mandat|passe T-104|corrige l'adresse de T-104|add Mrs Patel to T-110|"
    "passe-la à l'offre|passe le dossier à l'offre|passe 104 à l'offre|clôture le dossier du client",
    "negative amounts": "mets le prix de T-106 à -345 000 €|T-106 : prix –345 000 €|T-106 : prix −345 000 €|"
    "T-106 prix - 345 000 €|crée une vente pour le 5 rue du Port, -325 000 €|"
    "crée une vente pour le 5 rue du Port, prix - 325 000 €",
    "doubtful amounts": "mets le prix de T-106 à 35 0000 €|mets T-106 à 5|baisse le prix de T-106 de 10 000 €|"
    "raise the price of T-106 by 10,000 euros|mets le prix de T-106 à 0 €|mets le prix de T-106 à environ 345 000 €|"
    "crée une vente 5 rue du Port apt 12 325 000 €",
    "doubtful days": "T-102 deed date 03/05/2027|la date de l'acte de T-102 est le 31/02/2027|"
    "la date de l'acte de T-102 est le 5 mars|la date de l'acte de T-102 est le 5 ou le 6 mars 2027",
    "deletions": "supprime T-104|delete T-104|efface le dossier de la rue Crébillon|annule T-104|"
    "supprime l'acheteur de T-104|annule la vente du 5 rue du Port|undo the sale",
    "words left over": "passe T-104 à l'offre mais attends demain|ajoute un acheteur potentiel à T-104|"
    "crée une vente pour le 5 rue du Port à Nantes rapidement|crée une vente au 5 rue du Port, absolument|"
    "crée une vente au 14 rue Paradis. Rappeler Paul|crée une vente pour M. Durand au 5 rue du Port|"
    "crée une vente pour Paul Durand 5 rue du Port|create the sale of 5 Mill Lane, Oxford by Mrs Patel|"
    "prépare l'offre du dossier 110 absolument|ajoute l'acheteur M. Durand à T-104 demain",
}


@pytest.mark.parametrize(("trap", "text"), [(trap, text) for trap, texts in TRAPS.items() for text in texts.split("|")])
def test_a_trap_is_not_understood(trap: str, text: str) -> None:
    intent = understand(text)
    assert intent is None or intent.action in READS, (trap, intent)


TOLERATED = {
    "LEA PASSE T-104 A L'OFFRE SVP": {"transaction": "T-104", "stage": "offer"},
    "lea passe t104 a l offre stp": {"transaction": "T-104", "stage": "offer"},
    "Bonjour Léa,\npeux-tu passer le dossier 104 à l’offre ?\nMerci": {"transaction": "T-104", "stage": "offer"},
    "passe\u00a0T‑104 à l’offre": {"transaction": "T-104", "stage": "offer"},
    "passe le dossier de la rue Cre\u0301billon à l'acte": {"transaction": "rue Crébillon", "stage": "deed"},
}


@pytest.mark.parametrize("text", TOLERATED)
def test_accents_case_quotes_and_spaces_do_not_matter(text: str) -> None:
    assert understand(text) == Intent("move_transaction", TOLERATED[text], "fr")


def test_what_is_lacking_is_left_out() -> None:
    assert understand("crée une transaction") == Intent("create_transaction", {}, "fr")
    assert understand("create a sale") == Intent("create_transaction", {"kind": "sale"}, "en")
    assert understand("crée une transaction au 5 rue du Port") == Intent(
        "create_transaction", {"address": "5 rue du Port"}, "fr"
    )


@pytest.mark.parametrize(
    ("before", "asked", "text"),
    [
        ("crée une transaction de vente", "address", "au 12 rue de la Paix à Paris"),
        ("crée une vente, merci", "address", "12 rue de la Paix à Paris"),
        ("crée une transaction au 12 rue de la Paix à Paris", "kind", "une vente"),
        ("12 rue de la Paix à Paris", "kind", "c'est une vente"),
    ],
)
def test_the_answer_to_a_question_completes_the_request(before: str, asked: str, text: str) -> None:
    found = understand(text, last=f"Très bien. {ASKS[asked]['fr']}", before=before)
    assert found == Intent("create_transaction", {"kind": "sale", "address": "12 rue de la Paix à Paris"}, "fr")


def test_a_parting_or_another_request_is_no_answer() -> None:
    asked = {"last": ASKS["address"]["fr"], "before": "crée une vente"}
    assert understand("annule", **asked) is None
    assert understand("laisse tomber", **asked) is None
    assert understand("12 rue de la Paix, demain", **asked) is None
    moved = understand("passe T-104 à l'offre", **asked)
    assert moved is not None
    assert moved.action == "move_transaction"


@pytest.mark.parametrize("text", ["le deuxième", "le 2", "T-115", "le dossier 115", "the second one", "numéro 2 stp"])
def test_a_choice_completes_the_request(text: str) -> None:
    found = understand(text, last=LIST, before=PICKED)
    assert found is not None
    assert (found.action, found.arguments) == ("move_transaction", {"transaction": "T-115", "stage": "offer"})


@pytest.mark.parametrize(
    "text",
    ["le 3", "T-999", "pas le deuxième", "le premier ou le deuxième", "le deuxième ?", "annule", "le 2 demain"],
)
def test_what_is_not_a_choice_out_of_the_list_does_nothing(text: str) -> None:
    assert understand(text, last=LIST, before=PICKED) is None
    assert understand("le deuxième", last=LIST, before=f"{PICKED} demain") is None


@pytest.mark.parametrize("text", ["oui mais non", "oui non", "oui si Mme Roy est d'accord", "oui ?", "pourquoi ?"])
def test_half_a_consent_is_none(text: str) -> None:
    assert understand(text, last=CONSENT) is None


@pytest.mark.parametrize(
    "last",
    ["", "Voilà.", "Que puis-je faire pour vous ?", "Lequel dois-je passer à l'offre ?", "Done: the note was added.",
     "Dois-je le passer à l'offre ou au compromis ?", "Can I help you with anything else?", "Dois-je le faire ? Bon."],
)  # fmt: skip
def test_a_yes_is_a_consent_only_where_one_was_asked_for(last: str) -> None:
    assert understand("oui", last=last) is None
    assert understand("oui", last=CONSENT) == Intent("approve", {}, "fr")
    assert understand("annule", last=CONSENT) == Intent("reject", {}, "fr")


def test_a_note_keeps_its_text_up_to_its_bound() -> None:
    text = "visite faite, " * 285
    found = understand(f"note sur T-104 : {text}")
    assert found == Intent("add_note", {"transaction": "T-104", "text": text.strip()}, "fr")
    assert understand(f"note sur T-104 : {'x' * 4000}") is not None
    assert understand(f"note sur T-104 : {'x' * 4001}") is None
    assert understand("passe T-104 à l'offre" + " merci" * 100) is None


def elapsed(text: str, **context: str) -> float:
    """Seconds of this thread's own work, the best of three: a machine that stands still is no slow rule."""
    times = []
    for _ in range(3):
        start = time.thread_time()
        understand(text, **context)
        times.append(time.thread_time() - start)
    return min(times)


HOSTILE = [
    *(unit * (600 // len(unit)) for unit in ("a", " ", ", ", "-", "'", "( ", ". ", "1 ", "€ ", "é", "\n", "? ", ": ")),
    *(
        " ".join([word] * 80)[:600]
        for word in ("et", "merci", "ajoute", "T-104", "prix", "sur", "acheteur", "le", "en")
    ),
    "ajoute acheteur " + "sur " * 70,
    "crée une vente " + "12 rue " * 60,
    "crée une vente vendeur " + "et vendeur " * 45,
    "change le prix de " + "de " * 75,
    "note sur T-104 : " + "et passe " * 400,
    "note sur " + "à " * 1900,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20])
def test_a_hostile_message_costs_little(text: str) -> None:
    assert elapsed(text) < 0.05
    assert elapsed("oui", last=text * 20, before=text) < 0.05
    assert elapsed("vente", last=ASKS["kind"]["fr"], before=text) < 0.15


def test_a_message_that_is_too_long_costs_nothing() -> None:
    assert understand("passe T-104 à l'offre " * 1500) is None
    assert elapsed("crée une transaction " * 1524) < 0.0005


@pytest.mark.parametrize("row", PHRASINGS[::7], ids=lambda row: row["text"][:40])
def test_a_request_is_read_in_no_time(row: dict[str, Any]) -> None:
    assert elapsed(row["text"], last=row.get("last", ""), before=row.get("before", "")) < 0.01


STUCK_MS = 20_000
"""What a text may take that is not read for ever: what it should cost is said above."""


@settings(max_examples=300, deadline=STUCK_MS)
@given(st.text(max_size=700), st.text(max_size=200), st.text(max_size=200))
def test_no_text_is_an_error(text: str, last: str, before: str) -> None:
    understand(text, last=last, before=before)


PIECES = sorted({word for row in PHRASINGS for word in row["text"].split()})


@settings(max_examples=300, deadline=STUCK_MS)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(["", CONSENT, LIST, ASKS["kind"]["fr"]]))
def test_no_words_are_an_error(pieces: list[str], last: str) -> None:
    intent = understand(" ".join(pieces), last=last, before=PICKED)
    assert intent is None or json.dumps(dict(intent.arguments))
