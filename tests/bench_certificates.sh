#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Times one execution of the module that makes the certificates and kubeconfigs against the same two phases of the real
# kubeadm, on one fresh node, and prints rows for the table of bench.sh.
#
# What counts is the wall time of the program on the node, from its start to its end. Of ours that is Python with the
# very file that Ansible puts there, so the start of Python and the unpacking count; SSH and the controller do not. The
# time of a new RSA key varies widely: the runs of the two alternate, and the median of many is taken.

. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"

NODE=bench-certificates
RUNS=${RUNS:-11}
folder=$PROJECT_DIR/.build/bench-certificates

cleanup() { tests/environment/node.sh destroy "$NODE"; }

# Leaves the file with the module and its arguments on the node, as Ansible does when it is told to keep it.
keep_module() {
  write_inventory "$NODE" "$folder/inventory"
  cat >"$folder/playbook.yml" <<'YAML'
- hosts: control_plane
  gather_facts: false
  become: true
  tasks:
    - kubewright.control_plane.cluster_config:
      register: found
    - kubewright.control_plane.pki_generate:
        config: "{{ found.resolved }}"
        kubeconfigs: true
YAML
  ANSIBLE_KEEP_REMOTE_FILES=1 ANSIBLE_PIPELINING=0 ansible-playbook "$folder/playbook.yml" -i "$folder/inventory" >"$folder/playbook.log" 2>&1 ||
    { tail -n 40 "$folder/playbook.log" >&2; die "the playbook failed"; }
  docker exec "$NODE" sh -c 'cp /home/ansible/.ansible/tmp/*/AnsiballZ_pki_generate.py /root/module.py'
}

# Runs in the node, with the number of runs as argument; prints "NAME SECONDS" for each run.
race_script() {
  cat <<'RACE'
set -euo pipefail
export LC_ALL=C

blank() { rm -rf /etc/kubernetes/pki /etc/kubernetes/*.conf; }
ours() { python3 /root/module.py; }
kubeadm() {
  /root/kubeadm init phase certs all --config /root/kubeadm.yaml
  /root/kubeadm init phase kubeconfig all --config /root/kubeadm.yaml
}
files() { find /etc/kubernetes -type f -printf '%P %m\n' | sort; }
# The two must have made the same files, and the module must say what it did.
expect() {
  [ "$1" = "$2" ] || { printf 'expected:\n%s\nfound:\n%s\n' "$2" "$1" >&2; cat /root/log >&2; exit 1; }
}
timed() {
  local start=$EPOCHREALTIME end
  "$2" >/root/log 2>&1 || { cat /root/log >&2; exit 1; }
  end=$EPOCHREALTIME
  [ "$run" -eq 0 ] || awk -v name="$1" -v from="$start" -v to="$end" 'BEGIN { printf "%s %.3f\n", name, to - from }'
}

# The first run of each only fills the file cache.
for ((run = 0; run <= $1; run++)); do
  blank
  timed kubeadm kubeadm
  wanted=$(files)
  blank
  timed ours ours
  expect "$(files)" "$wanted"
  expect "$(grep -o '"changed": [a-z]*' /root/log)" '"changed": true'
  timed again ours
  expect "$(grep -o '"changed": [a-z]*' /root/log)" '"changed": false'
done
RACE
}

median() { sort -n | awk '{ value[NR] = $1 } END { printf "%.2f", (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'; }
median_of() { sed -n "s/^$1 //p" "$folder/times" | median; }

trap cleanup EXIT
cleanup
mkdir -p "$folder"
binaries=$(tests/environment/kubernetes.sh kubeadm)
tests/environment/node.sh create --without-images "$NODE" >&2
docker cp "$binaries/kubeadm" "$NODE:/root/kubeadm" >&2
keep_module
# kubeadm gets the same configuration, as its own documents.
ansible-playbook playbooks/render.yml -i "$folder/inventory" -e kubewright_render_dir="$folder/render" >"$folder/render.log" 2>&1 ||
  { tail -n 40 "$folder/render.log" >&2; die "render.yml failed"; }
docker cp "$folder/render/$NODE/config.yaml" "$NODE:/root/kubeadm.yaml" >&2
say "Certificates and kubeconfigs $RUNS times by our module and by the real kubeadm in turn"
docker exec "$NODE" bash -c "$(race_script)" race "$RUNS" >"$folder/times"

ours=$(median_of ours)
kubeadm=$(median_of kubeadm)
printf '%-57s %8s\n' 'certificates and kubeconfigs, our module, median (s)' "$ours" \
  'kubeadm init phase certs all + kubeconfig all, median (s)' "$kubeadm" \
  'ratio, certificates and kubeconfigs' "$(awk -v a="$ours" -v b="$kubeadm" 'BEGIN { printf "%.2f", a / b }')" \
  'our module, nothing to change, median (s)' "$(median_of again)"
