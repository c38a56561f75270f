# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Shared by the scripts of this folder; sourced, never run.
# shellcheck disable=SC2034  # its variables are for those scripts

set -euo pipefail

PROJECT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE_DIR=${KUBEWRIGHT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kubewright}
export DEBIAN_FRONTEND=noninteractive

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Sets KUBERNETES_VERSION, KUBERNETES_MINOR, KUBERNETES_SOURCE, NODE_DEBIAN and NODE_CONTAINERD from the row of versions.txt
# that KUBERNETES names (1.34 or v1.34.4); without it from the newest. NODE_DEBIAN, NODE_CONTAINERD and
# NODE_CGROUP_DRIVER may be given.
choose_kubernetes() {
  local table row debian containerd
  table=$(grep -v '^#' "$PROJECT_DIR/tests/environment/versions.txt")
  if [ -n "${KUBERNETES:-}" ]; then
    row=$(awk -v wanted="$KUBERNETES" '$1 == wanted || "v" $1 == wanted || $2 == wanted || $2 == "v" wanted' <<<"$table")
    [ -n "$row" ] || die "KUBERNETES is '$KUBERNETES'; allowed: $(awk '{ print $1 }' <<<"$table" | paste -sd ' ')"
  else
    row=$(tail -n 1 <<<"$table")
  fi
  read -r KUBERNETES_MINOR KUBERNETES_VERSION KUBERNETES_SOURCE debian containerd <<<"$row"
  NODE_DEBIAN=${NODE_DEBIAN:-$debian}
  NODE_CONTAINERD=${NODE_CONTAINERD:-$containerd}
  NODE_CGROUP_DRIVER=${NODE_CGROUP_DRIVER:-cgroupfs}
}

# The versions of versions.txt, the oldest first.
kubernetes_minors() { awk '!/^#/ { print $1 }' "$PROJECT_DIR/tests/environment/versions.txt"; }

# Runs a command with its output in a log file; prints the log's end only when the command fails.
logged() {
  local log=$1 code=0
  shift
  mkdir -p "$(dirname "$log")"
  # Not as a condition, under which a function would go on after a command that fails.
  set +e
  (
    set -e
    "$@"
  ) >"$log" 2>&1
  code=$?
  set -e
  if [ "$code" -ne 0 ]; then
    tail -n 40 "$log" >&2
    die "'$*' failed; the whole log is $log"
  fi
}

# Sets missing to those of the Debian packages that are not installed.
find_missing() {
  local package
  missing=()
  for package; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
}

# Runs a command while no other script of the project uses apt, which does not wait for itself.
alone_with_apt() {
  mkdir -p "$CACHE_DIR"
  (
    flock 7
    "$@"
  ) 7>"$CACHE_DIR/apt.lock"
}

# Installs the Debian packages that are missing; asks the package index only when there are some.
debian_packages() {
  local missing
  find_missing "$@"
  [ "${#missing[@]}" -eq 0 ] || alone_with_apt install_packages "$@"
}

install_packages() {
  local missing
  # Another script may have installed them meanwhile.
  find_missing "$@"
  [ "${#missing[@]}" -gt 0 ] || return 0
  command -v apt-get >/dev/null ||
    die "needed and not found: ${missing[*]} (these are Debian's names; install what this system has for them)"
  [ "$(id -u)" -eq 0 ] || die "missing Debian packages: ${missing[*]}; as root: apt-get install ${missing[*]}"
  say "Installing Debian packages: ${missing[*]}"
  logged "$CACHE_DIR/log/apt-update.log" apt-get update
  logged "$CACHE_DIR/log/apt-install.log" apt-get install -y --no-install-recommends "${missing[@]}"
}

# Downloads Debian packages into the current folder, without installing them.
download_packages() { alone_with_apt sh -c 'apt-get download "$@" || { apt-get update && apt-get download "$@"; }' sh "$@"; }

# The modules that a go.mod requires directly, with their versions: one "module version" a line.
direct_requirements() { sed -n 's/^\(require \|\t\)\(\S* v\S*\)$/\2/p' "$1"; }

# The cache key of what a script makes: its own text and everything else named.
cache_key() { cat "$@" | sha256sum | cut -c1-16; }

# Makes sure that a program is there; the Debian package that has it is the second argument.
program() { command -v "$1" >/dev/null || debian_packages "$2"; }

# Whether the parts of a test node are downloaded; they are built otherwise (downloads.sh).
downloading() { [ "${KUBEWRIGHT_DOWNLOADS:-}" = yes ]; }

# Prints the folder with the programs of a part of the nodes, a folder of modules/: PART [PROGRAM...]
part() {
  if downloading; then
    "$PROJECT_DIR/tests/environment/downloads.sh" get "$@"
  else
    "$PROJECT_DIR/tests/environment/go-programs.sh" "$@"
  fi
}

# The architecture of this machine, by the name that Debian, Kubernetes and the other releases have for it.
architecture() {
  case $(uname -m) in
  x86_64) echo amd64 ;;
  aarch64) echo arm64 ;;
  armv7l) echo arm ;;
  *) uname -m ;; # ppc64le, s390x, riscv64
  esac
}

# The key by which the test hosts are reached; made where there is none.
SSH_KEY=$CACHE_DIR/ssh/id_ed25519
make_ssh_key() {
  program ssh-keygen openssh-client
  mkdir -p "$(dirname "$SSH_KEY")"
  (
    # Parts that run side by side would each make one, and a node would get a key that is replaced at once.
    flock 7
    [ ! -f "$SSH_KEY" ] || return 0
    rm -f "$SSH_KEY.pub" "$SSH_KEY.new" "$SSH_KEY.new.pub"
    ssh-keygen -q -t ed25519 -N '' -C kubewright-test -f "$SSH_KEY.new"
    mv "$SSH_KEY.new.pub" "$SSH_KEY.pub"
    mv "$SSH_KEY.new" "$SSH_KEY"
  ) 7>"$SSH_KEY.lock"
}

container_address() { docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$1"; }

# An Ansible inventory of running containers: ansible_inventory GROUP NAME...
ansible_inventory() {
  local group=$1 name
  shift
  printf '%s:\n  hosts:\n' "$group"
  for name; do printf '    %s:\n      ansible_host: %s\n' "$name" "$(container_address "$name")"; done
  cat <<YAML
  vars:
    ansible_user: ansible
    ansible_become: true
    ansible_ssh_private_key_file: $SSH_KEY
    ansible_ssh_common_args: -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null
    ansible_python_interpreter: /usr/bin/python3
YAML
}

# Writes the inventory of a test node, with what the node needs: NODE FOLDER
write_inventory() {
  mkdir -p "$2"
  "$PROJECT_DIR/tests/environment/node.sh" inventory "$1" >"$2/hosts.yml"
  "$PROJECT_DIR/tests/environment/node.sh" variables >"$2/variables.yml"
}

choose_kubernetes
case ${KUBEWRIGHT_DOWNLOADS:-} in
yes | no | '') ;;
*) die "KUBEWRIGHT_DOWNLOADS is '$KUBEWRIGHT_DOWNLOADS'; allowed: yes, no, or empty to find out" ;;
esac
