#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Compares what playbooks/render.yml writes with what the real kubeadm writes, for every configuration in
# tests/parity/configurations, and reports it as a table: in the terminal, and in docs/parity.md.

. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"

work=$PROJECT_DIR/.build/parity
HOST=parity-node # kubeadm's node name where none is given
oracles=(kubewright-parity-1 kubewright-parity-2)
export PYTHONPATH=$PROJECT_DIR/.build:$PROJECT_DIR/tests

# -v: their volumes have no name, so nothing else would ever remove them.
cleanup() { docker rm -f -v "${oracles[@]}" >/dev/null 2>&1 || true; }

# Runs kubeadm on every configuration in turn, in containers side by side: nothing of it reaches this machine.
run_oracle() {
  local binaries image index names jobs=()
  binaries=$(tests/environment/kubernetes.sh)
  image=$(tests/environment/node-root.sh)
  mapfile -t names < <(ls "$PROJECT_DIR/tests/parity/configurations")
  for index in "${!oracles[@]}"; do
    docker run -d --name "${oracles[$index]}" --hostname "$HOST" --label kubewright.test=1 \
      -v "$binaries/kubeadm:/usr/local/bin/kubeadm:ro" -v "$PROJECT_DIR/tests/parity:/parity:ro" \
      -v "$work/kubeadm:/results" "$image" sleep infinity >/dev/null
    local share=()
    for ((number = index; number < ${#names[@]}; number += ${#oracles[@]})); do share+=("${names[$number]}"); done
    docker exec "${oracles[$index]}" bash /parity/oracle.sh /parity/configurations /results "${share[@]}" &
    jobs+=("$!")
  done
  for job in "${jobs[@]}"; do wait "$job" || die "the real kubeadm refuses a configuration (see above)"; done
}

tests/environment/docker-engine.sh
trap cleanup EXIT
cleanup
rm -rf "$work"
mkdir -p "$work/kubeadm"
say "The real kubeadm $KUBERNETES_VERSION on every configuration (usually 2 min)"
run_oracle
say "render.yml on every configuration, in every form (usually 1 min)"
python -m parity inventory "$work/kubeadm" "$HOST" >"$work/hosts.yml"
logged "$work/render.log" ansible-playbook playbooks/render.yml -i "$work/hosts.yml" -e kubewright_render_dir="$work/ours" --forks 4
python -m parity compare "$work/kubeadm" "$work/ours"
