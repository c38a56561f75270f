#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Asks the Go sources of Kubernetes itself for their types, defaults, gates and constants, and fails where what is
# committed in tests/unit/facts/upstream/ is not the same. The unit tests compare the release table with that.
#
#   tests/upstream.sh [MINOR...]            by default every minor that has a Go module in tests/environment/modules
#   tests/upstream.sh --write [MINOR...]    writes the files anew
#
# There are two files for a minor: what the types say, and the rules by which the kubelet and kube-proxy judge their
# configurations. Of the rules only those minors are proved that have a file; --write makes one for every minor.

. "$(dirname "${BASH_SOURCE[0]}")/environment/common.sh"

MODULES=$PROJECT_DIR/tests/environment/modules
FACTS=$PROJECT_DIR/tests/unit/facts/upstream
PROGRAMS=$PROJECT_DIR/tests/upstream
# The sources that each program reads: types.go the constants of a type, rules.go the words that it tries fields with.
declare -A SOURCES=(
  [types]=k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm
  [rules]="k8s.io/kubelet/config/v1beta1 k8s.io/kube-proxy/config/v1alpha1 k8s.io/component-base/logs/api/v1
    k8s.io/kubernetes/pkg/kubelet/apis/config k8s.io/kubernetes/pkg/kubelet/apis/config/validation
    k8s.io/kubernetes/pkg/kubelet/types
    k8s.io/kubernetes/pkg/proxy/apis/config k8s.io/kubernetes/pkg/proxy/apis/config/validation"
)

# Compiles a program with the module of a minor, and writes what it says.
ask() {
  local minor=$1 program=$2 version stamp=k8s.io/component-base/version packages folders
  read -r -d '' -a packages <<<"${SOURCES[$program]}" || true
  cd "$MODULES/kubernetes-$minor"
  rm -f "${work:?}/$program" "$work/facts.json"
  version=$(direct_requirements go.mod | awk '$1 == "k8s.io/kubernetes" { print $2 }')
  [ -n "$version" ] || die "modules/kubernetes-$minor/go.mod does not require k8s.io/kubernetes"
  "$go" mod download
  mapfile -t folders < <("$go" list -f '{{.Dir}}' "${packages[@]}")
  [ "${#folders[@]}" -eq "${#packages[@]}" ] || die "some of the packages ${packages[*]} are not there"
  "$go" build -o "$work/$program" -ldflags \
    "-X $stamp.gitVersion=$version -X $stamp.gitMajor=${minor%.*} -X $stamp.gitMinor=${minor#*.}" \
    "$PROGRAMS"/{common,"$program"}.go
  "$work/$program" "${folders[@]}" >"$work/facts.json"
}

# Prints the path of the facts of a minor that a program finds.
facts() {
  local minor=$1 program=$2 folder=$MODULES/kubernetes-$1 cached
  [ -f "$folder/go.mod" ] || die "there is no module kubernetes-$minor"
  cached=$CACHE_DIR/upstream/$minor-$program-$(cache_key "${BASH_SOURCE[0]}" "$PROGRAMS"/{common,"$program"}.go \
    "$folder"/go.{mod,sum} "$PROJECT_DIR/tests/environment/go-requirements.txt").json
  if [ ! -f "$cached" ]; then
    say "Asking the $program of Kubernetes $minor (${TIMES[$program]}; once)"
    logged "$CACHE_DIR/log/upstream-$minor-$program.log" ask "$minor" "$program"
    mkdir -p "${cached%/*}"
    mv "$work/facts.json" "$cached"
  fi
  printf '%s\n' "$cached"
}

declare -A TIMES=([types]='2 min' [rules]='3 to 5 min')
write=
if [ "${1:-}" = --write ]; then write=1 && shift; fi
if [ $# -eq 0 ]; then
  cd "$MODULES"
  set -- kubernetes-*
  set -- "${@#kubernetes-}"
fi
go=$("$PROJECT_DIR/tests/environment/go.sh")/bin/go
mkdir -p "$CACHE_DIR"
work=$(mktemp -d "$CACHE_DIR/upstream.XXXXXX")
trap 'rm -rf "$work"' EXIT
export GOCACHE=$work/cache GOTMPDIR=$work GOTOOLCHAIN=local GOFLAGS='-mod=readonly -trimpath -buildvcs=false' CGO_ENABLED=0
stale=()
for minor; do
  for program in "${!SOURCES[@]}"; do
    committed=$FACTS/$minor-$program.json
    [ -n "$write" ] || [ "$program" = types ] || [ -f "$committed" ] || continue
    found=$(facts "$minor" "$program")
    if [ -n "$write" ]; then
      mkdir -p "$FACTS"
      cp "$found" "$committed"
    elif ! diff -u "$committed" "$found" >&2; then
      stale+=("$minor-$program")
    fi
  done
  # Of the next minor little is the same, and a disk is soon full.
  rm -rf "$GOCACHE"
done
[ "${#stale[@]}" -eq 0 ] || die "not current in tests/unit/facts/upstream: ${stale[*]}. Run tests/upstream.sh --write."
say "The facts of $* are those of the Go sources"
