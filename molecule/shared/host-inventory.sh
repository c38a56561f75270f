#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints what a host has, for a comparison: its files (but what the system and the container runtime write by themselves),
# mounts, network namespaces, interfaces and rules of packet filters. It runs on the host.

set -euo pipefail

echo '# files'
find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/tmp -o -path /root \
  -o -path /home -o -path /var/lib/containerd -o -path /var/lib/systemd -o -path /var/log/journal -o -path /var/cache \
  -o -name '*.pyc' -o -name wtmp -o -name btmp -o -name lastlog -o -name wtmp.db \) -prune -o \
  \( -type f -o -type l \) -print | sort
echo '# mounts'
awk '$2 !~ "^/run/credentials/" && $2 !~ "^/run/user/" { print $2, $3 }' /proc/mounts | sort
echo '# network namespaces'
find /run/netns /var/run/netns -mindepth 1 2>/dev/null | sort || true
echo '# interfaces'
find /sys/class/net -mindepth 1 -printf '%f\n' | sort
echo '# rules'
for command in iptables-legacy-save ip6tables-legacy-save iptables-nft-save ip6tables-nft-save; do
  if command -v "$command" >/dev/null; then
    echo "$command"
    # Tables and chains that are there and empty change nothing.
    "$command" 2>/dev/null | grep '^-A' || true
  fi
done
