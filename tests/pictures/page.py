"""A page that shows Markdown about as GitHub does, for a browser to take a picture of.

It must not make anything up that GitHub does not show; its style is our own.
"""

from __future__ import annotations

import re

from harness.rendered import rendered

_STYLE = """
:root { color-scheme: light; --ink: #1f2328; --faint: #59636e; --line: #d1d9e0; --sheet: #fff;
  --shade: #f6f8fa; --link: #0969da; --stripe: #f6f8fa; }
:root.dark { color-scheme: dark; --ink: #f0f6fc; --faint: #9198a1; --line: #3d444d;
  --sheet: #0d1117; --shade: #151b23; --link: #4493f8; --stripe: #151b23; }
* { box-sizing: border-box; }
body { margin: 0; padding: 16px; background: var(--sheet); color: var(--ink);
  overflow-wrap: break-word; font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica,
  Arial, "DejaVu Sans", sans-serif; }
.box { max-width: 860px; border: 1px solid var(--line); border-radius: 6px; margin: 0 0 16px; }
.by { background: var(--shade); border-bottom: 1px solid var(--line); border-radius: 6px 6px 0 0;
  color: var(--faint); padding: 8px 16px; }
.by b { color: var(--ink); }
.text { padding: 16px; }
.text > :first-child { margin-top: 0; } .text > :last-child { margin-bottom: 0; }
p, ul, ol, blockquote, table, pre { margin: 0 0 16px; }
h1, h2, h3, h4 { line-height: 1.25; margin: 24px 0 16px; font-weight: 600; }
h2 { font-size: 1.5em; border-bottom: 1px solid var(--line); padding-bottom: .3em; }
h3 { font-size: 1.25em; }
ul, ol { padding-inline-start: 2em; } li + li { margin-top: .25em; }
blockquote { border-inline-start: .25em solid var(--line); color: var(--faint); padding: 0 1em;
  margin-inline: 0; }
blockquote > :last-child { margin-bottom: 0; }
a { color: var(--link); text-underline-offset: .2em; }
sub { font-size: 75%; line-height: 0; position: relative; bottom: -.25em;
  vertical-align: baseline; }
li:has(> input) { list-style: none; margin-inline-start: -1.4em; }
table { border-collapse: collapse; display: block; width: max-content; max-width: 100%;
  overflow: auto; }
td, th { border: 1px solid var(--line); padding: 6px 13px; }
tr:nth-child(2n) { background: var(--stripe); }
code, pre { font: 85%/1.45 ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; }
code { background: var(--shade); border-radius: 6px; padding: .2em .4em;
  white-space: break-spaces; }
pre { background: var(--shade); border-radius: 6px; padding: 16px; overflow: auto; }
pre code { background: none; padding: 0; white-space: pre; }
hr { border: 0; height: .25em; background: var(--line); margin: 24px 0; }
"""
# GitHub lets each of these take the direction of its own text.
_BLOCKS = re.compile(r"<(p|h[1-6]|ul|ol)>")
_MEASURE = (
    "<script>const it = document.documentElement;"
    "document.title = `${it.scrollHeight} ${it.scrollWidth}`</script>"
)


def _box(by: str, markdown: str) -> str:
    text = _BLOCKS.sub(r'<\1 dir="auto">', rendered(markdown))
    head = f'<div class="by"><b>{by}</b></div>' if by else ""
    return f'<div class="box">{head}<div class="text">{text}</div></div>'


def page(*shown: tuple[str, str], is_dark: bool = False) -> str:
    """Return a page; its title is the height and the width that it comes to, for who measures it.

    Args:
        shown: Who says it, and the Markdown.
        is_dark: Whether it is shown in the dark.
    """
    boxes = "".join(_box(by, markdown) for by, markdown in shown if markdown)
    theme = ' class="dark"' if is_dark else ""
    return (
        f"<!doctype html><html{theme}><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'>"
        f"<style>{_STYLE}</style><body>{boxes}{_MEASURE}"
    )
