#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Compares what playbooks/render.yml writes with what the real kubeadm writes, for every configuration in
# tests/parity/configurations and every version of tests/environment/versions.txt, and reports it as a table: in the
# terminal, and, of all versions, in docs/parity.md.
#
#   tests/parity.sh [MINOR...]     only these versions, as 1.20 1.37; KUBERNETES names one as well

chosen=${KUBERNETES:-}
. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"

work=$PROJECT_DIR/.build/parity
HOST=parity-node # kubeadm's node name where none is given
oracles=(kubewright-parity-1 kubewright-parity-2)
export PYTHONPATH=$PROJECT_DIR/.build:$PROJECT_DIR/tests

# -v: their volumes have no name, so nothing else would ever remove them.
cleanup() { docker rm -f -v "${oracles[@]}" >/dev/null 2>&1 || true; }

# Runs a version's kubeadm on every configuration in turn, in containers side by side: nothing of it reaches this machine.
# What it wrote is kept: the same kubeadm makes the same of the same configurations, but for keys, names and times.
run_oracle() {
  local minor=$1 binaries image index names kept program jobs=()
  binaries=$(KUBERNETES=$minor tests/environment/kubernetes.sh kubeadm)
  image=$(KUBERNETES=$minor tests/environment/node-root.sh)
  kept=$(cd "$work/$minor/given" && find . -type f -exec sha256sum {} + | sort)
  program=$(sha256sum <"$binaries/kubeadm")
  kept=$CACHE_DIR/parity/$minor-$(printf '%s\n' "$program" "$image" "$kept" | cache_key - tests/parity/oracle.sh)
  if [ -d "$kept" ]; then
    say "What the real kubeadm $minor wrote for these configurations is there already ($kept)"
    cp -a "$kept" "$work/$minor/kubeadm"
    return
  fi
  say "The real kubeadm $minor on every configuration (usually 3 min, once)"
  mkdir -p "$work/$minor/kubeadm" "$CACHE_DIR/parity"
  mapfile -t names < <(ls "$work/$minor/given")
  for index in "${!oracles[@]}"; do
    docker run -d --name "${oracles[$index]}" --hostname "$HOST" --label kubewright.test=1 \
      -v "$binaries/kubeadm:/usr/local/bin/kubeadm:ro" -v "$PROJECT_DIR/tests/parity:/parity:ro" \
      -v "$work/$minor/given:/given:ro" -v "$work/$minor/kubeadm:/results" "$image" sleep infinity >/dev/null
    local share=()
    for ((number = index; number < ${#names[@]}; number += ${#oracles[@]})); do share+=("${names[$number]}"); done
    docker exec "${oracles[$index]}" bash /parity/oracle.sh /given /results "${share[@]}" &
    jobs+=("$!")
  done
  for job in "${jobs[@]}"; do wait "$job" || die "the real kubeadm refuses a configuration (see above)"; done
  cleanup
  rm -rf "$kept.partial"
  cp -a "$work/$minor/kubeadm" "$kept.partial"
  mv "$kept.partial" "$kept"
}

tests/environment/docker-engine.sh
if [ $# -gt 0 ]; then
  minors=("$@")
elif [ -n "$chosen" ]; then
  minors=("$KUBERNETES_MINOR")
else
  mapfile -t minors < <(kubernetes_minors)
fi
# Its containers are there once, whichever checkout has made them.
exec 6>"$CACHE_DIR/parity.lock"
flock 6
trap cleanup EXIT
cleanup
rm -rf "$work"
mkdir -p "$work"
python -m parity give "$work" "${minors[@]}"
for minor in "${minors[@]}"; do run_oracle "$minor"; done
say "render.yml on every configuration, in every form (usually 1 min a version)"
python -m parity inventory "$work" "$HOST" "${minors[@]}" >"$work/hosts.yml"
logged "$work/render.log" ansible-playbook playbooks/render.yml -i "$work/hosts.yml" -e kubewright_render_dir="$work/ours" --forks 4
python -m parity compare "$work" "${minors[@]}"
