"""What is shown: answers as they grow, on standard output; what Léa is doing, on a line that goes away."""

from typing import Final, TextIO
from unicodedata import category

from lea.cli.chatting.words import WORDS
from lea.client import Answer, Change, Confirmation, Replaced
from lea.sentences import Language

CONTROLS: Final = {code: "\N{REPLACEMENT CHARACTER}" for code in [*range(32), *range(127, 160)] if code not in (9, 10)}
"""What would move the cursor or talk to the terminal; an answer may quote anybody's document."""
ERASE: Final = "\r\x1b[K"


class Screen:
    """A terminal, or a file that gets the text once it is whole."""

    def __init__(self, out: TextIO, err: TextIO, language: Language) -> None:
        self.words = WORDS[language]
        self._out = out
        self._err = err
        self._live = out.isatty()
        self._quiet = not err.isatty()
        self._staged = False
        self._open = False
        """Whether the last line of text has no end yet."""
        self._began = False

    def begin(self) -> None:
        """Another answer."""
        self._began = False

    def show(self, answer: Answer) -> None:
        """What is new since it was shown last."""
        if answer.stage is not None and not self._began:  # later it would cut the text in two
            self.stage(answer.stage, position=answer.position)
        piece = answer.take()
        if not self._live or not (piece or isinstance(piece, Replaced)):
            return
        self._unstage()
        if isinstance(piece, Replaced):
            self._close()
            self._write(f"{self.words['again']}\n")
        self._write(piece)
        self._began = True

    def end(self, answer: Answer) -> None:
        """How it ended, below its text."""
        self._unstage()
        reason = answer.done.finish_reason if answer.done else ""
        if not self._live:
            self._write(answer.text)
        self._close()
        for action in answer.actions:
            self.say(f"{MARKS.get(action.state, '·')} {action.summary}")
            for change in action.changes:
                self.say(f"    {_line(change)}")
        if reason in ENDS:
            self.note(self.words[ENDS[reason]])
        self._out.flush()

    def ask(self, confirmation: Confirmation) -> None:
        """Exactly what would be written."""
        self.say(self.words["asks"].format(summary=exact(confirmation.summary)))
        facts = [_line(fact) for fact in confirmation.facts]
        for line in facts or [f"{exact(name)}: {exact(value)}" for name, value in confirmation.arguments.items()]:
            self.say(f"    {line}")

    def stage(self, stage: str, **values: object) -> None:
        """One line that the next one overwrites; only where somebody looks."""
        if not self._quiet and stage in self.words:
            self._close()
            self._err.write(f"{ERASE}{self.words[stage].format(**values)}")
            self._err.flush()
            self._staged = True

    def say(self, text: str) -> None:
        """A line of the conversation."""
        self._unstage()
        if self._live:
            self._write(f"{text}\n")

    def note(self, text: str) -> None:
        """A line about the conversation."""
        self._unstage()
        self._close()
        self._err.write(f"{exact(text)}\n")
        self._err.flush()

    def _write(self, text: str) -> None:
        self._out.write(text.translate(CONTROLS) if self._live else text)
        self._out.flush()
        if text:
            self._open = not text.endswith("\n")

    def _close(self) -> None:
        if self._open:
            self._write("\n")

    def _unstage(self) -> None:
        if self._staged:
            self._err.write(ERASE)
            self._err.flush()
            self._staged = False


MARKS: Final = {"succeeded": "✓", "failed": "✗", "unknown": "?", "undone": "↶"}
ENDS: Final = {"stopped": "stopped", "length": "cut"}


def exact(value: object) -> str:
    """One line in which nothing is hidden: what cannot be seen is written as its code, but for spaces."""
    return "".join(one if one.isprintable() or category(one) == "Zs" else f"\\u{ord(one):04x}" for one in str(value))


def _line(change: Change) -> str:
    before = "" if change.before is None else f"{exact(change.before)} → "
    return f"{exact(change.label)}: {before}{exact(change.after)}"
