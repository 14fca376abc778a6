"""What all answers of a service have in common: their base, and fields that may be odd.

This module must not know an answer of its own.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    FailFast,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

_T = TypeVar("_T")

# The first odd row refuses an answer. To find all of them would make gigabytes of the 20 MB that an
# answer may have.
Rows = Annotated[list[_T], FailFast()]
FewRows = Annotated[tuple[_T, ...], FailFast()]


class Answer(BaseModel):
    """What a service answers; fields that are not read are ignored."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


def or_nothing(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:  # noqa: ANN401 - any JSON
    """Read an optional field of an answer; one that has another form counts as missing."""
    try:
        return handler(value)
    except ValidationError:
        return None


# What is not indispensable may have any form: no oddity in it may lose a session that exists.
OptionalText = Annotated[str | None, WrapValidator(or_nothing)]
OptionalCount = Annotated[int | None, WrapValidator(or_nothing)]
