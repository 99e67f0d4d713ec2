"""Which of the departments' jobs are meant."""

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator

from lea.actions.action import Arguments

Departments = Literal["apbookkeeper", "router", "bank"]
States = Literal["to_process", "in_process", "pending", "done", "failed"]


def _known(kind: object, code: str) -> BeforeValidator:
    names = get_args(kind)

    def known(value: object) -> object:
        if value is not None and value not in names:
            raise ValueError(code)
        return value

    return BeforeValidator(known)


class JobsArguments(Arguments):
    department: Annotated[Departments, _known(Departments, "department_unknown")] | None = None
    state: Annotated[States, _known(States, "state_unknown")] | None = None
