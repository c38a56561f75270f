#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the tag of a Docker image with the Debian system of the test nodes (NODE_DEBIAN), without anything of Kubernetes.
# It stands apart from the node image because it is slow to make and seldom changes: a tar of it stays in the
# cache, so losing Docker's own store does not cost it again.
#
# KUBEWRIGHT_DEBIAN_MIRROR names the package source; by default it is the one that this machine uses.

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

make_root() {
  local tar=$1 mirror packages work root
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

  # '*' and not '!': the account has no password, yet is not locked.
  chroot "$root" useradd --create-home --shell /bin/bash --password '*' ansible
  printf 'ansible ALL=(ALL) NOPASSWD: ALL\n' >"$root/etc/sudoers.d/ansible"
  chmod 0440 "$root/etc/sudoers.d/ansible"
  # Every node makes its own identity when it first starts.
  rm -f "$root"/etc/ssh/ssh_host_*
  : >"$root/etc/machine-id"
  rm -f "$root/var/lib/dbus/machine-id" # systemd would take it over
  # A container has no consoles to log in at.
  rm -f "$root/etc/systemd/system/getty.target.wants/"*
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/var/log/*.log \
    "$root"/usr/share/{doc,man,locale,info}

  tar -C "$root" --numeric-owner --one-file-system -cf "$tar.partial" .
  mv "$tar.partial" "$tar"
}

key=$NODE_DEBIAN-$(cache_key "${BASH_SOURCE[0]}")
tag=kubewright-node-root:$key
if ! docker image inspect "$tag" >/dev/null 2>&1; then
  tar=$CACHE_DIR/node-root/$key.tar
  [ -f "$tar" ] || make_root "$tar"
  say "Importing the nodes' Debian system into Docker (usually 10 s)"
  docker import --change 'ENV container=docker' "$tar" "$tag" >/dev/null
fi
printf '%s\n' "$tag"
