"""Puts the session's context together from its sources, and shares the limit out among them.

This module must not fetch a source, nor decide which sources there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from harmonica_session.spec.spec import Spec

CUT_MARK = "[… cut here: the background is longer than the session's context may be]"
_GAP = "\n\n"


class Background(NamedTuple):
    """A text of the context.

    Attributes:
        source: What people call its source: `the spec`, or a path such as `SESSION.md`. Texts of
            one source have one share of the limit.
        text: The text.
        is_private: Whether the facilitator may know it, and not everybody who sees the run.
    """

    source: str
    text: str
    is_private: bool = False


class Share(NamedTuple):
    """What of a source is in the context.

    Attributes:
        source: What people call it.
        characters: How many of its characters there are.
        cut: How many were left out.
    """

    source: str
    characters: int
    cut: int

    def __str__(self) -> str:
        """Return it as people read it: `SESSION.md (1,200 characters, 300 left out)`."""
        left_out = f", {self.cut:,} left out" if self.cut else ""
        return f"{self.source} ({self.characters:,} characters{left_out})"


@dataclass(frozen=True)
class Context:
    """The context as it is sent, without the reference line.

    Attributes:
        text: The text, empty when there is no background.
        sources: Where it came from, in order.
        cut: How many characters were left out.
        shares: The same for each source.
        private: What of it not everybody may see who sees the run.
    """

    text: str
    sources: tuple[str, ...]
    cut: int = 0
    shares: tuple[Share, ...] = field(default=(), compare=False)
    private: tuple[Background, ...] = field(default=(), compare=False)

    def as_shown(self, text: str) -> str:
        """Return a text that holds the context, with a note in place of what is private."""
        for part in self.private:
            note = f"[{part.source}: not shown, because not everyone who sees this run may see it]"
            text = text.replace(part.text, note)
        return text

    def with_references(self, *references: str) -> str:
        """Return the context with a line `Ref: …` for each reference at its end.

        The lines are the only way to know a session again: the API has no idempotency key.
        """
        lines = "\n".join(f"Ref: {reference}" for reference in references)
        return f"{self.text}\n\n{lines}" if self.text else lines


def compose(spec: Spec, held: dict[int, list[Background]]) -> Context:
    """Return the context of a spec: its own, then what its sources hold, within the limit.

    Args:
        spec: What the file says.
        held: What each source holds, by its position in the list, as far as that is known.
    """
    backgrounds = [Background("the spec", spec.context or "")]
    for at in sorted(held):
        backgrounds += held[at]
    return put_together(backgrounds, spec.context_limit)


def put_together(backgrounds: list[Background], limit: int) -> Context:
    """Join the texts with blank lines; over the limit, each source is cut to its fair share.

    Args:
        backgrounds: The texts, in order. Blank ones are left out.
        limit: Longest context in characters.
    """
    trimmed = [it._replace(text=it.text.rstrip().lstrip("\r\n")) for it in backgrounds]
    held = [it for it in trimmed if it.text]
    rooms = _rooms(held, limit - len(_GAP) * (len(held) - 1))
    kept = [_fitted(it.text, room) for it, room in zip(held, rooms, strict=True)]
    characters: dict[str, int] = {}
    cut: dict[str, int] = {}
    for (source, text, _), (_, length) in zip(held, kept, strict=True):
        characters[source] = characters.get(source, 0) + length
        cut[source] = cut.get(source, 0) + len(text) - length
    return Context(
        text=_GAP.join(text for text, _ in kept if text),
        sources=tuple(source for source, length in characters.items() if length),
        cut=sum(cut.values()),
        shares=tuple(Share(source, length, cut[source]) for source, length in characters.items()),
        private=tuple(
            it._replace(text=text)
            for it, (text, _) in zip(held, kept, strict=True)
            if it.is_private and text
        ),
    )


def _rooms(held: list[Background], limit: int) -> list[int]:
    """Share the limit out: first among the sources, then among the texts of each."""
    texts: dict[str, list[int]] = {}
    for source, text, _ in held:
        texts.setdefault(source, []).append(len(text))
    shares = fair_shares([sum(lengths) for lengths in texts.values()], limit)
    rooms = {
        source: iter(fair_shares(lengths, share))
        for (source, lengths), share in zip(texts.items(), shares, strict=True)
    }
    return [next(rooms[it.source]) for it in held]


def fair_shares(wanted: list[int], limit: int) -> list[int]:
    """Share a limit out so that nobody gets less for another to get more than himself.

    Args:
        wanted: What each could use.
        limit: What there is.

    Returns:
        What each gets: what it wants, or as much as all others that get less than they want.
    """
    shares = [0] * len(wanted)
    left = max(0, limit)
    smallest_first = sorted(range(len(wanted)), key=wanted.__getitem__)
    for taken, place in enumerate(smallest_first):
        shares[place] = min(wanted[place], left // (len(wanted) - taken))
        left -= shares[place]
    return shares


def _fitted(text: str, room: int) -> tuple[str, int]:
    """Return a text that fits, and how many of its own characters are in it."""
    if len(text) <= room:
        return text, len(text)
    length = room - len(CUT_MARK) - 1
    if length <= 0:
        return "", 0
    kept = _cut_at_line_end(text, length)
    return f"{kept}\n{CUT_MARK}", len(kept)


def _cut_at_line_end(text: str, length: int) -> str:
    line_end = text.rfind("\n", 0, length + 1)
    # A line end that costs half of the text is not worth keeping.
    return text[: line_end if line_end > length // 2 else length].rstrip()
