#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the tag of the node image that has the container images already in containerd's store, after making it
# where it is absent. Importing the tar costs 10 s for every node, on two cores even when nodes are made side by
# side; Docker copies this image's store into a node's fresh volume in 1 to 3 s.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
HERE=$(dirname "${BASH_SOURCE[0]}")

load() {
  local tag=$1 maker=kubewright-image-maker-$$ context
  say "Loading the container images into the node image (usually 45 s, once)"
  mkdir -p "$CACHE_DIR"
  context=$(mktemp -d "$CACHE_DIR/node-image-loaded.XXXXXX")
  # shellcheck disable=SC2064  # the names are known now and local later
  trap "rm -rf '$context'; docker rm -f -v '$maker' >/dev/null 2>&1 || true" EXIT
  "$HERE/node.sh" create --without-images "$maker" >/dev/null
  for _ in $(seq 50); do
    ! docker exec "$maker" ctr version >/dev/null 2>&1 || break
    sleep 0.2
  done
  docker exec -i "$maker" ctr -n k8s.io images import - <"$images" >/dev/null
  # Its database must be at rest when it is copied.
  docker exec "$maker" systemctl stop containerd
  docker exec "$maker" tar -C /var/lib/containerd -c . >"$context/containerd.tar"
  printf 'FROM %s\nADD containerd.tar /var/lib/containerd\n' "$node_image" >"$context/Dockerfile"
  DOCKER_BUILDKIT=0 logged "$CACHE_DIR/log/node-image-loaded.log" docker build --network none -t "$tag" "$context"
}

"$HERE/docker-engine.sh"
node_image=$("$HERE/node-image.sh")
images=$("$HERE/container-images.sh")
key=$(printf '%s\n' "$node_image" "$images" | cache_key - "${BASH_SOURCE[0]}")
tag=kubewright-node-loaded:$KUBERNETES_MINOR-$key
docker image inspect "$tag" >/dev/null 2>&1 || load "$tag"
printf '%s\n' "$tag"
