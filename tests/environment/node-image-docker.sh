#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the tag of a node image in which the Docker engine of its Debian system runs as well, after making it where it is
# absent: IMAGE, a node image.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build() {
  local tag=$1 context
  say "Installing the Docker engine into the node image (usually 30 s, once)"
  context=$(mktemp -d)
  # shellcheck disable=SC2064  # the folder is known now and local later
  trap "rm -rf '$context'" EXIT
  # The pods have their network by CNI; Docker's own would be one more, with rules that keep theirs from being forwarded.
  cat >"$context/daemon.json" <<'JSON'
{
  "bridge": "none", "iptables": false, "ip6tables": false, "exec-opts": ["native.cgroupdriver=cgroupfs"],
  "runtimes": {"without-oom-score": {"path": "/usr/local/bin/runc-without-oom-score"}}, "default-runtime": "without-oom-score"
}
JSON
  cat >"$context/runc-without-oom-score" <<'SCRIPT'
#!/bin/sh
# A node that lacks CAP_SYS_RESOURCE may not lower an oom_score_adj, and containers that ask for it would fail.
for argument; do
  [ "$before" != --bundle ] || sed -i 's/"oomScoreAdj":-[0-9]*/"oomScoreAdj":0/' "$argument/config.json"
  before=$argument
done
exec runc "$@"
SCRIPT
  chmod 0755 "$context/runc-without-oom-score"
  cat >"$context/Dockerfile" <<DOCKERFILE
FROM $image
COPY daemon.json /etc/docker/daemon.json
COPY runc-without-oom-score /usr/local/bin/
RUN set -e; export DEBIAN_FRONTEND=noninteractive; apt-get update; \\
  apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold docker.io; \\
  rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
DOCKERFILE
  DOCKER_BUILDKIT=0 logged "$CACHE_DIR/log/node-image-docker.log" docker build --network host -t "$tag" "$context"
}

image=${1:?usage: node-image-docker.sh IMAGE}
tag=kubewright-node-docker:$(printf '%s\n' "$image" | cache_key - "${BASH_SOURCE[0]}")
docker image inspect "$tag" >/dev/null 2>&1 || build "$tag"
printf '%s\n' "$tag"
