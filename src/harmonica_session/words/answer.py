"""What all answers of a service have in common: their base, and lists that end at an odd row.

This module must not know an answer of its own.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    FailFast,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

_T = TypeVar("_T")

# The first odd row refuses an answer. To find all of them would make gigabytes of the 20 MB that an
# answer may have.
Rows = Annotated[list[_T], FailFast()]
FewRows = Annotated[tuple[_T, ...], FailFast()]


class Answer(BaseModel):
    """What a service answers; fields that are not read are ignored.

    A field that has a default is not indispensable, so it may be missing, null or of any other
    form, and counts as its default then: no oddity in it may lose what is there.
    """

    # A run gets a few of the answers that it knows; each takes a millisecond or two to prepare for.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, defer_build=True)

    @field_validator("*", mode="wrap")
    @classmethod
    def _or_default(
        cls,
        value: Any,  # noqa: ANN401 - any JSON
        handler: ValidatorFunctionWrapHandler,
        info: ValidationInfo,
    ) -> Any:  # noqa: ANN401 - what the field holds
        try:
            return handler(value)
        except ValidationError:
            field = cls.model_fields[info.field_name or ""]
            if field.is_required():
                raise
            return field.get_default(call_default_factory=True, validated_data={})


OptionalText: TypeAlias = str | None
OptionalCount: TypeAlias = int | None
