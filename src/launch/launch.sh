#!/usr/bin/env bash
# Finds a Python that can run the action and hands over to launch.py beside this file.
# It must not run a program out of the consumer's checkout, nor write a file of its own; it works in
# bash 3.2, on Linux, macOS and Windows (Git Bash), and needs nothing else but a Python.
set -u
unset CDPATH

here=${BASH_SOURCE[0]}
case $here in */*) here=${here%/*} ;; *) here=. ;; esac
start=$PWD
workspace=
# Going there costs nothing, where a subshell with pwd would cost a process.
if [ -n "${GITHUB_WORKSPACE:-}" ] && cd -P -- "$GITHUB_WORKSPACE" 2>/dev/null; then
  workspace=$PWD
  cd -- "$start" || exit 1
fi
cd -P -- "$here" || exit 1
here=$PWD
unsuitable= # what was found and why it does not do, for the error line
python=     # the interpreter chosen, once there is one

fail() {
  local title='No suitable Python' message=$1
  if [ "${GITHUB_ACTIONS:-}" != true ]; then
    printf 'error: %s\n' "$message" >&2
    exit 1
  fi
  [ -z "${GITHUB_OUTPUT:-}" ] || printf 'status=failed\n' >>"$GITHUB_OUTPUT"
  [ -z "${GITHUB_STEP_SUMMARY:-}" ] ||
    printf '### Harmonica session: %s\n\n%s\n' "$title" "$message" >>"$GITHUB_STEP_SUMMARY"
  message=${message//%/%25}
  message=${message//$'\r'/%0D}
  message=${message//$'\n'/%0A}
  printf '::error title=%s::%s\n' "$title" "$message"
  exit 1
}

# True when the file $1 lies in the consumer's checkout, or cannot be placed. Called in /, and ends
# there.
in_workspace() {
  local folder=${1//\\//}
  [ -n "$workspace" ] || return 1
  cd -P -- "${folder%/*}/" 2>/dev/null || return 0
  folder=$PWD
  cd / || exit 1
  case $folder/ in "${workspace%/}"/*) return 0 ;; *) return 1 ;; esac
}

# Sets $python if the command "$@" runs a Python 3.10 or newer. What is kept is the interpreter and
# not the shim that led to it, since a shim would look for .python-version in the checkout.
probe() {
  local answer version
  answer=$(exec "$@" -I -S -X utf8 -c '
import sys
sys.stdout.write("%d.%d %s" % (sys.version_info[0], sys.version_info[1], sys.executable))
' </dev/null 2>/dev/null) || answer=
  version=${answer%% *}
  case $version in
    3.1[0-9] | 3.[2-9][0-9]) python=${answer#* } ;;
    [0-9]*.[0-9]*) unsuitable="$unsuitable${unsuitable:+, }$1 is Python $version" ;;
    *) unsuitable="$unsuitable${unsuitable:+, }$1 does not run as a Python 3" ;;
  esac
  [ -n "$python" ]
}

# Tries every program $1 on PATH in order, with the arguments that follow.
search_path() {
  local name=$1 candidate
  shift
  while IFS= read -r candidate; do
    case $candidate in /*) ;; *) continue ;; esac # a relative PATH entry follows the checkout
    in_workspace "$candidate" && continue
    probe "$candidate" "$@" && ! in_workspace "$python" && return 0
    python=
  done < <(type -aP "$name")
  return 1
}

# Tries the Pythons of the runner's tool cache, newest first.
search_tool_cache() {
  local root=${RUNNER_TOOL_CACHE:-} tried=' ' best newest folder version patch program
  root=${root//\\//}
  [ -n "$root" ] || return 1
  while :; do
    best=-1 newest=
    for folder in "$root"/Python/3.*/*/; do
      version=${folder#"$root"/Python/3.}
      version=${version%%/*}
      patch=${version#*.}
      patch=${patch%%[!0-9]*}
      version=${version%%.*}
      case $version in '' | *[!0-9]*) continue ;; esac
      case $tried in *" $folder "*) continue ;; esac
      [ $((version * 1000 + ${patch:-0})) -gt "$best" ] || continue
      best=$((version * 1000 + ${patch:-0})) newest=$folder
    done
    [ -n "$newest" ] || return 1
    tried="$tried$newest "
    for program in "${newest}bin/python3" "${newest}python.exe"; do
      [ -x "$program" ] && ! in_workspace "$program" && probe "$program" && return 0
    done
  done
}

# Tries what the input python-path names: a file, which may lie in the checkout, or a command.
use_given() {
  case $1 in
    /* | [A-Za-z]:*) probe "$1" ;;
    */* | *\\*) probe "$start/$1" ;;
    *) search_path "$1" ;;
  esac
}

given=${INPUT_PYTHON_PATH:-}
given=${given#"${given%%[![:space:]]*}"}
given=${given%"${given##*[![:space:]]}"}

# Shims of version managers (pyenv, asdf, mise) ask the working folder which Python to be.
cd / || exit 1
if [ -n "$given" ]; then
  use_given "$given" || fail "The input python-path is '$given', which is not Python 3.10 or newer\
${unsuitable:+ ($unsuitable)}. Name the program of a newer Python, or leave python-path out."
elif ! { search_path python3 || search_path python || search_path py -3 || search_tool_cache; }; then
  fail "The Harmonica session action needs Python 3.10 or newer${unsuitable:+ ($unsuitable)}. \
In a workflow, add a step with \`uses: actions/setup-python\` and \`python-version: '3.x'\` before \
this one, or name a Python in the input python-path."
fi
cd -- "$start" || exit 1
exec "$python" -I -S -X utf8 "$here/launch.py" "$@"
