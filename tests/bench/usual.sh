#!/usr/bin/env bash
# Peer (c): the set-up as composite actions in Python do it: usual.sh FOLDER LOCK
# It must not be slower than it has to be; a cold runner has no cache of pip's.
set -euo pipefail

python3 -m venv "$1"
"$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir \
  --require-hashes --no-deps --requirement "$2"
