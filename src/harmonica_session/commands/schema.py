"""`schema`: prints the JSON Schema of the spec, for editors.

This module must not know what stands in it.
"""

from __future__ import annotations

import json
import sys

from harmonica_session.spec.schema import spec_schema


def print_schema() -> int:
    """Print the schema to standard output; return 0."""
    sys.stdout.write(f"{json.dumps(spec_schema(), indent=2)}\n")
    return 0
