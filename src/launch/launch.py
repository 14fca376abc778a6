"""Run the package from byte code that was sealed at set-up; set it up if need be.

It must not write to the action's folder or the consumer's checkout, nor import anything from there
but what stands beside it and the package itself.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> int:
    """Make both parts importable and run the command that the command line gives."""
    sys.dont_write_bytecode = True  # a start leaves nothing behind, wherever code is read from
    # Needed once: from then on `launch` itself knows where its modules lie.
    sys.path.append(str(Path(__file__).resolve().parents[1]))
    from launch.sealed import parts

    sys.path.pop()
    needed = parts(os.environ)
    found = [part.find() for part in needed]
    if None in found:
        from launch import set_up

        found = [*set_up.provide(needed)]
    for modules in filter(None, found):
        modules.install()
    from harmonica_session import cli

    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
