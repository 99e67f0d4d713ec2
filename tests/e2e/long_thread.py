"""A conversation that went on for long, put straight into a server's database."""

import sqlite3
from pathlib import Path

from lea.ids import new_id

MESSAGES = 2000


def question(number: int) -> str:
    return f"Question {number} : où en est le dossier T-2026-{number:04} ?"


def answer(number: int) -> str:
    return (
        f"**Réponse {number}.** Le dossier est en cours ; voici ce qu’il reste à faire :\n\n"
        "1. relire l’acte et le faire signer\n2. demander l’état hypothécaire\n3. prévenir le *client*\n\n"
        "| Pièce | État |\n|---|---|\n| Diagnostic | reçu |\n| Mandat | attendu |\n\n"
        "Souhaitez-vous que je m’en occupe ?"
    )


def add_long_thread(database: Path, email: str, *, messages: int = MESSAGES) -> str:
    """The id of a thread of that many messages in all, question and answer in turn; the server may be running."""
    thread = new_id("long")
    with sqlite3.connect(database, timeout=30) as connection:
        [user, company] = connection.execute("SELECT id, company_id FROM users WHERE email = ?", [email]).fetchone()
        connection.execute(
            "INSERT INTO threads (user_id, id, company_id, title, version, created_at, updated_at)"
            " VALUES (?, ?, ?, 'Longue histoire', 0, 1, 2)",
            [user, thread, company],
        )
        parent = None
        for number in range(messages):
            one, turn = new_id("msg"), f"turn-{number // 2}"
            said = answer(number // 2) if number % 2 else question(number // 2)
            role, finish = ("assistant", "stop") if number % 2 else ("user", None)
            connection.execute(
                "INSERT INTO messages"
                " (id, user_id, thread_id, parent_id, turn_id, role, content, created_at, finish_reason)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [one, user, thread, parent, turn, role, said, 1 + number / messages, finish],
            )
            parent = one
        connection.execute("UPDATE threads SET head_id = ? WHERE id = ?", [parent, thread])
    connection.close()
    return thread
