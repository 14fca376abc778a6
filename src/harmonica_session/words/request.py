"""The request that makes a session, in the words of Harmonica's API.

This module must not know where a request comes from, nor how it is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    model_validator,
)
from pydantic_core.core_schema import no_info_after_validator_function

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

from harmonica_session.text.blanks import trimmed


def _trimmed(value: object) -> object:
    return trimmed(value) if isinstance(value, str) else value


Text = Annotated[str, StringConstraints(strict=True, min_length=1), BeforeValidator(_trimmed)]
Switch = Annotated[bool, Field(strict=True)]


@dataclass(frozen=True)
class Known:
    """Marks a text whose values make a list that grows: what is not in it is Harmonica's to refuse.

    What differs from one of them in its case alone is no new value.

    Attributes:
        values: Those that there are as far as is known.
    """

    values: tuple[str, ...]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return the schema with a check for slips."""
        return no_info_after_validator_function(self._checked, handler(source))

    def _checked(self, value: str) -> str:
        for known in self.values:
            if value != known and value.casefold() == known.casefold():
                raise ValueError(f"`{value}` must be written `{known}`")
        return value

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Return the schema with the values in it, for editors to offer."""
        return {"anyOf": [{"enum": [*self.values]}, handler(schema)]}


ResultsVisibility = Annotated[Text, Known(("public", "participants", "host"))]
# Source: Harmonica's own clients, August 2026.
TELEGRAM = "telegram"
Channel = Annotated[Text, Known((TELEGRAM, "community-admin", "slack", "discord", "buzz"))]
_OPTIONS = "Options"
_WITHOUT_OPTIONS = ("Short field", "Email")
QuestionType = Annotated[Text, Known((*_WITHOUT_OPTIONS, _OPTIONS))]
# What is no part of the body that creates a session, and is sent to it afterwards.
PATCH_ONLY = ("welcome_message", "summary_prompt")


class Part(BaseModel):
    """A part of a request: closed, so that a misspelt key is found."""

    # Most specs use few of the parts, and building a model takes a run its time. That is no way
    # for models that several threads may be the first to use.
    model_config = ConfigDict(
        extra="forbid", defer_build=True, frozen=True, hide_input_in_errors=True
    )

    @model_validator(mode="before")
    @classmethod
    def _leave_out_what_has_no_value(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        # An unknown key stays, to be refused: `{text: …, required true}` is a slip, and no form.
        optional = {name for name, field in cls.model_fields.items() if not field.is_required()}
        return {k: v for k, v in value.items() if v is not None or k not in optional}


class Question(Part):
    """A question that participants answer before the conversation starts."""

    text: Text
    type: QuestionType | None = None
    required: Switch | None = None
    options: Annotated[list[Text], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _options_belong_to_their_type(self) -> Question:
        if self.type == _OPTIONS and self.options is None:
            raise ValueError("a question of type `Options` needs `options`, a list of texts")
        if self.type in (None, *_WITHOUT_OPTIONS) and self.options is not None:
            raise ValueError("`options` requires `type: Options`")
        return self


class DistributionTarget(Part):
    """A channel in which Harmonica itself announces the session."""

    channel: Channel
    group_id: Text | None = None


class RosterEntry(Part):
    """A person of a chain template with roles; the keys are the API's own."""

    email: Text | None = None
    displayName: Text | None = None  # noqa: N815 - the API's spelling
    auth0Sub: Text | None = None  # noqa: N815 - the API's spelling
    rolesByStep: dict[str, Text] | None = None  # noqa: N815 - the API's spelling

    @model_validator(mode="after")
    def _says_something(self) -> RosterEntry:
        if not self.model_fields_set:
            raise ValueError(
                "this entry of the roster is empty; identify a person, for example with `email: …`"
            )
        return self


def _question_from_text(value: object) -> object:
    # The API answers 201 to a bare text and then loses it; only the object form is kept.
    return {"text": value} if isinstance(value, str) else value


class SessionRequest(BaseModel):
    """The body of `POST /sessions`; fields that are not set are not sent.

    Fields that this version does not know are kept as they stand, see `api:` in the spec.
    """

    model_config = ConfigDict(
        extra="allow", defer_build=True, frozen=True, hide_input_in_errors=True
    )

    topic: Text
    goal: Text
    context: Text | None = None
    critical: Text | None = None
    prompt: Text | None = None
    welcome_message: Text | None = None
    summary_prompt: Text | None = None
    template_id: Text | None = None
    project_id: Text | None = None
    questions: list[Annotated[Question, BeforeValidator(_question_from_text)]] | None = None
    cross_pollination: Switch | None = None
    widgets_enabled: Switch | None = None
    results_visibility: ResultsVisibility | None = None
    distribution: list[DistributionTarget] | None = None
    roster: list[RosterEntry] | None = None

    def fields(self) -> dict[str, JsonValue]:
        """Return what is set, and nothing else; `project_id: null` stands for no project."""
        return self.model_dump(mode="json", exclude_unset=True)

    def body(self) -> dict[str, JsonValue]:
        """Return the JSON object that creates the session."""
        fields = {name: it for name, it in self.fields().items() if name not in PATCH_ONLY}
        if fields.get("project_id", "") is None:
            # Null detaches a session that exists; a new one has nothing to be detached from.
            del fields["project_id"]
        return fields
