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
unsuitable= # what was found instead, for the error line
python=     # the interpreter chosen, once there is one
spare=      # the first that will do, but for which libraries have to be installed
label=      # what extension modules of the Python last asked are called

help=https://github.com/OWNER/harmonica-session-action/blob/v1/.github/docs/troubleshooting.md

fail() {
  local title='No suitable Python' message=$1
  if [ "${GITHUB_ACTIONS:-}" != true ]; then
    printf 'error: %s\n' "$message" >&2
    exit 1
  fi
  # Where these cannot be written, the annotation says it all the same.
  {
    printf 'status=failed\n' >>"${GITHUB_OUTPUT:-/dev/null}"
    printf '## Harmonica session: failed\n\n**%s:** %s\n\nNothing was created.\n\n%s\n' \
      "$title" "$message" "[What to do about it]($help#needs-python-310-or-newer)" \
      >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
  } 2>/dev/null
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

# Leaves in PATH what leads outside the checkout: a shim may be a script, and looks for bash there.
trust_path() {
  local entry kept='' rest=$PATH:
  while [ -n "$rest" ]; do
    entry=${rest%%:*} rest=${rest#*:}
    case $entry in /*) in_workspace "$entry/" || kept=$kept${kept:+:}$entry ;; esac
  done
  PATH=$kept
}

# Becomes the command "$@", whose program is a path. The bash of a shim must not read what that of
# the step leaves alone, and only a program can take a function out of the environment.
become() {
  local start='' line without=(-u BASH_ENV -u ENV)
  IFS= read -rn 2 start <"$1"
  [ "$start" = '#!' ] || exec "$@"
  /usr/bin/env | {
    while IFS= read -r line; do
      case $line in BASH_FUNC_*=* | __BASH_FUNC*=*) without+=(-u "${line%%=*}") ;; esac
    done
    exec /usr/bin/env "${without[@]}" "$@" </dev/null
  }
}

# Sets $python, and $label to what extension modules for it are called, if the command "$@" runs a
# Python 3.10 or newer that has what the action needs. What is kept is the interpreter and not the
# shim that led to it, since a shim would look for .python-version in the checkout.
probe() {
  local answer
  python=
  answer=$(become "$@" -I -S -X utf8 -c '
import sys
sys.stdout.write("%d.%d" % (sys.version_info[0], sys.version_info[1]))
from importlib.machinery import EXTENSION_SUFFIXES, PathFinder
import _ssl
if all(map(PathFinder.find_spec, ("hmac", "ssl", "zipfile"))):
    label = EXTENSION_SUFFIXES[0].strip(".").rpartition(".")[0]
    if sys.platform == "darwin":
        import posix
        label += "-" + posix.uname()[4]
    if sys.platform == "linux":
        import posix
        try:
            posix.confstr("CS_GNU_LIBC_VERSION")
        except (OSError, ValueError):
            label = label.replace("gnu", "musl")
    sys.stdout.write(" %s %s" % (label, sys.executable))
' </dev/null 2>/dev/null)
  case $answer in
    3.1[0-9]\ * | 3.[2-9][0-9]\ *)
      answer=${answer#* } label=${answer%% *} python=${answer#* }
      return 0
      ;;
    3.1[0-9] | 3.[2-9][0-9]) answer="Python $answer without ssl, hmac or extension modules" ;;
    [0-9]*.[0-9]*) answer="Python ${answer%% *}" ;;
    *) answer='not a working Python' ;;
  esac
  unsuitable="$unsuitable${unsuitable:+, }$1 is $answer"
  return 1
}

# Whether the program $1, with the arguments that follow, is a Python outside the checkout for which
# libraries are at hand. The first one without is kept as $spare: it will do, once they are installed.
choose() {
  ! in_workspace "$1" && probe "$@" && ! in_workspace "$python" || return 1
  [ ! -d "$here/wheels" ] || [ -d "$here/wheels/$label" ] || {
    spare=${spare:-$python}
    return 1
  }
}

# Tries every program $1 on PATH in order, with the arguments that follow.
search_path() {
  local found candidate
  found=$(type -aP -- "$1" 2>/dev/null)$'\n'
  shift
  # Not in a substitution of processes: a root of a container's may lack /dev/fd.
  while [ -n "$found" ]; do
    candidate=${found%%$'\n'*} found=${found#*$'\n'}
    [ -n "$candidate" ] && choose "$candidate" "$@" && return 0
  done
  return 1
}

# Tries the Pythons of the runner's tool cache.
search_tool_cache() {
  local root=${RUNNER_TOOL_CACHE:-} program
  for program in "${root//\\//}"/Python/3.*/*/{bin/python3,python.exe}; do
    [ -n "$root" ] && [ -x "$program" ] && choose "$program" && return 0
  done
  return 1
}

# Tries what the input python-path names: a file, which may lie in the checkout, or a command.
use_given() {
  case $1 in
    /* | [A-Za-z]:*) probe "$1" ;;
    */* | *\\*) probe "${workspace:-$start}/$1" ;;
    *) search_path "$1" || use_spare ;;
  esac
}

use_spare() {
  python=$spare
  [ -n "$python" ]
}

given=${INPUT_PYTHON_PATH:-}
given=${given#"${given%%[![:space:]]*}"}
given=${given%"${given##*[![:space:]]}"}

# Shims of version managers (pyenv, asdf, mise) ask the working folder which Python to be.
cd / || exit 1
trust_path
if [ -n "$given" ]; then
  use_given "$given" || fail "The input python-path is '$given', which is no suitable Python\
${unsuitable:+ ($unsuitable)}. Give the path of Python 3.10 or newer, or remove python-path."
elif ! { search_path python3 || search_path python || search_path py -3 || search_tool_cache ||
  use_spare; }; then
  fail "The Harmonica session action needs Python 3.10 or newer${unsuitable:+ ($unsuitable)}. \
In a workflow, add a step with \`uses: actions/setup-python\` and \`python-version: '3.x'\` before \
this one, or give the path of a Python in the input python-path."
fi
cd -- "$start" || exit 1
exec "$python" -I -S -X utf8 "$here/launch.py" "$@"
