#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the parts of the tests side by side, and prints what each found and how long it took.
#
#   tests/parts.sh test           what every change has to pass
#   tests/parts.sh all            the same, then the slow matrices: the scenarios on the oldest version that runs, two of
#                                 them and the real kubeadm on the versions between, images from registries, every kind of
#                                 damage, every ansible-core, the Go sources
#   tests/parts.sh PART...        only these; a part is a command of this folder, as one word: 'molecule.sh default'
#
# LANES says how many run at once (3). A part that fails does not keep the others from running: all failures are seen at once.

. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"

# The versions that run here, and those between the oldest and the newest.
mapfile -t minors < <(kubernetes_minors)
oldest=${minors[0]} newest=${minors[-1]}
between=("${minors[@]:1:${#minors[@]}-2}")

live=()
for minor in "${between[@]}"; do live+=("molecule.sh --kubernetes $minor interop default"); done

# The longest first, so that none is left alone at the end.
TEST=(
  'molecule.sh certificates' "parity.sh $oldest $newest" 'molecule.sh interop' 'molecule.sh preflight' lint.sh
  'molecule.sh external' "molecule.sh --kubernetes $oldest interop" 'molecule.sh failure'
  'molecule.sh change' 'molecule.sh alternative' 'molecule.sh default' 'molecule.sh phases' 'molecule.sh fleet' unit.sh
  browser.sh
)
MATRICES=(
  'molecule.sh cluster' 'molecule.sh etcd' 'molecule.sh virtual-address' 'cores.sh --live' 'molecule.sh --every-damage certificates'
  "molecule.sh --kubernetes $oldest default alternative phases failure preflight external certificates"
  "molecule.sh --kubernetes $oldest pair" "molecule.sh --kubernetes ${between[0]} pair" parity.sh upstream.sh faults.sh
  "${live[@]}" 'molecule.sh registry' 'molecule.sh --older-node registry'
)

LANES=${LANES:-3}
# For one part: what hangs is named, and does not keep the run from its end.
LIMIT=3h
# Of pytest, Ansible, molecule, the linters and our own scripts.
FINDING='^( *│ )?(E |FAILED |ERROR|CRITICAL|fatal: |failed: |\[ERROR\]|error: )|: error: '
logs=$PROJECT_DIR/.build/log/parts
begin=$SECONDS
rm -rf "$logs"
mkdir -p "$logs"

log_of() { printf '%s/%s.log\n' "$logs" "${1//[^a-z0-9.]/-}"; }

minutes() { printf '%d:%02d' "$(($1 / 60))" "$(($1 % 60))"; }

run_part() {
  local part=$1 log start=$SECONDS code=0 pid
  log=$(log_of "$part")
  # shellcheck disable=SC2086  # its words are the script and its arguments
  timeout --kill-after 60 "$LIMIT" tests/$part </dev/null >"$log" 2>&1 &
  pid=$!
  # It has a process group of its own, and ends that.
  # shellcheck disable=SC2064  # the process is known now and local later
  trap "kill '$pid'" TERM INT
  wait "$pid" || code=$?
  [ "$code" -ne 124 ] || printf 'error: it has not ended within %s\n' "$LIMIT" >>"$log"
  printf '%s %s %s\n' "$code" "$((SECONDS - start))" "$part" >>"$logs/results"
  if [ "$code" -eq 0 ]; then
    say "$part: passed in $(minutes $((SECONDS - start)))"
    # What pytest says at its end, without its colours and its frame.
    sed 's/\x1b\[[0-9;]*m//g' "$log" | grep -E '[0-9]+ passed.* in [0-9.]+' || true
  else
    say "$part: FAILED after $(minutes $((SECONDS - start))); the end of its output:"
    tail -n 150 "$log"
    say "The whole output of $part is in $log"
  fi
  return "$code"
}

# What a part that has failed says of it, at the very end, where who only sees the end of the output looks.
findings() {
  say "$1, the lines that name a failure:"
  # molecule breaks long lines in its frame.
  sed 's/\x1b\[[0-9;]*m//g' "$(log_of "$1")" | grep -E -A 3 "$FINDING" | cut -c -400 | tail -n 40 || true
}

# Starts and makes what several parts need, before they run side by side: two of them would start two Docker engines, or make
# the same image twice.
prepare() {
  tests/environment/docker-engine.sh
  tests/environment/node-image-loaded.sh >/dev/null
  KUBERNETES=$oldest tests/environment/node-image-loaded.sh >/dev/null
}

# A run that is ended takes its parts with it.
trap 'trap "" TERM && kill 0 && exit 1' TERM INT
case ${1:-} in
'') die "usage: tests/parts.sh test|all|PART..." ;;
test) set -- "${TEST[@]}" ;;
all) set -- "${TEST[@]}" "${MATRICES[@]}" ;;
esac
prepare
: >"$logs/results"
running=0 failed=0
for part; do
  if [ "$running" -ge "$LANES" ]; then
    wait -n || failed=1
    running=$((running - 1))
  fi
  run_part "$part" &
  running=$((running + 1))
done
while [ "$running" -gt 0 ]; do
  wait -n || failed=1
  running=$((running - 1))
done

say "Minutes of each part, $LANES side by side"
sort -k 2 -n -r "$logs/results" | while read -r code seconds part; do
  printf '%7s  %s%s\n' "$(minutes "$seconds")" "$part" "$([ "$code" -eq 0 ] || printf ' (failed)')"
done
printf '%7s  all\n' "$(minutes $((SECONDS - begin)))"
while read -r code _ part; do
  [ "$code" -eq 0 ] || findings "$part"
done <"$logs/results"
[ "$failed" -eq 0 ] || die "a part of the tests has failed (see above)"
