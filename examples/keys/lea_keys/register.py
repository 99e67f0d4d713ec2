"""The key register: a JSON file that another program of the agency writes."""

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter


class Lent(BaseModel):
    """A key that is out: of the property of which transaction, with whom, since when, until when."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    transaction: str
    holder: str
    lent_on: date
    due_on: date
    returned_on: date | None = None

    def overdue(self, today: date) -> bool:
        return self.returned_on is None and self.due_on < today


REGISTER = TypeAdapter(list[Lent])


def read(file: Path) -> list[Lent]:
    """Blocks, so call it by `asyncio.to_thread`. Raises OSError, and ValueError for a file that is no register."""
    return REGISTER.validate_json(file.read_bytes())
