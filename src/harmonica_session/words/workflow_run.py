"""GitHub's workflow runs, as the list of them shows each.

This module must not know which of them matter.
"""

from __future__ import annotations

from harmonica_session.words.answer import Answer, OptionalText, Rows


class HeadRepository(Answer):
    """Where the commit of a run comes from."""

    id: int


class WorkflowRun(Answer):
    """A workflow run, over all its attempts.

    Source: `GET /repos/{owner}/{repo}/actions/runs`.
    """

    id: int
    event: OptionalText = None
    head_branch: OptionalText = None
    head_sha: OptionalText = None
    head_repository: HeadRepository | None = None
    status: OptionalText = None
    created_at: OptionalText = None
    updated_at: OptionalText = None


class RunPage(Answer):
    """The newest runs of a list, and how many there are."""

    total_count: int
    workflow_runs: Rows[WorkflowRun]

    @property
    def is_whole(self) -> bool:
        """Whether there are no more than these."""
        return self.total_count <= len(self.workflow_runs)
