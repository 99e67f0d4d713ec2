"""Calls for tools, put together from the fragments they come in.

The protocol sends the name once and the arguments in pieces, told apart by `index`. What other servers do is read too:
a call in one piece, no index, arguments as an object instead of a string, no id, the same name again in each piece.
"""

from typing import Any, Final

import msgspec

from lea.errors import ExternalUnavailable
from lea.llm.provider import CallPiece
from lea.messages import ToolCall

MOST_CALLS: Final = 16
MOST_ARGUMENTS: Final = 65_536
"""Most characters of the arguments of all calls of one answer."""
NAME_CHARACTERS: Final = 64
ID_CHARACTERS: Final = 140


class CallFunction(msgspec.Struct):
    name: str | None = None
    arguments: str | dict[str, Any] | None = None


class CallFragment(msgspec.Struct):
    index: int | None = None
    id: str | None = None
    function: CallFunction | None = None


class _Call:
    def __init__(self, number: int) -> None:
        self.id = f"call_{number}"
        self.named_id = ""
        self.name = ""
        self.arguments: list[str] = []
        self.place = -1
        self.told = 0


class Calls:
    """In the order in which they began; `fragments` counts what was read."""

    def __init__(self) -> None:
        self.fragments = 0
        self._calls: list[_Call] = []
        self._at: dict[int, _Call] = {}
        self._places = 0
        self._size = 0

    def add(self, fragments: list[CallFragment]) -> None:
        """Raises ExternalUnavailable(`model_cut`) where an answer calls for more than anybody could mean."""
        for fragment in fragments:
            self.fragments += 1
            self._add(fragment, fragment.function or CallFunction())

    def whole(self) -> tuple[ToolCall, ...]:
        """Those that have a name; a call for nothing is none."""
        return tuple(ToolCall(call.id, call.name, "".join(call.arguments)) for call in self._calls if call.name)

    def news(self) -> list[CallPiece]:
        """What was not told yet; a call without a name is none so far."""
        return [piece for call in self._calls if call.name and (piece := self._piece(call)) is not None]

    def _piece(self, call: _Call) -> CallPiece | None:
        more, call.told = "".join(call.arguments[call.told :]), len(call.arguments)
        if call.place >= 0:
            return CallPiece(call.place, "", "", more) if more else None
        call.place, self._places = self._places, self._places + 1
        return CallPiece(call.place, call.id, call.name, more)

    def _add(self, fragment: CallFragment, function: CallFunction) -> None:
        call = self._known(fragment, function)
        if call is None:
            call = _Call(len(self._calls))
            self._calls.append(call)
            self._at[fragment.index if fragment.index is not None else -1] = call
        if fragment.id:
            call.id = call.named_id = fragment.id[:ID_CHARACTERS]
        if function.name and not call.name:
            call.name = function.name[:NAME_CHARACTERS]
        if function.arguments is not None:
            text = function.arguments
            call.arguments.append(text if isinstance(text, str) else msgspec.json.encode(text).decode())
            self._size += len(call.arguments[-1])
        if len(self._calls) > MOST_CALLS or self._size > MOST_ARGUMENTS:
            raise ExternalUnavailable("model_cut")

    def _known(self, fragment: CallFragment, function: CallFunction) -> _Call | None:
        """The call a fragment goes on with; another id begins another call, also where a server gives all one index."""
        call = self._at.get(fragment.index if fragment.index is not None else -1)
        if call is None:
            return None
        other_id = fragment.id and call.named_id and fragment.id[:ID_CHARACTERS] != call.named_id
        named_again = fragment.index is None and not fragment.id and function.name and call.arguments
        return None if other_id or named_again else call
