#!/usr/bin/env bash
# Peer (a): the step as a careful user writes it by hand, with as few processes as it can do with.
# It must not do what such a user would leave out: no retry, no look-up, no check of the spec.
set -euo pipefail

fail() {
  printf '::error::%s\n' "$*"
  exit 1
}

# Sends standard input as JSON: post TOKEN URL
post() {
  curl --silent --show-error --fail-with-body --max-time 60 --data-binary @- \
    --header "Authorization: Bearer $1" --header 'Content-Type: application/json' "$2"
}

request=$(python3 -c '
import json, sys, yaml
with open(sys.argv[1], encoding="utf-8") as file:
    json.dump(yaml.safe_load(file), sys.stdout)
' .harmonica/session.yml)

created=$(post "$HARMONICA_API_KEY" "$HARMONICA_API_URL/api/v1/sessions" <<<"$request") ||
  fail "Harmonica created no session: $created"

fields=$(jq --raw-output '
  (.join_url // error("no join_url")), .id, .topic,
  ({body: "## \(.topic)\n\n### [Join the session](\(.join_url))\n\n**Goal:** \(.goal)"} | tojson)
' <<<"$created")
{
  read -r join_url
  read -r session_id
  read -r topic
  read -r comment
} <<<"$fields"

printf '%s\n' "join_url=$join_url" "session_id=$session_id" "topic=$topic" >>"$GITHUB_OUTPUT"
printf '### %s\n\n[Join the session](%s)\n' "$topic" "$join_url" >>"$GITHUB_STEP_SUMMARY"

comments=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/$PR_NUMBER/comments
answer=$(post "$GITHUB_TOKEN" "$comments" <<<"$comment") ||
  fail "GitHub took no comment: $answer"
