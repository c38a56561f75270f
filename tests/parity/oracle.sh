#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the real kubeadm on configurations, inside a container that has nothing else to lose, and keeps what it wrote.
#
#   oracle.sh GIVEN RESULTS NAME...
#
# GIVEN/NAME holds kubeadm.conf, and may hold settings.env (variables of the process; EXTERNAL_CA=1; FLAGS: phases to
# skip; VERSIONS and FORMS are not for this script) and patches/. RESULTS/NAME gets root/ (the files, below the host's /), modes.txt,
# images.txt, dry-run.txt, address.txt (the container's), directories.txt (its folders with CA certificates) and log.txt.

set -Eeuo pipefail
given=$1 results=$2
shift 2

# Wherever any minor looks for CA certificates.
CA_DIRECTORIES=(/etc/pki /etc/pki/ca-trust /etc/pki/tls/certs /etc/ca-certificates /usr/share/ca-certificates
  /usr/local/share/ca-certificates)
DRY_RUN=/tmp/dry-run

# What the phases of kubeadm write is thrown away between two configurations.
clean() { rm -rf /etc/kubernetes /var/lib/kubelet /var/lib/etcd "$DRY_RUN"; }

run_kubeadm() { env "${variables[@]}" kubeadm "$@" >>"$result/log.txt" 2>&1; }

directories() {
  local folder
  for folder in "${CA_DIRECTORIES[@]}"; do if [ -d "$folder" ]; then printf '%s\n' "$folder"; fi; done
}

# The objects, in output that is all there is of them.
dry_run() { run_kubeadm init --dry-run --skip-phases "$1${FLAGS:+,$FLAGS}" --config "$config" "${patches[@]}" "${@:2}"; }

oracle() {
  local configuration=$given/$1 result=$results/$1 config patches=()
  local -a variables=()
  local EXTERNAL_CA='' FLAGS='' line
  config=$configuration/kubeadm.conf
  mkdir -p "$result"
  : >"$result/log.txt"
  hostname -i >"$result/address.txt"
  directories >"$result/directories.txt"
  if [ -f "$configuration/settings.env" ]; then
    while IFS= read -r line; do
      case $line in
      '#'* | '' | VERSIONS=* | FORMS=*) ;;
      EXTERNAL_CA=*) EXTERNAL_CA=${line#*=} ;;
      FLAGS=*) FLAGS=${line#*=} ;;
      *) variables+=("$line") ;;
      esac
    done <"$configuration/settings.env"
  fi
  # Later minors name the folder in the configuration, and take no flag beside it.
  if [ -d "$configuration/patches" ] && grep -q -- --experimental-patches <<<"$init_help"; then
    patches=(--experimental-patches "$configuration/patches")
  fi

  clean
  if [ -z "$dry_run_folder" ]; then
    # Before there are certificates: a dry run takes those that are there for its own, and then does not find them.
    dry_run preflight
    mv "$result/log.txt" "$result/dry-run.txt"
    clean
  fi
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
  if [ -n "$dry_run_folder" ]; then
    # With the kubeconfigs in its folder it has all that it needs, and makes no second set of keys, which take the time.
    # -v 1: it says then what it does to the Node.
    mkdir "$DRY_RUN"
    cp /etc/kubernetes/*.conf "$DRY_RUN/"
    mv "$result/log.txt" "$result/phases.txt"
    KUBEADM_INIT_DRYRUN_DIR=$DRY_RUN dry_run "$dry_run_folder" -v 1
    mv "$result/log.txt" "$result/dry-run.txt"
    mv "$result/phases.txt" "$result/log.txt"
  fi

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
  printf 'kubeadm %s failed on the configuration %s:\n' "$(kubeadm version -o short)" "$name" >&2
  tail -n 20 "$results/$name"/{log,phases,dry-run}.txt >&2 2>/dev/null || true
}

name=none
trap explain ERR
init_help=$(kubeadm init --help)
# What a dry run skips where kubeadm takes the folder that it is given for it as it is (seen in 1.34; 1.20 makes a folder
# of another name in it); else nothing.
dry_run_folder='' minor=$(kubeadm version -o short | cut -d . -f 2)
if [ "$minor" -ge 34 ]; then
  dry_run_folder=preflight,certs,kubeconfig,etcd,control-plane,kubelet-start,wait-control-plane,show-join-command
fi
for name; do oracle "$name"; done
clean
