#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Test nodes: containers in which systemd, containerd, sshd and the kubelet run as on a machine of their own.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
HERE=$(dirname "${BASH_SOURCE[0]}")

usage() {
  cat <<'USAGE'
usage: node.sh create [--without-images] [--with-crictl] [--with-docker] NAME...
         starts fresh nodes side by side, whose pods reach each other, and prints "NAME ADDRESS" for each
       node.sh destroy NAME...
         removes nodes with all that is in them; a name that is absent is no error
       node.sh inventory [--group GROUP] NAME...
         prints an Ansible inventory of running nodes, all in one group (control_plane)
       node.sh variables
         prints the variables for that inventory that a node in a container needs, whatever installs Kubernetes
KUBERNETES chooses the version (versions.txt), NODE_DEBIAN the system, NODE_CONTAINERD containerd's source, NODE_CGROUP_DRIVER
who manages the cgroups of containers (cgroupfs or systemd).
USAGE
}

# Tries a command in a node for 60 s.
wait_in_node() {
  local name=$1
  shift
  for _ in $(seq 300); do
    docker exec "$name" "$@" >/dev/null 2>&1 && return
    sleep 0.2
  done
  die "node $name: '$*' does not succeed within 60 s (docker exec $name journalctl -b shows why)"
}

start_container() {
  local name=$1 path first=(/sbin/init)
  local flags=(
    # --privileged asks for every capability, which fails where the machine itself lacks CAP_SYS_RESOURCE. All the
    # others, and no confinement, are enough for systemd, containerd and the kubelet.
    --cap-add ALL --cap-drop SYS_RESOURCE
    --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined
    --security-opt label=disable
    # A privileged pod may use every device, and a cgroup may not allow what the one above it denies.
    --device-cgroup-rule 'a *:* rwm'
    --tmpfs /run --tmpfs /tmp
    --device /dev/kmsg
    # Overlay on overlay does not work, and etcd's fsyncs are faster on a volume.
    -v /var/lib/containerd -v /var/lib/kubelet -v /var/lib/etcd
  )
  [ -z "$docker" ] || flags+=(-v /var/lib/docker)
  # Preflight looks for the kernel's configuration there, and iptables for its modules.
  for path in /lib/modules "/boot/config-$(uname -r)"; do
    [ ! -e "$path" ] || flags+=(-v "$path:$path:ro")
  done
  if [ "$NODE_CGROUP_DRIVER" = systemd ]; then
    # Slices have their names from the root on, so that the node needs one of its own, which Docker mounts to be read only.
    flags+=(--cgroupns=private)
    # shellcheck disable=SC2016  # the node's shell expands it
    first=(sh -c 'for tree in /sys/fs/cgroup /sys/fs/cgroup/*; do
        [ -h "$tree" ] || ! mountpoint -q "$tree" || mount -o remount,bind,rw "$tree"
      done
      exec /sbin/init')
  else
    flags+=(--cgroupns=host -v /sys/fs/cgroup:/sys/fs/cgroup:rw)
  fi
  # The host name makes Docker write the node's own name into its /etc/hosts.
  docker run -d --name "$name" --hostname "$name" --label kubewright.test=1 "${flags[@]}" "$image" "${first[@]}" >/dev/null
}

# All that is to be done once in a node; runs there, with the SSH public key, the subnet of its pods and the cgroup driver
# as arguments.
prepare_script() {
  cat <<'NODE'
set -e
# Mounts that the kubelet makes for pods must be seen by containerd's containers.
mount --make-rshared /
sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
install -d -m 0700 -o ansible -g ansible /home/ansible/.ssh
printf '%s\n' "$1" >/home/ansible/.ssh/authorized_keys
chown ansible:ansible /home/ansible/.ssh/authorized_keys
chmod 0600 /home/ansible/.ssh/authorized_keys
sed -i "s|\"subnet\": \"[^\"]*\"|\"subnet\": \"$2\"|" /etc/cni/net.d/10-bridge.conflist
if [ "$3" = systemd ]; then
  sed -i 's|SystemdCgroup = false|SystemdCgroup = true|' /etc/containerd/config.toml
  systemctl restart containerd
fi
# With the machine's cgroup tree, the kubelets of two nodes would take the same /kubepods, and each would kill the other's
# pods as orphans.
cgroup=$(sed -n 's|^[0-9]*:memory:\(/.*\)|\1|; T; s|/init.scope$||; p' /proc/1/cgroup)
# With cgroup v2 there is one hierarchy for everything.
[ -n "$cgroup" ] || [ ! -e /sys/fs/cgroup/cgroup.controllers ] ||
  cgroup=$(sed -n 's|^0::\(/.*\)|\1|; T; s|/init.scope$||; p' /proc/1/cgroup)
if [ -n "$cgroup" ]; then
  # The kubelet wants it in every hierarchy; Docker makes it only in those that the machine itself has mounted,
  # and the node's systemd mounts some more (hugetlb).
  for hierarchy in /sys/fs/cgroup/*/; do
    ! mountpoint -q "$hierarchy" || mkdir -p "$hierarchy$cgroup"
  done
  printf 'KUBELET_EXTRA_ARGS=--cgroup-root=%s\n' "$cgroup" >/etc/default/kubelet
fi
NODE
}

# The subnet of a node's pods: the last number of its address makes it different from that of every other node.
pod_subnet() { printf '10.244.%s.0/24\n' "$(container_address "$1" | cut -d . -f 4)"; }

# Lets the pods of each node reach those of the others, as a network add-on would.
connect_pods() {
  local from to
  for from; do
    for to; do
      [ "$from" = "$to" ] || docker exec "$from" ip route replace "$(pod_subnet "$to")" via "$(container_address "$to")"
    done
  done
}

create_node() {
  local name=$1
  start_container "$name"
  # "degraded" is up as well: a unit that cannot run in a container must not stop the tests.
  wait_in_node "$name" sh -c 'systemctl is-system-running | grep -Eqx "running|degraded"'
  docker exec "$name" bash -c "$(prepare_script)" prepare "$(cat "$SSH_KEY.pub")" "$(pod_subnet "$name")" "$NODE_CGROUP_DRIVER"
  [ -z "$crictl" ] || docker cp "$crictl" "$name:/usr/local/bin/crictl"
  wait_in_node "$name" ctr version
  # shellcheck disable=SC2016  # the node's shell expands it
  wait_in_node "$name" bash -c 'exec 3<>/dev/tcp/127.0.0.1/22 && read -r -t 5 banner <&3 && [[ $banner == SSH-* ]]'
  printf '%s %s\n' "$name" "$(container_address "$name")"
}

# Systemd, containerd and the kubelet of every node watch files, and a kubelet that cannot watch ends. By default all processes of
# a user together have 128 instances for that, which is enough for few nodes.
raise_inotify_limit() {
  local limit=/proc/sys/fs/inotify/max_user_instances wanted=8192
  [ "$(<"$limit")" -lt "$wanted" ] || return 0
  if [ -w "$limit" ] && printf '%s\n' "$wanted" >"$limit"; then return 0; fi
  say "More than some nodes side by side need more inotify instances (as root: sysctl -w fs.inotify.max_user_instances=$wanted)"
}

create() {
  local name started jobs=() failed=0
  local image image_script=node-image-loaded.sh crictl='' docker=''
  # A node of downloads pulls its images itself.
  ! downloading || image_script=node-image.sh
  while [ $# -gt 0 ]; do
    case $1 in
    --without-images) image_script=node-image.sh ;;
    --with-docker) docker=yes ;;
    --with-crictl) crictl=$(part crictl crictl)/crictl ;;
    -*) die "unknown option $1" ;;
    *) break ;;
    esac
    shift
  done
  [ $# -gt 0 ] || { usage >&2; exit 2; }
  "$HERE/docker-engine.sh"
  for name; do
    [[ $name =~ ^[a-z0-9]([a-z0-9-]*[a-z0-9])?$ ]] || die "'$name' is no node name (options come before the names)"
    ! docker container inspect "$name" >/dev/null 2>&1 || die "there is already a container named $name (node.sh destroy $name)"
  done
  make_ssh_key
  image=$("$HERE/$image_script")
  [ -z "$docker" ] || image=$("$HERE/node-image-docker.sh" "$image")
  # From a container, for a user who may use Docker but not load modules.
  [ -e /proc/sys/net/bridge ] ||
    docker run --rm --cap-add SYS_MODULE -v /lib/modules:/lib/modules:ro "$image" modprobe br_netfilter ||
    die "the kernel module br_netfilter cannot be loaded, which kube-proxy needs (as root: modprobe br_netfilter)"
  raise_inotify_limit
  say "Starting $# node(s) (usually 2 to 8 s)"
  started=$SECONDS
  for name; do
    create_node "$name" &
    jobs+=("$!")
  done
  for job in "${jobs[@]}"; do wait "$job" || failed=1; done
  [ "$failed" -eq 0 ] || die "a node could not be made ready"
  connect_pods "$@"
  say "Ready after $((SECONDS - started)) s"
}

destroy() {
  local name
  "$HERE/docker-engine.sh"
  for name; do
    # Only what this script made is removed. -v: the volumes have no name, so nothing else would ever remove them.
    if [ "$(docker inspect --format '{{index .Config.Labels "kubewright.test"}}' "$name" 2>/dev/null)" = 1 ]; then
      docker rm -f -v "$name" >/dev/null
    fi
  done
}

inventory() {
  local group=control_plane
  if [ "${1:-}" = --group ]; then
    group=$2
    shift 2
  fi
  ansible_inventory "$group" "$@"
}

# What is the same whatever installs Kubernetes: the node shares the machine's kernel, disk and cgroups. Scenarios that set
# the same variables combine them with test_node_*.
variables() {
  local ignored=() machine=''
  # CoreDNS (container-images.sh).
  [ "$KUBERNETES_SOURCE" = module ] || ignored+=(ImagePull)
  # As containerd has it. kubeadm 1.20 writes none, which is cgroupfs.
  [ "$KUBERNETES_SOURCE$NODE_CGROUP_DRIVER" = debiancgroupfs ] || machine+="      cgroupDriver: $NODE_CGROUP_DRIVER"$'\n'
  if [ "$KUBERNETES_SOURCE" = module ]; then
    if [ ! -e /sys/fs/cgroup/cgroup.controllers ]; then
      ignored+=(SystemVerification)
      machine+=$'      # The machine has cgroup v1.\n      failCgroupV1: false\n'
    fi
  fi
  [ "$(wc -l </proc/swaps)" -le 1 ] || machine+=$'      # The machine has swap.\n      failSwapOn: false\n'
  cat <<YAML
control_plane:
  vars:
    kubewright_kubernetes_version: $KUBERNETES_VERSION
    kubewright_ignore_preflight_errors: [$(IFS=, && printf '%s' "${ignored[*]}")]
    test_node_kubelet_configuration:
$machine      # The kubelet sees the machine's disk, which is not the node's to clean up.
      imageGCHighThresholdPercent: 100
      evictionHard: {nodefs.available: 0%, nodefs.inodesFree: 0%, imagefs.available: 0%}
    test_node_kube_proxy_configuration:
      # The kernel's connection tracking limits cannot be set in a container.
      conntrack: {maxPerCore: 0, min: 0, tcpCloseWaitTimeout: 0s, tcpEstablishedTimeout: 0s}
    kubewright_kubelet_configuration: "{{ test_node_kubelet_configuration }}"
    kubewright_kube_proxy_configuration: "{{ test_node_kube_proxy_configuration }}"
YAML
}

command=${1:-}
[ $# -lt 2 ] || shift
case $command in
create) create "$@" ;;
destroy) destroy "$@" ;;
inventory) inventory "$@" ;;
variables) variables ;;
*)
  usage >&2
  exit 2
  ;;
esac
