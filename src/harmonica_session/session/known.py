"""What is known of a session that Harmonica does not tell: by what it has been asked to be.

This module must not ask anybody, nor say anything of what nobody knows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harmonica_session.announcement.receipt import digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harmonica_session.session.plan import Plan

_ON, _OFF = (digest_of(value)[:16] for value in (True, False))
_TEMPLATE = "template_id"
# As people ask for it in English; in another language the question speaks for itself. A project or
# a team has a name as well, and e-mail may be what the session is about.
_OF_PEOPLE = r"(?:(?:full|real|own|first|last|given|family|preferred|chosen|nick|user) ?)*"
_NAME = re.compile(
    rf"\byour {_OF_PEOPLE}(?:sur)?names?\b(?! (?:for|of)\b)|^{_OF_PEOPLE}(?:sur)?names?\W*$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\byour (?:\w+ )?e-?mail(?: address|(?=\W*$| and\b| or\b))|^e-?mail(?: address)?\W*$",
    re.IGNORECASE,
)


def followed(plan: Plan, *, is_new: bool) -> Mapping[str, str] | None:
    """Return the digests of the fields that a session was asked to be, None where nobody knows."""
    if is_new:
        return plan.task.fields
    receipt = plan.found.own_receipt
    return receipt.fields if receipt and plan.found.knows_fields else None


def ideas_travel(fields: Mapping[str, str] | None) -> bool | None:
    """Say whether ideas may travel between the conversations of a session.

    Source: the published description of the API, where `cross_pollination` is off by default; a
    template has a default of its own.
    """
    if fields is None:
        return None
    asked = fields.get("cross_pollination")
    if asked is None:
        return None if _TEMPLATE in fields else False
    return {_ON: True, _OFF: False}.get(asked)


def first_questions(
    plan: Plan, fields: Mapping[str, str] | None, *, is_as_asked: bool
) -> tuple[str, ...] | None:
    """Return what participants are really asked first, None where nobody knows."""
    asked = tuple(question.text for question in plan.task.request.questions or ())
    if fields is not None and fields.get("questions") == plan.task.fields.get("questions"):
        return asked
    if plan.found.questions is not None:
        return plan.found.questions
    return asked if is_as_asked and fields is not None else None


def asked_for(
    plan: Plan, questions: tuple[str, ...] | None, fields: Mapping[str, str] | None
) -> tuple[str, ...] | None:
    """Return what the first questions ask of people themselves, None where nobody knows.

    Args:
        plan: What is asked for now.
        questions: What participants are really asked first.
        fields: What the session was asked to be.
    """
    if questions is None:
        return None
    # Harmonica does not tell a question's kind, so that of the spec counts where it is followed.
    follows = fields is not None and fields.get("questions") == plan.task.fields.get("questions")
    asked = plan.task.request.questions if follows else None
    kinds = {question.text: question.type for question in asked or ()}
    found = [
        *(["name"] if any(map(_NAME.search, questions)) else []),
        *(
            ["e-mail address"]
            if any(kinds.get(one) == "Email" or _ADDRESS.search(one) for one in questions)
            else []
        ),
    ]
    # A template may have questions of its own, and a free answer may be anything.
    is_sure = fields is not None and _TEMPLATE not in fields
    is_sure = is_sure and all(kinds.get(one) == "Options" for one in questions)
    return tuple(found) if found or is_sure else None
