"""Every error that a user can cause or meet, as one tree.

This module must not decide when an error is raised, nor how it is shown.

    ActionError                  anything that is said in one line instead of a traceback
    ├── InputError               an input of the action, or an environment variable, is unusable
    ├── SpecError                the session spec has problems, each with its place
    ├── FileRefused              a file is missing, too large, outside the workspace or not text
    ├── BackgroundMissing        a source of the background cannot be had
    ├── NothingToAnnounceOn      `announce: pull-request` without a pull request
    ├── SeveralSessions          `once-per: topic`, and nobody can say which session is meant
    ├── DeadlineReached          `timeout` seconds have passed
    └── ServiceError             a service did not do what it was asked
        ├── NotSent              the request never reached the service: nothing happened
        ├── FateUnknown          the request may have been carried out, no answer says so
        ├── Refused              an answer with an HTTP status that says no
        │   ├── Barred           the same for a reason that no permission mends
        │   └── RouteMissing     a server of another version or kind, which has no such route
        └── AnswerUnusable       an answer that is not what was asked for
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple

TITLE = "Harmonica session"
"""The heading of annotations that need no other."""

_LONGEST_QUOTE = 40
# GitHub also says 404 and 410 to who may not see a thing.
_ABSENCES = (404, 410)
_DENIALS = (401, 403, *_ABSENCES)
# A redirect, or no such address or method: what stands there is another site.
_NO_WAY = (*range(300, 400), 404, 405)


def clip(text: str, longest: int = _LONGEST_QUOTE) -> str:
    """Return text short enough to be quoted in a message, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


class Problem(NamedTuple):
    """One thing that is wrong, with its place where it has one.

    Attributes:
        file: Path under the workspace, empty when no file is to blame.
        line: Line in the file, counted from 1; 0 for the file as a whole.
        column: Column in the line, counted from 1; 0 for the line as a whole.
        message: What is wrong and what to do, in one line.
    """

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """Return `file:line:column: message`, the form that editors understand."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return f"{place}: {self.message}" if place else self.message


class ActionError(Exception):
    """Anything that is said in one line instead of a traceback.

    Attributes:
        title: The heading of the annotation.
        problems: What is wrong, at least one.
    """

    title: ClassVar[str] = TITLE

    def __init__(self, *problems: Problem | str) -> None:
        """Take what is wrong, as text or with its place."""
        self.problems = [
            Problem("", 0, 0, problem) if isinstance(problem, str) else problem
            for problem in problems
        ]
        super().__init__("; ".join(str(problem) for problem in self.problems))

    @property
    def may_leave_something(self) -> bool:
        """Whether there may be something that the request was to create all the same."""
        return False


class InputError(ActionError):
    """An input of the action, or an environment variable, is unusable."""

    title = "Input of the Harmonica session action"


class SpecError(ActionError):
    """The session spec has problems, each with its place."""

    title = "Harmonica session spec"


class FileRefused(ActionError):
    """A file is missing, too large, outside the workspace or not text."""

    title = "File for the Harmonica session"


class BackgroundMissing(ActionError):
    """A source of the background cannot be had."""

    title = "Background of the Harmonica session"


class NothingToAnnounceOn(ActionError):
    """`announce: pull-request` without a pull request."""

    title = "No pull request to announce on"


class SeveralSessions(ActionError):
    """`once-per: topic`, and nobody can say which session is meant."""

    title = "More than one session"


class DeadlineReached(ActionError):
    """`timeout` seconds have passed."""

    title = "Out of time"


class ServiceError(ActionError):
    """A service did not do what it was asked."""


class NotSent(ServiceError):
    """The request never reached the service: nothing happened.

    Attributes:
        is_final: Whether it would not reach it a moment later either.
    """

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        """Take the line to show, and whether to try again is of no use."""
        super().__init__(message)
        self.is_final = is_final


class FateUnknown(ServiceError):
    """The request may have been carried out, but no answer says so."""

    @property
    def may_leave_something(self) -> bool:
        """Nobody knows."""
        return True


class Refused(ServiceError):
    """An answer with an HTTP status that says no.

    Attributes:
        status: The HTTP status.
        code: The service's own word for it, empty when it gave none.
        reason: The service's own sentence, empty when it gave none.
        is_limit: Whether it only wants to be asked later.
    """

    def __init__(
        self, message: str, *, status: int, code: str = "", reason: str = "", is_limit: bool
    ) -> None:
        """Take the line to show and what the service said."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.reason = reason
        self.is_limit = is_limit

    @property
    def is_out_of_reach(self) -> bool:
        """Whether Harmonica itself says that a session is gone or somebody else's.

        A proxy in front of it may refuse with the same status, and knows nothing of sessions.
        """
        return self.code in ("forbidden", "not_found")

    @property
    def is_no_harmonica(self) -> bool:
        """Whether what answered in Harmonica's place says for good that it does not know the way.

        It may go on meaning nothing: a proxy that gives up, or limits, may let the next one pass.
        """
        return not self.code and not self.is_limit and self.status in _NO_WAY

    @property
    def is_absent(self) -> bool:
        """Whether GitHub knows nothing at this address, or no longer."""
        return self.status in _ABSENCES

    @property
    def is_no_commit(self) -> bool:
        """Whether GitHub says that it has no commit of that name."""
        return self.reason.startswith("No commit found")

    @property
    def is_denial(self) -> bool:
        """Whether the asker may not do this, or there is nothing to do it to."""
        return self.status in _DENIALS and not self.is_limit

    def advised(self, permission: str) -> str:
        """Return the line with what to do about it: here, the permission that may be lacking."""
        return f"{self}; it needs `{permission}`"


class Barred(Refused):
    """A refusal for a reason that no permission mends; the line says what does."""

    def advised(self, permission: str) -> str:  # noqa: ARG002 - as `Refused` has it
        """Return the line as it is."""
        return str(self)


class RouteMissing(Refused):
    """A server of another version or kind has no such route; the rest of it may be as good."""


class AnswerUnusable(ServiceError):
    """An answer that is not what was asked for.

    Attributes:
        session_id: The session that exists all the same, empty when none is known to.
    """

    def __init__(self, message: str, *, session_id: str = "") -> None:
        """Take the line to show and the session that must not be lost."""
        super().__init__(message)
        self.session_id = session_id

    @property
    def may_leave_something(self) -> bool:
        """The session is there."""
        return bool(self.session_id)
