#!/usr/bin/env bash
# Peer (a), first step: a session as a careful user makes one by hand, in few processes.
# It must not do what such a user would leave out: no retry, no look-up, no check of the spec.
set -euo pipefail

fail() {
  printf '::error::%s\n' "$*"
  exit 1
}

request=$(python3 -c '
import json, sys, yaml
with open(sys.argv[1], encoding="utf-8") as file:
    json.dump(yaml.safe_load(file), sys.stdout)
' .harmonica/session.yml)

created=$(curl --silent --show-error --fail-with-body --max-time 60 --data-binary @- \
  --header "Authorization: Bearer $HARMONICA_API_KEY" --header 'Content-Type: application/json' \
  "$HARMONICA_API_URL/api/v1/sessions" <<<"$request") ||
  fail "Harmonica created no session: $created"

fields=$(jq --raw-output '(.join_url // error("no join_url")), .id, .topic' <<<"$created")
{
  read -r join_url
  read -r session_id
  read -r topic
} <<<"$fields"

printf '%s\n' "join_url=$join_url" "session_id=$session_id" "topic=$topic" >>"$GITHUB_OUTPUT"
printf '### %s\n\n[Join the session](%s)\n' "$topic" "$join_url" >>"$GITHUB_STEP_SUMMARY"
