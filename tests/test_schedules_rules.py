"""When something is asked next: days, months, and what changes of the clocks do to a time."""

import pytest

from lea.actions.intents import understand
from lea.errors import BadRequest
from lea.schedules.rule import Rule, after, upcoming
from lea.schedules.words import moment_words, rule_words
from tests.schedule_parts import paris, utc


def rule(**said: object) -> Rule:
    return Rule.read({"time": "08:00", "time_zone": "Europe/Paris", **said})


@pytest.mark.parametrize(
    ("said", "now", "following"),
    [
        ({"every": "day"}, "2026-11-21 07:59", ["2026-11-21 07:00", "2026-11-22 07:00", "2026-11-23 07:00"]),
        ({"every": "day"}, "2026-11-21 08:00", ["2026-11-22 07:00", "2026-11-23 07:00", "2026-11-24 07:00"]),
        ({"every": "weekdays"}, "2026-11-20 09:00", ["2026-11-23 07:00", "2026-11-24 07:00", "2026-11-25 07:00"]),
        (
            {"every": "week", "days": ["thursday", "monday"]},
            "2026-11-21 09:00",
            ["2026-11-23 07:00", "2026-11-26 07:00", "2026-11-30 07:00"],
        ),
        (
            {"every": "month", "day_of_month": 31},
            "2027-01-31 09:00",
            ["2027-02-28 07:00", "2027-03-31 06:00", "2027-04-30 06:00"],
        ),
        (
            {"every": "month", "day_of_month": 29},
            "2028-02-01 09:00",
            ["2028-02-29 07:00", "2028-03-29 06:00", "2028-04-29 06:00"],
        ),
        ({"every": "once", "date": "2026-12-01"}, "2026-11-21 09:00", ["2026-12-01 07:00"]),
        ({"every": "once", "date": "2026-11-21"}, "2026-11-21 09:00", []),
        # Summer time begins: 8 h is kept, 2 h 30 is left out and moves forward with the clocks.
        ({"every": "day"}, "2027-03-27 09:00", ["2027-03-28 06:00", "2027-03-29 06:00", "2027-03-30 06:00"]),
        (
            {"every": "day", "time": "02:30"},
            "2027-03-27 01:00",
            ["2027-03-27 01:30", "2027-03-28 01:30", "2027-03-29 00:30"],
        ),
        # It ends: 2 h 30 comes twice and counts once.
        (
            {"every": "day", "time": "02:30"},
            "2027-10-30 01:00",
            ["2027-10-30 00:30", "2027-10-31 00:30", "2027-11-01 01:30"],
        ),
        # A day that a zone did not have is not asked twice.
        (
            {"every": "day", "time_zone": "Pacific/Apia"},
            "2011-12-29 12:00",
            ["2011-12-29 18:00", "2011-12-30 18:00", "2011-12-31 18:00"],
        ),
    ],
)
def test_the_next_times(said: dict[str, object], now: str, following: list[str]) -> None:
    assert [utc(moment) for moment in upcoming(rule(**said), paris(now))] == following


def test_a_time_that_comes_twice_is_not_asked_again_between_the_two() -> None:
    nightly = rule(every="day", time="02:30")
    first = after(nightly, paris("2027-10-31 00:00"))
    assert first is not None
    again = after(nightly, first + 1800)
    assert (utc(first), utc(again or 0)) == ("2027-10-31 00:30", "2027-11-01 01:30")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"every": "week"}, "schedule_incomplete"),
        ({"every": "week", "days": ["someday"]}, "schedule_days_invalid"),
        ({"every": "month"}, "schedule_incomplete"),
        ({"every": "month", "day_of_month": 32}, "schedule_incomplete"),
        ({"every": "once"}, "schedule_incomplete"),
        ({"every": "once", "date": "2026-02-30"}, "date_not_understood"),
        ({"every": "once", "date": "9999-12-31"}, "date_not_understood"),
        ({"every": "day", "days": ["monday"]}, "schedule_incomplete"),
        ({"every": "hour"}, "schedule_incomplete"),
        ({"every": "day", "time": "24:00"}, "schedule_time_invalid"),
        ({"every": "day", "time": "8:00"}, "schedule_time_invalid"),
        ({"every": "day", "time_zone": "Europe/Atlantis"}, "time_zone_unknown"),
        ({"every": "day", "time_zone": "../../etc/passwd"}, "time_zone_unknown"),
        ({"every": "day", "time_zone": "Europe"}, "time_zone_unknown"),
    ],
)
def test_a_rule_that_is_none_is_refused(said: dict[str, object], code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        rule(**said)
    assert refused.value.reason == code


@pytest.mark.parametrize(
    ("said", "french", "english"),
    [
        ({"every": "day", "time": "09:30"}, "tous les jours à 9 h 30", "every day at 09:30"),
        ({"every": "weekdays"}, "du lundi au vendredi à 8 h", "Monday to Friday at 08:00"),
        (
            {"every": "week", "days": ["monday", "wednesday", "friday"]},
            "chaque lundi, mercredi et vendredi à 8 h",
            "every Monday, Wednesday and Friday at 08:00",
        ),
        ({"every": "month", "day_of_month": 1}, "le 1er de chaque mois à 8 h", "on the 1st of every month at 08:00"),
        ({"every": "month", "day_of_month": 22}, "le 22 de chaque mois à 8 h", "on the 22nd of every month at 08:00"),
        (
            {"every": "month", "day_of_month": 31},
            "le dernier jour de chaque mois à 8 h",
            "on the last day of every month at 08:00",
        ),
        (
            {"every": "once", "date": "2026-12-01"},
            "le mardi 1er décembre 2026 à 8 h",
            "on Tuesday 1 December 2026 at 08:00",
        ),
    ],
)
def test_rules_in_words(said: dict[str, object], french: str, english: str) -> None:
    assert rule_words(rule(**said), "fr").replace("\u00a0", " ") == french
    assert rule_words(rule(**said), "en").replace("\u00a0", " ") == english


def test_a_moment_is_told_by_the_clocks_of_its_zone() -> None:
    moment = paris("2026-11-23 08:00")
    assert moment_words(moment, "Europe/Paris", "fr").replace("\u00a0", " ") == "lundi 23 novembre 2026 à 8 h"
    assert moment_words(moment, "America/New_York", "en").replace("\u00a0", " ") == "Monday 23 November 2026 at 02:00"


POINT = "Fais-moi le point des factures"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("chaque lundi à 8 h, fais-moi le point des factures", {"days": ["monday"], "every": "week", "time": "08:00"}),
        ("Fais-moi le point des factures tous les jours à 9h30", {"every": "day", "time": "09:30"}),
        ("Le 1er de chaque mois à midi : fais-moi le point des factures", {"day_of_month": 1, "time": "12:00"}),
        ("le dernier jour du mois à 18:00, fais-moi le point des factures", {"day_of_month": 31, "time": "18:00"}),
        ("Bonjour Léa, du lundi au vendredi à 7 h, fais-moi le point des factures", {"every": "weekdays"}),
        ("chaque mardi et jeudi à 8 heures fais-moi le point des factures", {"days": ["tuesday", "thursday"]}),
        ("demain à 8 h, fais-moi le point des factures", {"every": "once", "date": "tomorrow"}),
        ("chaque lundi, fais-moi le point des factures", {"every": "week"}),
    ],
)
def test_what_is_plainly_asked_for_later_is_understood(text: str, said: dict[str, object]) -> None:
    intent = understand(text, language="fr")
    assert intent is not None
    assert (intent.action, intent.arguments["text"]) == ("schedule_ask", POINT)
    assert intent.arguments.items() >= {name: one for name, one in said.items() if name != "days"}.items()
    assert intent.arguments.get("days", said.get("days")) == said.get("days", intent.arguments.get("days"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("every Monday at 8, list the open jobs", {"every": "week", "time": "08:00"}),
        ("List the open jobs every weekday at 9:30 pm", {"every": "weekdays", "time": "21:30"}),
        ("on the 1st of every month at noon, list the open jobs", {"day_of_month": 1, "time": "12:00"}),
        ("please, tomorrow at 12am list the open jobs", {"date": "tomorrow", "time": "00:00"}),
    ],
)
def test_in_english_too(text: str, said: dict[str, object]) -> None:
    intent = understand(text, language="en")
    assert intent is not None
    assert (intent.action, intent.arguments["text"]) == ("schedule_ask", "List the open jobs")
    assert intent.arguments.items() >= said.items()


@pytest.mark.parametrize(
    "text",
    [
        "Chaque lundi à 8 h, on a une réunion",
        "Que se passe-t-il chaque lundi à 8 h ?",
        "Le lundi à 8 h, fais le point",
        "Tous les jours, combien de factures arrivent ?",
        "Aujourd'hui, quelles sont les tâches en attente ?",
        "le 24 novembre 2026 à 9 h, qui a signé ?",
        "every evening at 8, list the jobs",
        "every day at 25, list the jobs",
        "every day at 8 we have a meeting",
    ],
)
def test_what_may_mean_something_else_is_nothing_plain(text: str) -> None:
    intent = understand(text)
    assert intent is None or intent.action != "schedule_ask"


def test_a_note_about_mondays_is_a_note() -> None:
    intent = understand("Ajoute une note à T-104 : rappeler Mme Roy chaque lundi à 8 h")
    assert intent is not None
    assert intent.action == "add_note"


@pytest.mark.parametrize(
    ("text", "action", "arguments"),
    [
        ("Quelles sont mes demandes programmées ?", "list_schedules", {}),
        ("show my scheduled asks", "list_schedules", {}),
        ("Annule la demande programmée des factures", "cancel_schedule", {"schedule": "factures"}),
        ("cancel the scheduled ask about the invoices", "cancel_schedule", {"schedule": "invoices"}),
    ],
)
def test_what_is_scheduled_is_told_and_ended_by_words(text: str, action: str, arguments: dict[str, str]) -> None:
    intent = understand(text)
    assert intent is not None
    assert (intent.action, intent.arguments) == (action, arguments)
