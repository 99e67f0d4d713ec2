"""The tables of WhatsApp: who writes from which number, and every message of either direction."""

from sqlalchemy import Column, Double, ForeignKey, Index, Integer, String, Table, Text, text

from lea.store.tables import ID, metadata

INBOX = text("direction = 'in' AND state IN ('received', 'taken')")
OUTBOX = text("direction = 'out' AND state IN ('queued', 'sending')")

contacts = Table(
    "whatsapp_contacts",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id"), nullable=False, index=True),
    Column("user_id", ID, ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("linked_at", Double),
    Column("wrote_at", Double),
    Column("refused_at", Double),
    Column("held_at", Double),
    Column("held_by", ID),
    Column("owner", ID),
    Column("lease_until", Double, nullable=False, server_default="0"),
    Column("due_at", Double, index=True),
    Column("created_at", Double, nullable=False),
)
"""`number` is digits. `wrote_at` is the newest message's own time, from which what may be sent is counted; `held_at` is
since when people answer instead of Léa, `held_by` who does. `due_at` is when there is something to do: whoever does it
holds the lease."""

messages = Table(
    "whatsapp_messages",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id"), nullable=False),
    Column("number", String(20), nullable=False),
    Column("direction", String(3), nullable=False),
    Column("wamid", String(255), unique=True),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("error", String(60)),
    Column("said_at", Double),
    Column("created_at", Double, nullable=False),
    Column("place", Integer, nullable=False, server_default="0"),
    Column("turn_id", ID),
    Column("about", ID),
    Column("said_by", ID),
    Column("part", Integer),
    Column("confirmation_id", ID),
    Column("button", String(256)),
    Column("media_id", String(100)),
    Column("media_name", String(255)),
    Column("media_type", String(100)),
    Column("attachment_id", ID),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", Double),
    Index("uq_whatsapp_messages_about_part", "about", "part", unique=True),
    Index("ix_whatsapp_messages_company_id_created_at", "company_id", "created_at"),
    Index("ix_whatsapp_messages_number_created_at", "number", "created_at"),
    Index("ix_whatsapp_messages_inbox", "number", sqlite_where=INBOX, postgresql_where=INBOX),
    Index("ix_whatsapp_messages_outbox", "number", sqlite_where=OUTBOX, postgresql_where=OUTBOX),
)
"""`in` goes from `received` over `taken` (its `turn_id` is fixed) to `done`, or is `ignored` or `failed`; `out` from
`queued` over `sending` to `sent`, `delivered`, `read`, or is `failed`, `expired` or `skipped`. What is sent is `about`
a turn or a message and has a `part` in it, so that nothing is answered twice; `said_by` is who wrote it where that is
not Léa. `log` is what people did with the conversation. `said_at` is WhatsApp's time, `place` where it stood in what
came at once."""
