"""Takes the pictures: comment and job summary of each case, light and dark, wide and narrow.

    PYTHONPATH=src:tests .venv/bin/python -m pictures FOLDER [CASE…]
    PYTHONPATH=src:tests .venv/bin/python -m pictures --readme .github/comment.png

It must not decide what is in a picture. It needs Chromium, or Chrome, on PATH or as `CHROMIUM`.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pictures.cases import NAMES, Case, case
from pictures.page import page
from pictures.smaller import smaller

_BROWSERS = (
    *("chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable"),
)
_WIDTHS = (860, 390)
_README_WIDTH = 760
_PATIENCE = 120


def main(arguments: list[str]) -> int:
    """Take the pictures that are asked for; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="pictures", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "--readme", metavar="FILE", type=Path, help="the one picture for the README"
    )
    parser.add_argument("folder", nargs="?", type=Path, help="where the pictures go")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(NAMES)}")
    asked = parser.parse_args(arguments)
    browser = _browser()
    if not browser:
        parser.error("there is no Chromium or Chrome on PATH; name one in CHROMIUM")
    if asked.readme:
        shown = ("github-actions bot commented", _without_receipt(case("created").comment))
        _take(browser, page(shown), asked.readme, _README_WIDTH, scale=2)
        asked.readme.write_bytes(smaller(asked.readme.read_bytes()))
    elif asked.folder:
        asked.folder.mkdir(parents=True, exist_ok=True)
        for name in asked.cases or NAMES:
            _take_all(browser, case(name), asked.folder)
    else:
        parser.error("name a folder, or --readme FILE")
    return 0


def _without_receipt(comment: str) -> str:
    return re.sub("(?m)^<!-- .* -->\n", "", comment)


def _take_all(browser: str, it: Case, folder: Path) -> None:
    shown = (("comment", _without_receipt(it.comment)), ("job summary", it.summary))
    for is_dark in (False, True):
        for width in _WIDTHS:
            target = folder / f"{it.name}-{width}-{'dark' if is_dark else 'light'}.png"
            _take(browser, page(*shown, is_dark=is_dark), target, width)


def _take(browser: str, html: str, target: Path, width: int, scale: int = 1) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(html, "utf-8")
        seen = _run(browser, f"--window-size={width},100", "--dump-dom", file.as_uri())
        found = re.search(r"<title>(\d+) (\d+)</title>", seen)
        height, needed = (int(found[1]), int(found[2])) if found else (2_000, width)
        if needed > width:
            sys.stderr.write(f"{target.name} is {needed} wide, and the window {width}\n")
        size = f"--window-size={width},{height}"
        device = f"--force-device-scale-factor={scale}"
        _run(browser, size, device, f"--screenshot={target.absolute()}", file.as_uri())
    sys.stdout.write(f"{target}\n")


def _run(browser: str, *arguments: str) -> str:
    # As root, as in a container, Chromium has no sandbox; the page is our own.
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    # In grey alone, letters look the same on every screen, and the picture is smaller.
    options += ["--disable-lcd-text", *arguments]
    done = subprocess.run(  # noqa: S603 - the browser that was chosen
        [browser, *options], capture_output=True, text=True, check=True, timeout=_PATIENCE
    )
    return done.stdout


def _browser() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in _BROWSERS if (found := shutil.which(name))), None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
