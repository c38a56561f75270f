#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Many small hosts: containers in which nothing but sshd runs, for what is asked of a whole fleet at once.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
HERE=$(dirname "${BASH_SOURCE[0]}")

usage() {
  cat <<'USAGE'
usage: fleet.sh create PREFIX COUNT   starts hosts PREFIX-1 to PREFIX-COUNT
       fleet.sh destroy PREFIX        removes all hosts of that prefix
       fleet.sh inventory PREFIX      prints an Ansible inventory of them, all in the group control_plane
USAGE
}

hosts() { docker ps -a --filter "label=kubewright.fleet=$1" --format '{{.Names}}' | sort -V; }

create() {
  local prefix=$1 count=$2 image number started=$SECONDS
  "$HERE/docker-engine.sh"
  [ -z "$(hosts "$prefix")" ] || die "there are hosts of the prefix $prefix already (fleet.sh destroy $prefix)"
  image=$("$HERE/node-image.sh")
  make_ssh_key
  say "Starting $count small hosts (usually 10 to 20 s)"
  # shellcheck disable=SC2016  # the container's shell expands it
  local start='install -d -m 0700 -o ansible -g ansible /home/ansible/.ssh
printf "%s\n" "$1" >/home/ansible/.ssh/authorized_keys
chown ansible:ansible /home/ansible/.ssh/authorized_keys
chmod 0600 /home/ansible/.ssh/authorized_keys
mkdir -p /run/sshd
ssh-keygen -q -A
cat /proc/sys/kernel/random/uuid | tr -d - >/etc/machine-id
exec /usr/sbin/sshd -D'
  for ((number = 1; number <= count; number++)); do
    docker run -d --name "$prefix-$number" --hostname "$prefix-$number" --label kubewright.test=1 --label "kubewright.fleet=$prefix" \
      --cap-add SYS_ADMIN "$image" bash -c "$start" start "$(cat "$SSH_KEY.pub")" >/dev/null
  done
  for ((number = 1; number <= count; number++)); do
    # shellcheck disable=SC2016  # the container's shell expands it
    timeout 60 docker exec "$prefix-$number" bash -c \
      'until exec 3<>/dev/tcp/127.0.0.1/22; do sleep 0.1; done 2>/dev/null' || die "host $prefix-$number does not come up"
  done
  say "Ready after $((SECONDS - started)) s"
}

destroy() {
  local names
  "$HERE/docker-engine.sh"
  mapfile -t names < <(hosts "$1")
  [ "${#names[@]}" -eq 0 ] || docker rm -f -v "${names[@]}" >/dev/null
}

inventory() {
  local names
  mapfile -t names < <(hosts "$1")
  ansible_inventory control_plane "${names[@]}"
}

command=${1:-}
[ $# -lt 2 ] || shift
case $command in
create | destroy | inventory) "$command" "$@" ;;
*)
  usage >&2
  exit 2
  ;;
esac
