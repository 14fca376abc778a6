"""Takes away what is blank at the ends of a text, as Harmonica does before it keeps one.

This module must not know which texts it keeps.
"""

from __future__ import annotations

# What JavaScript's `trim` takes away. Python's `strip` leaves U+FEFF, and takes U+001C to U+001F
# and U+0085. Source: ECMAScript, "White Space" and "Line Terminators".
_BLANKS = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)


def trimmed(text: str) -> str:
    """Return a text as Harmonica keeps it; empty where it takes it for none."""
    return text.strip(_BLANKS)
