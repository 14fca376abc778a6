"""What a Harmonica account has names for: templates, projects, Telegram groups.

This module must not compare a name, nor ask for a list twice.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import ConfigDict

from harmonica_session.edges.harmonica.refusals import accepted
from harmonica_session.edges.network.exchange import Request, Response
from harmonica_session.words.answer import Answer, FewRows, OptionalText, Rows
from harmonica_session.words.named import Kind, Named

if TYPE_CHECKING:
    from harmonica_session.edges.network.retry import Persistent

PAGE = 100


class _Titled(Answer):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str
    title: OptionalText = None


class _TitledRows(Answer):
    data: Rows[_Titled]


class _Group(Answer):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    group_id: str
    group_name: OptionalText = None


class _Groups(Answer):
    data: FewRows[_Group] = ()


class Catalogue:
    """The lists of one account, each asked for when it is needed, and kept."""

    def __init__(self, service: Persistent) -> None:
        """Take the way to Harmonica; nothing is asked yet."""
        self._service = service

    def of(self, kind: Kind) -> list[Named]:
        """Return all that has a name of a kind.

        Raises:
            RouteMissing: This Harmonica has none of the kind.
            ServiceError: Harmonica did not tell.
        """
        if kind == "template":
            return self._templates
        return self._projects if kind == "project" else self._groups

    @cached_property
    def _templates(self) -> list[Named]:
        """The account's templates and the public ones: `GET /templates`."""
        rows: _TitledRows = self._ask("template", "/templates").read(_TitledRows)
        return [Named(row.id, row.title or "") for row in rows.data]

    @cached_property
    def _projects(self) -> list[Named]:
        """The projects within reach: `GET /projects`, all pages."""
        found: list[Named] = []
        while True:
            query = {"limit": PAGE, "offset": len(found)}
            page: _TitledRows = self._ask("project", "/projects", query).read(_TitledRows)
            found += [Named(row.id, row.title or "") for row in page.data]
            if len(page.data) < PAGE:
                return found

    @cached_property
    def _groups(self) -> list[Named]:
        """The account's Telegram groups: `GET /integrations/telegram/groups`."""
        rows: _Groups = self._ask("group", "/integrations/telegram/groups").read(_Groups)
        return [Named(row.group_id, row.group_name or "") for row in rows.data]

    def _ask(self, kind: Kind, path: str, query: dict[str, int] | None = None) -> Response:
        request = Request(f"list the {kind}s", "GET", path, query=query)
        return accepted(self._service.send(request), 200, optional=f"{kind}s")
