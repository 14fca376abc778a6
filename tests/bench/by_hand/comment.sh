#!/usr/bin/env bash
# Peer (a), second step for those who do without an action: the comment by curl.
# It must not look for an earlier comment, so each run posts another.
set -euo pipefail

jq --null-input --compact-output '{body: env.INPUT_MESSAGE}' |
  curl --silent --show-error --fail-with-body --max-time 60 --data-binary @- --output /dev/null \
    --header "Authorization: Bearer $INPUT_TOKEN" --header 'Content-Type: application/json' \
    "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/$PR_NUMBER/comments"
