#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the real kubeadm on configurations, inside a container that has nothing else to lose, and keeps what it wrote.
#
#   oracle.sh CONFIGURATIONS RESULTS NAME...
#
# CONFIGURATIONS/NAME holds kubeadm.conf, and may hold settings.env (variables of the process; EXTERNAL_CA=1; FLAGS) and
# patches/. RESULTS/NAME gets root/ (the files, below the host's /), modes.txt, images.txt, dry-run.txt, address.txt (the
# container's) and log.txt.

set -Eeuo pipefail
configurations=$1 results=$2
shift 2

# What the phases of kubeadm write is thrown away between two configurations.
clean() { rm -rf /etc/kubernetes /var/lib/kubelet /var/lib/etcd; }

run_kubeadm() { env "${variables[@]}" kubeadm "$@" >>"$result/log.txt" 2>&1; }

oracle() {
  local configuration=$configurations/$1 result=$results/$1 config patches=()
  local -a variables=() flags=()
  local EXTERNAL_CA='' FLAGS='' line
  config=$configuration/kubeadm.conf
  mkdir -p "$result"
  : >"$result/log.txt"
  hostname -i >"$result/address.txt"
  if [ -f "$configuration/settings.env" ]; then
    while IFS= read -r line; do
      case $line in
      '#'* | '') ;;
      EXTERNAL_CA=*) EXTERNAL_CA=${line#*=} ;;
      FLAGS=*) FLAGS=${line#*=} ;;
      *) variables+=("$line") ;;
      esac
    done <"$configuration/settings.env"
  fi
  read -r -a flags <<<"$FLAGS"
  [ ! -d "$configuration/patches" ] || patches=(--experimental-patches "$configuration/patches")

  # Before there are certificates: a dry run takes those that are there for its own, and then does not find them.
  clean
  run_kubeadm init --dry-run --skip-phases "preflight${flags:+,${flags[*]}}" --config "$config" "${patches[@]}"
  mv "$result/log.txt" "$result/dry-run.txt"

  clean
  run_kubeadm init phase certs all --config "$config"
  run_kubeadm init phase kubeconfig all --config "$config"
  # An external CA is one whose key is not there when the manifests are made.
  if [ -n "$EXTERNAL_CA" ]; then mkdir /tmp/keys && mv /etc/kubernetes/pki/{ca,front-proxy-ca}.key /tmp/keys/; fi
  run_kubeadm init phase control-plane all --config "$config" "${patches[@]}"
  if [ -n "$EXTERNAL_CA" ]; then mv /tmp/keys/* /etc/kubernetes/pki/ && rmdir /tmp/keys; fi
  if ! grep -q '^ *external:' "$config"; then run_kubeadm init phase etcd local --config "$config" "${patches[@]}"; fi
  # No service manager runs here; kubeadm says so and writes the files.
  run_kubeadm init phase kubelet-start --config "$config"
  env "${variables[@]}" kubeadm config images list --config "$config" >"$result/images.txt" 2>>"$result/log.txt"

  mkdir -p "$result/root"
  (
    cd /
    local folders=()
    for folder in etc/kubernetes var/lib/kubelet; do if [ -e "$folder" ]; then folders+=("$folder"); fi; done
    find "${folders[@]}" -type f -printf '%m %p\n' | sort -k 2 >"$result/modes.txt"
    tar -cf - "${folders[@]}" | tar -C "$result/root" -xf -
  )
}

explain() {
  printf 'kubeadm failed on the configuration %s:\n' "$name" >&2
  tail -n 20 "$results/$name/log.txt" "$results/$name/dry-run.txt" >&2
}
trap explain ERR
for name; do oracle "$name"; done
clean
