"""Who may see the results of a session, by what was asked for and by who may see the repository.

This module must not ask anybody, nor know where results are shown.
"""

from __future__ import annotations


def may_show(asked: str, *, is_private: bool, publish: bool) -> bool:
    """Say whether results may stand where everybody sees them who sees the repository.

    No answer of Harmonica tells who may see a session's results, so what was asked for decides.

    Args:
        asked: The `results_visibility` in the signed receipt: `public`, `participants`, `host`;
            empty for the server's default and `unknown` where nobody knows, which are both taken
            for `host`.
        is_private: Whether the repository is surely not public.
        publish: Whether the workflow says that they may be shown, whatever was asked for.
    """
    return publish or asked == "public" or (asked == "participants" and is_private)
