"""An answer while it is being written."""


class Draft:
    """All of the text, and what of it no checkpoint has yet."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._unsaved: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._parts)

    def begin_with(self, prefix: str) -> None:
        """The answer goes on from text that is saved already."""
        self._parts = [prefix]

    def add(self, texts: list[str]) -> None:
        self._parts += texts
        self._unsaved += texts

    def text(self) -> str:
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    def take_unsaved(self) -> str:
        """The text since the last time; to be given back if it could not be saved."""
        taken, self._unsaved = "".join(self._unsaved), []
        return taken

    def give_back(self, taken: str) -> None:
        self._unsaved.insert(0, taken)
