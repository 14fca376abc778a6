"""Finds the ids of the templates, projects and groups that a spec calls by their names.

This module must not ask for the lists, nor know which of them is already there.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harmonica_session.errors import clip
from harmonica_session.text.likeness import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from harmonica_session.spec.document import Path
    from harmonica_session.spec.spec import Spec
    from harmonica_session.words.named import Kind, Named

_MOST_LISTED = 20
_MOST_NEAREST = 3


@dataclass(frozen=True)
class Use:
    """A place of the spec where a name, or an id in its stead, is used.

    Attributes:
        kind: What is named.
        path: Where it stands in the spec.
        text: As it is written.
    """

    kind: Kind
    path: Path
    text: str


def uses_in(spec: Spec) -> list[Use]:
    """List the names that a spec uses, in the order of its keys."""
    targets = enumerate(spec.distribution or ())
    found: list[tuple[Kind, Path, str | None]] = [
        ("template", ("template",), spec.template),
        ("project", ("project",), spec.project),
        *(("group", ("distribution", at, "group"), target.group) for at, target in targets),
    ]
    return [Use(kind, path, text) for kind, path, text in found if text is not None]


def id_of(use: Use, listed: Sequence[Named]) -> str:
    """Return the id that is meant; a text that is an id counts as that id.

    Args:
        use: The name.
        listed: All that has a name of this kind.

    Raises:
        ValueError: Nothing has this name, or several do; the text lists what there is.
    """
    if any(one.id == use.text for one in listed):
        return use.text
    found = list(dict.fromkeys(one.id for one in listed if _same(one.title) == _same(use.text)))
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(
            f"{len(found)} {use.kind}s have the title `{clip(use.text)}`; use the ID of the "
            f"one that you mean: {_listing(found)}"
        )
    there_is = _by_nearness(use.text, [one.title or one.id for one in listed])
    raise ValueError(
        f"there is no {use.kind} `{clip(use.text)}`; "
        + (
            f"the {use.kind}s are {_listing(there_is)}"
            if there_is
            else f"there are no {use.kind}s at all"
        )
    )


def placeholder(use: Use) -> str:
    """Return what stands for the id where nobody can be asked for it."""
    return f"(id of the {use.kind} `{use.text}`, looked up with the API key)"


def with_ids(spec: Spec, ids: Mapping[Path, str], lacking: Collection[Path] = ()) -> Spec:
    """Return the spec with ids beside the names that it uses.

    Args:
        spec: The spec.
        ids: The id for the path of each name.
        lacking: The paths of names for which there can be no id.
    """
    update: dict[str, object] = {
        f"{kind}_id": ids[kind,] for kind in ("template", "project") if (kind,) in ids
    }
    if spec.distribution:
        paths = [("distribution", at, "group") for at in range(len(spec.distribution))]
        update["distribution"] = [
            target.model_copy(update={"group_id": ids[path]}) if path in ids else target
            for target, path in zip(spec.distribution, paths, strict=True)
            if path not in lacking
        ]
    return spec.model_copy(update=update)


def _same(title: str) -> str:
    """Return a title in the form in which those that look alike to people are equal."""
    return " ".join(unicodedata.normalize("NFC", title).casefold().split())


def _by_nearness(text: str, titles: list[str]) -> list[str]:
    """Return each title once, first those that the text may be a slip for."""
    known = {_same(title): title for title in titles}
    near = nearest(_same(text), known, most=_MOST_NEAREST)
    return [known[form] for form in dict.fromkeys([*near, *sorted(known)])]


def _listing(texts: list[str]) -> str:
    more = len(texts) - _MOST_LISTED
    shown = ", ".join(f"`{clip(text)}`" for text in texts[:_MOST_LISTED])
    return f"{shown} and {more} more" if more > 0 else shown
