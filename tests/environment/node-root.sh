#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the tag of a Docker image with the Debian system of the test nodes (NODE_DEBIAN), without anything of Kubernetes.
# It stands apart from the node image because it is slow to make and seldom changes. With KUBEWRIGHT_DOWNLOADS=yes Docker
# pulls Debian's own image (KUBEWRIGHT_BASE_IMAGE) and installs the packages in it; otherwise debootstrap makes it from
# packages alone, and a tar of it stays in the cache, so losing Docker's own store does not cost it again.
#
# KUBEWRIGHT_DEBIAN_MIRROR names the package source; by default it is the base image's, or the one that this machine uses.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

PACKAGES=(
  systemd systemd-sysv dbus openssh-server sudo procps kmod mount ca-certificates
  # All that the collection asks of a node. debootstrap does not resolve virtual packages, and cryptography
  # depends on such a one that cffi-backend provides.
  python3 python3-cryptography python3-cffi-backend
  # The container runtime, which the collection does not install.
  containerd runc containernetworking-plugins
  # What the kubelet and kube-proxy call.
  iproute2 iptables ebtables ethtool socat conntrack
)

mirror() {
  # shellcheck disable=SC2016  # the placeholders are apt's
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)' 'Created-By: Packages' |
    awk -v release="$(. /etc/os-release && echo "$VERSION_CODENAME")" '
      $2 == release && $3 == "main" && $4 == "Debian" && !found { print $1; found = 1 }'
}

# What is done in the system once its packages are there; runs in it.
finish_script() {
  cat <<'SYSTEM'
# '*' and not '!': the account has no password, yet is not locked.
useradd --create-home --shell /bin/bash --password '*' ansible
printf 'ansible ALL=(ALL) NOPASSWD: ALL\n' >/etc/sudoers.d/ansible
chmod 0440 /etc/sudoers.d/ansible
# Every node makes its own identity when it first starts.
rm -f /etc/ssh/ssh_host_*
: >/etc/machine-id
rm -f /var/lib/dbus/machine-id # systemd would take it over
# A container has no consoles to log in at.
rm -f /etc/systemd/system/getty.target.wants/*
# Debian's own image forbids the start of services at their installation.
rm -f /usr/sbin/policy-rc.d
rm -rf /var/cache/apt/archives/*.deb /var/lib/apt/lists/* /var/log/*.log /usr/share/doc /usr/share/man /usr/share/locale \
  /usr/share/info
SYSTEM
}

make_root() {
  local tar=$1 mirror packages work root
  [ "$(id -u)" -eq 0 ] || die "making the nodes' Debian system from packages needs root; with KUBEWRIGHT_DOWNLOADS=yes it does not"
  mirror=${KUBEWRIGHT_DEBIAN_MIRROR:-$(mirror)}
  [ -n "$mirror" ] || die "apt knows no Debian package source on this machine; set KUBEWRIGHT_DEBIAN_MIRROR to one"
  say "Making the nodes' Debian system ($NODE_DEBIAN) with debootstrap (usually 2 minutes, once)"
  debian_packages debootstrap
  mkdir -p "$(dirname "$tar")" "$CACHE_DIR/debootstrap"
  work=$(mktemp -d "$CACHE_DIR/debootstrap/root.XXXXXX")
  # shellcheck disable=SC2064  # the folder is known now and local later
  trap "rm -rf --one-file-system '$work'" EXIT
  root=$work/root
  packages=$(IFS=, && printf '%s' "${PACKAGES[*]}")
  logged "$CACHE_DIR/log/debootstrap-$NODE_DEBIAN.log" \
    debootstrap --variant=minbase --include="$packages" "$NODE_DEBIAN" "$root" "$mirror"

  chroot "$root" sh -ec "$(finish_script)"
  tar -C "$root" --numeric-owner --one-file-system -cf "$tar.partial" .
  mv "$tar.partial" "$tar"
}

build_on_base() {
  local tag=$1 context
  say "Making the nodes' Debian system on $base (usually 1 minute, once)"
  context=$(mktemp -d)
  # shellcheck disable=SC2064  # the folder is known now and local later
  trap "rm -rf '$context'" EXIT
  finish_script >"$context/finish"
  cat >"$context/Dockerfile" <<DOCKERFILE
FROM $base
ENV container=docker
COPY finish /finish
RUN set -e; export DEBIAN_FRONTEND=noninteractive; \\
  mirror='${KUBEWRIGHT_DEBIAN_MIRROR:-}'; \\
  if [ -n "\$mirror" ]; then \\
    rm -f /etc/apt/sources.list.d/*; echo "deb \$mirror $NODE_DEBIAN main" >/etc/apt/sources.list; \\
  fi; \\
  apt-get update; \\
  apt-get install -y --no-install-recommends ${PACKAGES[*]}; \\
  sh -e /finish; rm /finish
DOCKERFILE
  # A server that stalls must not stop the run for ever.
  docker image inspect "$base" >/dev/null 2>&1 ||
    logged "$CACHE_DIR/log/base-image.log" timeout 180 docker pull "$base"
  # Debian's engine comes without the BuildKit client plugin.
  DOCKER_BUILDKIT=0 logged "$CACHE_DIR/log/node-root-$NODE_DEBIAN.log" timeout 600 docker build -t "$tag" "$context"
}

base=''
! downloading || base=${KUBEWRIGHT_BASE_IMAGE:-debian:$NODE_DEBIAN-slim}
key=$NODE_DEBIAN-$(printf '%s' "$base" | cache_key - "${BASH_SOURCE[0]}")
tag=kubewright-node-root:$key
if docker image inspect "$tag" >/dev/null 2>&1; then
  :
elif [ -n "$base" ]; then
  build_on_base "$tag"
else
  tar=$CACHE_DIR/node-root/$key.tar
  [ -f "$tar" ] || make_root "$tar"
  say "Importing the nodes' Debian system into Docker (usually 10 s)"
  docker import --change 'ENV container=docker' "$tar" "$tag" >/dev/null
fi
printf '%s\n' "$tag"
