"""Make the libraries importable, set them up if need be, and run the package.

It must not write to the action's folder or the consumer's checkout, nor import anything from there
but what stands beside it, the package and the libraries of a release.
"""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the command that the command line gives; return the exit code."""
    sys.dont_write_bytecode = True  # a start leaves nothing behind in the action's folder
    # pydantic would read every archive on the path for plugins, and none is among the libraries.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - before any import
    sys.path.append(os.path.dirname(here))  # noqa: PTH120
    try:
        _prepare()
        from harmonica_session import cli
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - whatever it is, it is said in one line
        import shutil

        from launch import say

        if sys.pycache_prefix:
            # Python does not notice byte code that was cut off; the next start makes it anew.
            shutil.rmtree(sys.pycache_prefix, ignore_errors=True)
        say.failure("Setup failed", say.told(error))
        return 1
    return cli.main(sys.argv[1:])


def _prepare() -> None:
    """Make the libraries importable."""
    from launch.libraries import folders, name, use

    if any(use(folder / name()) is not None for folder in folders(os.environ)):
        return
    from launch.set_up import provide

    provide(os.environ)


if __name__ == "__main__":
    raise SystemExit(main())
