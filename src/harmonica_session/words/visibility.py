"""Who may see a repository, and when somebody last did something to it.

This module must not know how it is asked, nor what may be shown there.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from harmonica_session.words.answer import Answer, OptionalText

_CLOSED = ("private", "internal")


class Visibility(Answer):
    """What a repository says of who may see it; any other form counts as unsaid.

    Source: `GET /repos/{owner}/{repo}`, and `repository` in the payload of an event.

    Attributes:
        private: True for an internal repository as well.
        visibility: `public`, `private` or `internal`; missing on old servers.
    """

    private: Annotated[bool, Field(strict=True)] | None = None
    visibility: OptionalText = None

    @property
    def is_private(self) -> bool:
        """Whether it is surely not everybody who may see it: one of the two says so, none denies.

        Anything that is not known counts as public.
        """
        is_said = self.private is True or self.visibility in _CLOSED
        is_denied = self.private is False or self.visibility not in (None, *_CLOSED)
        return is_said and not is_denied


class AboutRepository(Visibility):
    """What a repository says of itself.

    Attributes:
        pushed_at: When somebody last pushed to any of its branches, in ISO 8601.
    """

    pushed_at: OptionalText = None
