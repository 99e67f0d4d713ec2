"""Markdown as WhatsApp shows it, in messages no longer than it takes."""

import re
from typing import Final

LONGEST: Final = 4096
"""Characters of a text."""
QUESTION: Final = 1024
"""Characters of a message with buttons."""
HEADING: Final = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*$")
RULE: Final = re.compile(r"^ {0,3}([-*_])(?:\s*\1){2,}\s*$")
DIVIDER: Final = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
BULLET: Final = re.compile(r"^(\s*)[*+-]\s+(?:\[([ xX])\]\s+)?")
LINK: Final = re.compile(r"!?\[([^\]\n]*)\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
AUTOLINK: Final = re.compile(r"<((?:https?://|mailto:)[^>\s]+)>")
BOLD: Final = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
LOUD: Final = re.compile(r"\*\*\*(?=\S)(.+?)(?<=\S)\*\*\*")
ITALIC: Final = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])")
STRUCK: Final = re.compile(r"~~(?=\S)(.+?)(?<=\S)~~")
ESCAPED: Final = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|~<>&])")
CODE: Final = re.compile(r"(`+[^`\n]*`+)")
CELLS: Final = re.compile(r"(?<!\\)\|")
ENDS: Final = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"[.!?…][\"»”')]*\s"), re.compile(r"\s"))
"""Where a text may be cut, best first."""
FENCE: Final = "```"
ROOM: Final = 8
"""Characters kept free to close a block of code that is cut."""
STRONG, KEPT = "\ue000", "\ue001"
"""Stand for a bold mark and for an escaped sign while the others are looked for."""


def plain(markdown: str) -> str:
    """The text with WhatsApp's own marks; code blocks as they are, tables as lines."""
    lines: list[str] = []
    head: list[str] | None = None
    fenced = False
    for line in markdown.replace("\r\n", "\n").split("\n"):
        if line.lstrip().startswith(FENCE):
            fenced, head = not fenced, None
            lines.append(FENCE)
        elif fenced:
            lines.append(line)
        elif line.lstrip().startswith("|") and "|" in line.strip()[1:]:
            cells = _cells(line)
            if DIVIDER.match(line):
                continue
            if head is None:
                head = cells
                lines.append(" · ".join(f"*{_inline(cell)}*" for cell in cells if cell))
            else:
                lines.append("• " + " · ".join(_inline(cell) for cell in cells if cell))
        else:
            head = None
            lines.append(_line(line))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def split(text: str, longest: int = LONGEST) -> list[str]:
    """The text in parts of at most `longest` characters, cut after a paragraph, a line, a sentence or a word."""
    parts: list[str] = []
    left = text.strip()
    while _length(left) > longest:
        at = _cut(left[: _fitting(left, longest - ROOM)])
        part, left = left[:at].rstrip(), left[at:].lstrip()
        if part.count(FENCE) % 2:  # a block of code goes on in the next message
            part, left = f"{part}\n{FENCE}", f"{FENCE}\n{left}"
        parts.append(part)
    return [*parts, left] if left else parts


def shortened(text: str, longest: int) -> str:
    """The beginning of the text, where all of it is too long."""
    return text if _length(text) <= longest else text[: _fitting(text, longest - 1)].rstrip() + "…"


def _line(line: str) -> str:
    if RULE.match(line):
        return "———"
    heading = HEADING.match(line)
    if heading is not None:
        bare = _inline(heading[1]).replace("*", "")
        return f"*{bare}*" if bare else ""
    bullet = BULLET.match(line)
    if bullet is None:
        return _inline(line)
    box = "" if bullet[2] is None else ("☐ " if bullet[2] == " " else "☑ ")
    return f"{bullet[1]}• {box}{_inline(line[bullet.end() :])}"


def _inline(text: str) -> str:
    """Marks within a line; what stands between backticks stays as it is."""
    return "".join(piece if place % 2 else _marked(piece) for place, piece in enumerate(CODE.split(text)))


def _marked(text: str) -> str:
    kept: list[str] = []

    def keep(sign: str) -> str:
        kept.append(sign)
        return KEPT

    text = text.replace(STRONG, "").replace(KEPT, "")
    text = ESCAPED.sub(lambda found: keep(found[1]), text)
    text = LINK.sub(_linked, text)
    text = AUTOLINK.sub(r"\1", text)
    text = LOUD.sub(rf"{STRONG}_\1_{STRONG}", text)
    text = BOLD.sub(rf"{STRONG}\2{STRONG}", text)
    text = ITALIC.sub(r"_\1_", text)
    text = STRUCK.sub(r"~\1~", text).replace(STRONG, "*")
    return re.sub(KEPT, lambda _: kept.pop(0), text)


def _linked(found: re.Match[str]) -> str:
    words, address = found[1].strip(), found[2]
    return address if not words or words == address else f"{words} ({address})"


def _cells(line: str) -> list[str]:
    inside = line.strip().removeprefix("|")
    inside = inside[:-1] if inside.endswith("|") and not inside.endswith("\\|") else inside
    return [cell.strip() for cell in CELLS.split(inside)]


def _cut(text: str) -> int:
    """Where to cut: the last good place in the second half, or the end."""
    for end in ENDS:
        found = [match.end() for match in end.finditer(text, len(text) // 2)]
        if found:
            return found[-1]
    return len(text)


def _length(text: str) -> int:
    """As the stricter of the two ways to count would have it: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def _fitting(text: str, longest: int) -> int:
    return len(text.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore"))
