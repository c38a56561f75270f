# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The real kubeadm init on a test node; sourced, never run.

# Gives a node kubeadm and the configuration that our variables for it make, as kubeadm's own documents: NODE FOLDER, in
# which the inventory, what render.yml writes and the logs are put.
prepare_kubeadm() {
  local node=$1 folder=$2 binaries
  binaries=$(tests/environment/kubernetes.sh kubeadm)
  docker cp "$binaries/kubeadm" "$node:/root/kubeadm"
  write_inventory "$node" "$folder/inventory"
  # render does not look at the host, where a kubeadm of 1.20 would look for Docker.
  ansible-playbook playbooks/render.yml -i "$folder/inventory" -e kubewright_render_dir="$folder/render" \
    -e kubewright_cri_socket=unix:///run/containerd/containerd.sock >"$folder/render.log" 2>&1 ||
    { tail -n 40 "$folder/render.log" >&2; die "render.yml failed"; }
  docker cp "$folder/render/$node/config.yaml" "$node:/root/kubeadm.yaml"
}

# NODE FOLDER. Until 1.31 its image checks need crictl, which no package of the node has: they are left out, in its favour.
kubeadm_init() {
  docker exec "$1" /root/kubeadm init --config /root/kubeadm.yaml --skip-phases preflight >"$2/kubeadm.log" 2>&1 ||
    { tail -n 40 "$2/kubeadm.log" >&2; die "kubeadm init failed"; }
}
