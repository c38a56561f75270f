#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs Kubernetes' own conformance tests on a control plane of ours and on one of the real kubeadm, and compares what passes:
# it has to be the same. Those that may run side by side and need neither a second node nor a storage driver are run
# (conformance/left-out.txt). The table goes to docs/conformance.md.
#
#   tests/conformance.sh [--focus REGULAR_EXPRESSION]     with a focus docs/conformance.md is left alone

. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"
. tests/kubeadm_init.sh

PROCESSES=${PROCESSES:-12}
focus=
if [ "${1:-}" = --focus ]; then focus=${2:?a regular expression}; fi
folder=$PROJECT_DIR/.build/conformance
[ "$KUBERNETES_SOURCE" = module ] || die "the conformance tests of $KUBERNETES_VERSION cannot be built from a Go module"

kubectl() { "$binaries/kubectl" --kubeconfig "$folder/$1/admin.conf" "${@:2}"; }

# What both clusters get: their images, and leave to run pods where the control plane is.
open_cluster() {
  local node=$1 chain
  docker cp "$node:/etc/kubernetes/admin.conf" "$folder/$node/admin.conf"
  docker exec -i "$node" ctr -n k8s.io images import - <"$images" >/dev/null
  # The network around the machine may answer for addresses that are nobody's, as those of Services without an endpoint.
  for chain in FORWARD OUTPUT; do docker exec "$node" iptables -I "$chain" -d 10.96.0.0/12 -j REJECT; done
  kubectl "$node" taint nodes --all node-role.kubernetes.io/control-plane- >/dev/null
  kubectl "$node" wait --for condition=Ready --timeout 180s node --all >/dev/null
  kubectl "$node" -n kube-system wait --for condition=Ready --timeout 180s pod --all >/dev/null
}

# Whatever fails: what counts is what passed.
run_tests() {
  local node=$1
  "$programs/ginkgo" -p --procs "$PROCESSES" --no-color --silence-skips --flake-attempts 2 --timeout 2h \
    --focus "${focus:-\[Conformance\]}" --label-filter '!Serial && !Disruptive' "${skips[@]}" \
    --output-dir "$folder/$node" --junit-report junit.xml --keep-going "$programs/e2e.test" -- \
    --provider local --kubeconfig "$folder/$node/admin.conf" --kubectl-path "$binaries/kubectl" --host "https://$(container_address "$node"):6443" \
    --num-nodes 1 --node-os-distro debian --disable-log-dump --dump-logs-on-failure=false \
    --report-dir "$folder/$node" >"$folder/$node/output.log" 2>&1 || true
  [ -s "$folder/$node/junit.xml" ] || { tail -n 40 "$folder/$node/output.log" >&2; die "the tests of $node have not come to an end"; }
}

# docs/conformance.md is that of the newest version.
report=()
[ "$KUBERNETES_MINOR" = "$(kubernetes_minors | tail -n 1)" ] || report=(--no-report)
ours=conformance-ours
kubeadm=conformance-kubeadm
cleanup() { tests/environment/node.sh destroy "$ours" "$kubeadm"; }

tests/environment/docker-engine.sh
# Its containers are there once, whichever checkout has made them.
exec 6>"$CACHE_DIR/conformance.lock"
flock 6
cleanup
rm -rf "$folder"
mkdir -p "$folder/$ours" "$folder/$kubeadm"
binaries=$(tests/environment/kubernetes.sh kubectl)
programs=$(tests/environment/go-programs.sh "kubernetes-$KUBERNETES_MINOR" e2e.test ginkgo)
images=$(tests/environment/conformance-images.sh)
skips=()
while IFS=$'\t' read -r expression _reason; do skips+=(--skip "$expression"); done < <(grep -v '^#' tests/conformance/left-out.txt)
trap cleanup EXIT

tests/environment/node.sh create "$ours"
write_inventory "$ours" "$folder/$ours/inventory"
ansible-playbook playbooks/init-control-plane.yml -i "$folder/$ours/inventory" \
  >"$folder/$ours/playbook.log" 2>&1 || { tail -n 40 "$folder/$ours/playbook.log" >&2; die "the playbook failed"; }
open_cluster "$ours"
say "The conformance tests on a control plane of ours (usually 12 min; $folder/$ours/output.log)"
run_tests "$ours"
tests/environment/node.sh destroy "$ours"

tests/environment/node.sh create "$kubeadm"
prepare_kubeadm "$kubeadm" "$folder/$kubeadm/init"
kubeadm_init "$kubeadm" "$folder/$kubeadm/init"
open_cluster "$kubeadm"
say "The conformance tests on a control plane of kubeadm (usually 12 min; $folder/$kubeadm/output.log)"
run_tests "$kubeadm"

PYTHONPATH=tests python -m conformance "$folder/$ours/junit.xml" "$folder/$kubeadm/junit.xml" --version "$KUBERNETES_VERSION" \
  ${focus:+--focus} "${report[@]}"
