"""The check's command: fetches the published description, and prints a line for each difference.

It must not ask anything of the API itself.
"""

from __future__ import annotations

import sys
import urllib.request
from typing import TYPE_CHECKING, Any

import yaml

from published_api.differences import differences
from published_api.known import KNOWN
from published_api.relied_on import RELIED_ON

if TYPE_CHECKING:
    from collections.abc import Collection

# Where Harmonica publishes it; https://help.harmonica.chat/llms.txt is the index of these pages.
ADDRESS = "https://help.harmonica.chat/api-reference/openapi.yaml"
_SECONDS, _MOST_BYTES = 30, 10_000_000


def main(words: list[str], known: Collection[str] = KNOWN) -> int:
    """Compare with what is at an address; return 0 when there is nothing new to say.

    Args:
        words: The address, where it is another than the published one.
        known: The differences that there are anyway.
    """
    address = words[0] if words else ADDRESS
    try:
        found = differences(_fetched(address), RELIED_ON)
    # What is null where OpenAPI has an object is found where it is read.
    except (
        OSError,
        ValueError,
        AttributeError,
        TypeError,
        RecursionError,
        yaml.YAMLError,
    ) as error:
        because = " ".join(str(error).split())
        sys.stdout.write(f"{address}: no description could be read: {because}\n")
        return 1
    lines = [line for line in found if line not in known]
    lines += [f"{line}: is over; take it out of known.py" for line in known if line not in found]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 1 if lines else 0


def _fetched(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(address, timeout=_SECONDS) as answer:  # noqa: S310 - our own words
        description = yaml.safe_load(answer.read(_MOST_BYTES))
    if not isinstance(description, dict) or not isinstance(description.get("paths"), dict):
        raise ValueError("it is no OpenAPI file")  # noqa: TRY004 - like what a parser raises
    return description


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
