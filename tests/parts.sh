#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs parts of the tests side by side, and prints what each found and how long it took.
#
#   tests/parts.sh PART...       a part is a script of this folder with its arguments, as one word: 'molecule.sh default'
#
# LANES says how many run at once (3). The first part that fails ends the run, when those beside it are through.

. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"

LANES=${LANES:-3}
logs=$PROJECT_DIR/.build/log/parts
begin=$SECONDS
rm -rf "$logs"
mkdir -p "$logs"

log_of() { printf '%s/%s.log\n' "$logs" "${1//[^a-z0-9.]/-}"; }

minutes() { printf '%d:%02d' "$(($1 / 60))" "$(($1 % 60))"; }

run_part() {
  local part=$1 log start=$SECONDS code=0
  log=$(log_of "$part")
  # shellcheck disable=SC2086  # its words are the script and its arguments
  tests/$part </dev/null >"$log" 2>&1 || code=$?
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

[ $# -gt 0 ] || die "usage: tests/parts.sh PART..."
: >"$logs/results"
running=0 failed=0
for part; do
  if [ "$running" -ge "$LANES" ]; then
    wait -n || failed=1
    running=$((running - 1))
  fi
  [ "$failed" -eq 0 ] || break
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
[ "$failed" -eq 0 ] || die "a part of the tests has failed (see above)"
