"""The differences between the published description and the API that are known, with their source.

It must not hold one that is over; the check says which is.
"""

from __future__ import annotations

_CLIENTS = "Harmonica's own clients send it, August 2026"
_TOLD = "read where a server tells it; nothing depends on it"
_NEWER = "newer servers; older ones ignore it, and their answer is read as well"
_PROPOSED = "the description of regenerate-facilitation-prompt says to send it"
KNOWN = {
    "POST /sessions: `questions[].type` is not described": _CLIENTS,
    "POST /sessions: `questions[].required` is not described": _CLIENTS,
    "POST /sessions: `questions[].options` is not described": _CLIENTS,
    "POST /sessions: `distribution[].channel: buzz` is not described": _CLIENTS,
    "POST /sessions: `distribution[].channel: community-admin` is not described": _CLIENTS,
    "POST /sessions: `distribution[].channel: discord` is not described": _CLIENTS,
    "POST /sessions: `distribution[].channel: slack` is not described": _CLIENTS,
    "POST /sessions: `distribution[].group_id` is required, and may be left out here": (
        "a spec needs a group for `telegram`; other channels may have none"
    ),
    "POST /sessions: `roster` is not described": _CLIENTS,
    "PATCH /sessions/{id}: `welcome_message` is not described": _CLIENTS,
    "PATCH /sessions/{id}: `summary_prompt` is not described": _CLIENTS,
    "PATCH /sessions/{id}: `prompt_summary` is not described": _PROPOSED,
    "PATCH /sessions/{id}: `prompt_generated_from` is not described": _PROPOSED,
    "GET /sessions/{id}/responses: `mode` of its query is not described": _NEWER,
    "GET /sessions/{id}/responses: `message_count` of the answer is not described": _NEWER,
    "POST /sessions: `results_visibility` of the answer is not described": _TOLD,
    "POST /sessions: `welcome_message` of the answer is not described": _TOLD,
    "POST /sessions: `summary_prompt` of the answer is not described": _TOLD,
    "POST /sessions: `chain` of the answer is not described": (
        "Harmonica's server answers it for chain templates"
    ),
}
