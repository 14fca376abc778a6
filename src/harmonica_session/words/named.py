"""What has a name in Harmonica: templates, projects, Telegram groups.

This module must not compare names, nor know how they are listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["template", "project", "group"]


@dataclass(frozen=True)
class Named:
    """Something that has a name in Harmonica.

    Attributes:
        id: What the API wants.
        title: What people see, empty when nobody gave it one.
    """

    id: str
    title: str
