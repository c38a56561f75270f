#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the folder of a virtual environment that has what the given requirements files ask for, after making it
# where it is absent. Without arguments: the environment of the tests and linters.
#
# PYTHON names the interpreter to make it with, from 3.8 to 3.13; otherwise the first suitable one is taken, python3
# before all others. The requirements of the tests name the newest ansible-core for each Python.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

COLLECTION=$PROJECT_DIR/.build/ansible_collections/kubewright/control_plane

# Prints the version of a Python that is from the given minor to the newest that the collection is tested with.
suitable() {
  "$1" -c 'import sys
if not int(sys.argv[1]) <= sys.version_info[1] <= 13: sys.exit(1)
print(sys.version.split()[0])' "$2" 2>/dev/null
}

# Prints the path and the version of the Python to make environments with. The tools of the tests need 3.11; who names
# an older one asks for less than all of them.
find_python() {
  local candidate candidates=(python3 python3.13 python3.12 python3.11 /usr/bin/python3) least=11 version
  [ -z "${PYTHON:-}" ] || candidates=("$PYTHON") least=8
  for candidate in "${candidates[@]}"; do
    if version=$(suitable "$candidate" "$least"); then
      printf '%s %s\n' "$(command -v "$candidate")" "$version"
      return
    fi
  done
  die "None of these is a Python from 3.$least to 3.13: ${candidates[*]}; install one, or name it in PYTHON"
}

# A virtual environment breaks when the Python that it was made with goes away.
usable() { [ -e "$1/.complete" ] && [ -x "$1/bin/python" ]; }

make_environment() {
  local destination=$1 python=$2 file arguments=()
  shift 2
  # Debian's own Python cannot make environments before this package is there.
  "$python" -c 'import ensurepip' 2>/dev/null || debian_packages python3-venv >&2
  say "Making the Python environment for ${*#"$PROJECT_DIR/"} ($("$python" --version), a minute or two, once)"
  for file in "$@"; do arguments+=(-r "$file"); done
  rm -rf "$destination"
  "$python" -m venv "$destination"
  logged "$CACHE_DIR/log/python-${destination##*/}.log" \
    "$destination/bin/python" -m pip install --disable-pip-version-check "${arguments[@]}"
  "$destination/bin/python" -m pip check >&2 || die "The packages of ${*#"$PROJECT_DIR/"} contradict each other"
  touch "$destination/.complete"
}

# Python finds the collection by its full name through this link, and so do ansible-core and its tools.
link_collection() {
  [ "$(readlink "$COLLECTION")" = ../../.. ] && return
  mkdir -p "${COLLECTION%/*}"
  # A copy that somebody installed here would hide the work tree.
  [ -L "$COLLECTION" ] || rm -rf "$COLLECTION"
  ln -sfn ../../.. "$COLLECTION"
}

# ansible-test makes environments without pip and then downloads a script that installs it, unless its cache holds
# that script. The Python that runs it can do the same by itself. One file name for each generation of ansible-test:
# of ansible-core 2.16 and 2.17, of 2.18 and 2.19, and of 2.20 and 2.21.
offer_pip_installer() {
  local cache=$HOME/.ansible/test/cache name
  for name in get_pip_23_1_2.py get_pip_24_2.py get_pip_25_2.py; do
    [ -e "$cache/$name" ] && continue
    mkdir -p "$cache"
    cat >"$cache/$name" <<'PYTHON'
"""Installs pip from the running Python's own copy, then what the arguments ask for."""
import subprocess
import sys

subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
packages = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", "--upgrade"] + packages))
PYTHON
  done
}

if [ "$#" -eq 0 ]; then set -- "$PROJECT_DIR/requirements.txt" "$PROJECT_DIR/tests"/{ansible-core,requirements}.txt; fi
[ -n "${PYTHON:-}" ] || command -v python3 >/dev/null || debian_packages python3 python3-venv >&2
read -r python version < <(find_python) || exit 1
# Another Python is another environment: the same requirements may mean other packages for it.
final=$CACHE_DIR/python/$(cache_key "$@" - <<<"$version")
if ! usable "$final"; then
  mkdir -p "$CACHE_DIR/python"
  (
    flock 9
    # Another run may have made it while this one was waiting.
    usable "$final" || make_environment "$final" "$python" "$@"
  ) 9>"$final.lock"
fi
link_collection
offer_pip_installer
printf '%s\n' "$final"
