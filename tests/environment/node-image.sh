#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the tag of the Docker image of a test node, after making it where it is absent: the Debian system of
# node-root.sh with the kubelet, kubectl, containerd (NODE_CONTAINERD) and the files of node-files/. kubeadm and crictl are
# left out on purpose, because the collection must work without them.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
HERE=$(dirname "${BASH_SOURCE[0]}")

build() {
  local tag=$1 context
  say "Building the node image (usually 10 s)"
  context=$(mktemp -d)
  # shellcheck disable=SC2064  # the folder is known now and local later
  trap "rm -rf '$context'" EXIT
  mkdir -p "$context/files"
  cp -a "$HERE/node-files/common/." "$HERE/node-files/containerd-$NODE_CONTAINERD/." "$context/files/"
  chmod -R u=rwX,go=rX "$context/files"
  sed -i "s|@PAUSE@|$pause|" "$context/files/etc/containerd/config.toml"
  install -D -m 0755 -t "$context/files/usr/bin" "$binaries/kubelet" "$binaries/kubectl"
  # What `systemctl enable kubelet` makes.
  mkdir -p "$context/files/etc/systemd/system/multi-user.target.wants"
  ln -s /lib/systemd/system/kubelet.service "$context/files/etc/systemd/system/multi-user.target.wants/kubelet.service"
  # The place where upstream's packages put the plugins, and so where containerd looks.
  mkdir -p "$context/files/opt/cni"
  if [ "$NODE_CONTAINERD" = module ]; then
    install -D -m 0755 -t "$context/files/usr/local/bin" "$containerd"/*
    install -D -m 0755 -t "$context/files/opt/cni/bin" "$plugins"/*
  else
    ln -s /usr/lib/cni "$context/files/opt/cni/bin"
  fi
  cat >"$context/Dockerfile" <<DOCKERFILE
FROM $node_root
COPY files/ /
STOPSIGNAL SIGRTMIN+3
CMD ["/sbin/init"]
DOCKERFILE
  # Debian's engine comes without the BuildKit client plugin.
  DOCKER_BUILDKIT=0 logged "$CACHE_DIR/log/node-image.log" docker build --network none -t "$tag" "$context"
}

# Runs scripts that wait for the network more than for the machine side by side; what they print is asked for later.
side_by_side() {
  local script job jobs=() failed=0
  for script; do
    # shellcheck disable=SC2086  # a script and its arguments
    "$HERE"/$script >/dev/null &
    jobs+=("$!")
  done
  for job in "${jobs[@]}"; do wait "$job" || failed=1; done
  [ "$failed" -eq 0 ] || exit 1
}

# The name of the image of pause. The real kubeadm is asked where it is built anyway; 75 MB are too much for one name.
pause_image() {
  local environment
  if ! downloading; then
    "$HERE/image-names.sh" | grep '/pause:'
    return
  fi
  environment=$("$HERE/python.sh" "$PROJECT_DIR/requirements.txt")
  PYTHONPATH=$PROJECT_DIR/.build "$environment/bin/python" - "$KUBERNETES_VERSION" <<'PYTHON'
import sys
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release import Release

release = Release(sys.argv[1])
print("%s/pause:%s" % (release["image_repository"], release["pause_tag"]))
PYTHON
}

"$HERE/docker-engine.sh"
if downloading; then
  parts=(node-root.sh 'kubernetes.sh kubelet kubectl')
  [ "$NODE_CONTAINERD" = debian ] || parts+=('downloads.sh get containerd' 'downloads.sh get cni-plugins')
  side_by_side "${parts[@]}"
fi
# First, because it needs root: nobody should wait for a build to read that.
node_root=$("$HERE/node-root.sh")
binaries=$("$HERE/kubernetes.sh" kubelet kubectl)
pause=$(pause_image)
containerd='' plugins=''
if [ "$NODE_CONTAINERD" = module ]; then
  containerd=$(part containerd)
  plugins=$(part cni-plugins)
fi
mapfile -t node_files < <(find "$HERE/node-files/common" "$HERE/node-files/containerd-$NODE_CONTAINERD" -type f | sort)
key=$(printf '%s\n' "$binaries" "$node_root" "$containerd" "$plugins" "$pause" "${node_files[@]#"$HERE/"}" |
  cache_key - "${BASH_SOURCE[0]}" "${node_files[@]}")
tag=kubewright-node:$KUBERNETES_MINOR-$key
docker image inspect "$tag" >/dev/null 2>&1 || build "$tag"
printf '%s\n' "$tag"
