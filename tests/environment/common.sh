# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Shared by the scripts of this folder; sourced, never run.
# shellcheck disable=SC2034  # its variables are for those scripts

set -euo pipefail

PROJECT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE_DIR=${KUBEWRIGHT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kubewright}
KUBERNETES_VERSION=v1.20.2
export DEBIAN_FRONTEND=noninteractive

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Runs a command with its output in a log file; prints the log's end only when the command fails.
logged() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  if ! "$@" >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    die "'$*' failed; the whole log is $log"
  fi
}

# Installs the Debian packages that are missing; asks the package index only when there are some.
debian_packages() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ "${#missing[@]}" -eq 0 ] && return
  say "Installing Debian packages: ${missing[*]}"
  logged "$CACHE_DIR/log/apt-update.log" apt-get update
  logged "$CACHE_DIR/log/apt-install.log" apt-get install -y --no-install-recommends "${missing[@]}"
}

# The cache key of what a script makes: its own text and everything else named.
cache_key() { cat "$@" | sha256sum | cut -c1-16; }
