"""Puts the session's context together from its sources, within the limit.

This module must not fetch a source, nor decide which sources there are.
"""

from __future__ import annotations

from dataclasses import dataclass

LIMIT = 50_000
CUT_MARK = "[… cut here: the background is longer than the session's context may be]"


@dataclass(frozen=True)
class Background:
    """One source of the context.

    Attributes:
        source: What people call it: `the spec`, or a path such as `SESSION.md`.
        text: Its text.
    """

    source: str
    text: str


@dataclass(frozen=True)
class Context:
    """The context as it is sent, without the reference line.

    Attributes:
        text: The text, empty when there is no background.
        sources: Where it came from, in order.
        cut: How many characters were left out.
    """

    text: str
    sources: tuple[str, ...]
    cut: int = 0

    def with_reference(self, reference: str) -> str:
        """Return the context with `Ref: …` as its last line.

        The line is the only way to know a session again: the API has no idempotency key.
        """
        return f"{self.text}\n\nRef: {reference}" if self.text else f"Ref: {reference}"


def put_together(backgrounds: list[Background]) -> Context:
    """Join the sources that hold any text with a blank line, cut at a line end over the limit."""
    held = [(part.source, part.text.rstrip().lstrip("\r\n")) for part in backgrounds]
    held = [(source, text) for source, text in held if text]
    text = "\n\n".join(text for _, text in held)
    sources = tuple(source for source, _ in held)
    if len(text) <= LIMIT:
        return Context(text, sources)
    kept = _cut_at_line_end(text, LIMIT - len(CUT_MARK) - 1)
    return Context(f"{kept}\n{CUT_MARK}", sources, cut=len(text) - len(kept))


def _cut_at_line_end(text: str, length: int) -> str:
    line_end = text.rfind("\n", 0, length + 1)
    # A line end that costs half of the text is not worth keeping.
    return text[: line_end if line_end > length // 2 else length].rstrip()
