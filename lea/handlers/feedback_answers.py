"""What somebody said of an answer, as it is on the wire."""

from pydantic import BaseModel

from lea.clock import iso
from lea.store.feedback import Opinion


class FeedbackAnswer(BaseModel):
    rating: str
    reason: str | None
    comment: str | None
    created_at: str
    updated_at: str


def feedback_answer(opinion: Opinion) -> dict[str, object]:
    return {
        "rating": opinion.rating,
        "reason": opinion.reason,
        "comment": opinion.comment,
        "created_at": iso(opinion.created_at),
        "updated_at": iso(opinion.updated_at),
    }
