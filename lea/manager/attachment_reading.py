"""Reads the files a prompt may show."""

from collections.abc import Iterable

from lea.auth.permissions import Identity
from lea.ids import AttachmentId
from lea.llm.tokens import BYTES_A_TOKEN
from lea.manager.answer import Granted
from lea.manager.ask import Ask, Services
from lea.manager.attachments import Attached
from lea.manager.thread import History
from lea.messages import File, User
from lea.store import acts, attachments
from lea.store.turns import SAYING


async def attached(ask: Ask, identity: Identity, services: Services, granted: Granted, history: History) -> Attached:
    """Read them, of earlier messages the newest and no more than a prompt could hold.

    Raises NotFound(`attachment_not_found`).
    """
    files: tuple[File, ...] = ()
    if ask.kind not in SAYING and (begun := await granted()) is not None:
        files = begun.files
    earlier = [file for one in reversed(history.messages) if isinstance(one, User) for file in one.files]
    if not (files or ask.attachments or earlier):
        return Attached()
    most = services.config.llm.context_tokens * BYTES_A_TOKEN

    def read(connection: acts.Connection) -> Attached:
        now = files
        if ask.attachments:
            now = attachments.usable(connection, identity.user_id, ask.thread_id, ask.attachments)
        return Attached(now, attachments.texts(connection, [*(file.id for file in now), *_enough(earlier, most)]))

    return await services.store.read(read)


def _enough(files: Iterable[File], most: int) -> list[AttachmentId]:
    """The first of these, until there is more text than could be shown."""
    wanted: list[AttachmentId] = []
    for file in files:
        if most <= 0:
            break
        wanted.append(file.id)
        most -= file.characters
    return wanted
