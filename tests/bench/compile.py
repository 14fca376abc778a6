"""Puts another command line into byte code of a release: `python -m bench.compile BYTE_CODE CLI`.

It must not be imported by the benchmark's own process, whose memory counts in what it measures.
"""

from __future__ import annotations

import marshal
import sys
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path


def main() -> None:
    """Replace what is there of the module."""
    byte_code, cli = map(Path, sys.argv[1:])
    modules = marshal.loads(byte_code.read_bytes()[len(MAGIC_NUMBER) :])  # noqa: S302 - our own
    code = marshal.dumps(compile(cli.read_bytes(), str(cli), "exec", dont_inherit=True))
    modules["harmonica_session.cli"] = False, "", source_hash(cli.read_bytes()), code
    byte_code.write_bytes(MAGIC_NUMBER + marshal.dumps(modules))


if __name__ == "__main__":
    main()
