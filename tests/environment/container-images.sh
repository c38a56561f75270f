#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the path of a tar with the container images that a control plane needs, after making it where it is
# absent. No registry is asked: the programs are the ones that kubernetes.sh and go-programs.sh print, busybox is Debian's,
# pause is pause.c; the names are the real kubeadm's.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
HERE=$(dirname "${BASH_SOURCE[0]}")

TEST_IMAGE=kubewright.test/sleep:1
SEARCH_PATH=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# Imports a tar from standard input as an image; every further argument is an instruction of a Dockerfile.
import_image() {
  local tag=$1 change changes=()
  shift
  for change in "ENV $SEARCH_PATH" "$@"; do changes+=(--change "$change"); done
  docker import "${changes[@]}" - "$tag" >/dev/null
}

# Prints a tar of a folder together with files of the node's Debian system and all libraries that they need, plugins
# among them. That is far smaller than the whole system.
with_system_files() {
  local folder=$1
  shift
  # shellcheck disable=SC2016  # the container's shell expands it
  docker run --rm --network none -v "$folder:/folder:ro" "$node_root" sh -ec '
    mkdir /pick
    cp -a /folder/. /pick/
    for file; do cp -L --parents "$file" /pick; done
    find /pick -type f \( -perm /111 -o -name "*.so*" \) -exec ldd {} + 2>/dev/null |
      grep -o "/[^ ]* (0x" | cut -d" " -f1 | sort -u |
      xargs -I % cp -L --parents % /pick
    tar -C /pick -c .' sh "$@"
}

# The paths that a glob matches in the node's Debian system.
system_files() { docker run --rm --network none "$node_root" sh -c "ls -d $1"; }

# Puts one program into an otherwise empty folder and prints the folder.
program_folder() {
  local folder=$work/$2
  install -D -m 0755 "$1" "$folder/usr/local/bin/$2"
  printf '%s\n' "$folder"
}

download_debian() (
  cd "$work" || return
  download_packages etcd-server busybox-static
  for package in *.deb; do dpkg-deb -x "$package" debian; done
)

# The name that kubeadm gives to an image, by the end of its repository.
image_name() { printf '%s\n' "${names[@]}" | grep "/$1:"; }

make_images() {
  local program folder iptables_modules
  logged "$CACHE_DIR/log/container-images-download.log" download_debian

  for program in kube-apiserver kube-controller-manager kube-scheduler; do
    folder=$(program_folder "$binaries/$program" "$program")
    tar -C "$folder" -c . | import_image "$(image_name "$program")"
  done

  # kube-proxy calls iptables, which loads its extensions by name, so ldd does not see those.
  folder=$(program_folder "$binaries/kube-proxy" kube-proxy)
  mapfile -t iptables_modules < <(system_files '/usr/lib/*/xtables/*.so')
  with_system_files "$folder" /usr/sbin/{ip,ip6}tables{,-save,-restore} /usr/sbin/conntrack "${iptables_modules[@]}" |
    import_image "$(image_name kube-proxy)"

  folder=$(program_folder "$etcd" etcd)
  with_system_files "$folder" | import_image "$(image_name etcd)"

  if [ -n "$coredns" ]; then
    folder=$(program_folder "$coredns" coredns)
    tar -C "$folder" -c . | import_image "$(image_name coredns)" 'ENTRYPOINT ["/usr/local/bin/coredns"]'
  fi

  mkdir "$work/pause"
  gcc -Os -static -s -o "$work/pause/pause" "$HERE/pause.c"
  tar -C "$work/pause" -c . | import_image "$(image_name pause)" 'ENTRYPOINT ["/pause"]'

  mkdir -p "$work/busybox/bin"
  cp "$work/debian/bin/busybox" "$work/busybox/bin/busybox"
  for program in sh sleep cat ls wget nslookup nc httpd; do ln -s busybox "$work/busybox/bin/$program"; done
  tar -C "$work/busybox" -c . | import_image "$TEST_IMAGE" 'CMD ["sleep", "1000000"]'
}

"$HERE/docker-engine.sh"
binaries=$("$HERE/kubernetes.sh")
node_root=$("$HERE/node-root.sh")
mapfile -t names < <("$HERE/image-names.sh")
if [ "$KUBERNETES_SOURCE" = module ]; then
  etcd=$("$HERE/go-programs.sh" etcd)/etcd
  coredns=$("$HERE/go-programs.sh" coredns)/coredns
else
  # Debian's etcd, which is of the time. There is no CoreDNS of that time to be had: those of today ask the API server for
  # what it has only since 1.21.
  etcd=''
  coredns=''
  mapfile -t names < <(printf '%s\n' "${names[@]}" | grep -v '/coredns:')
fi
key=$(printf '%s\n' "$binaries" "$node_root" "$etcd" "$coredns" "${names[@]}" | cache_key - "${BASH_SOURCE[0]}" "$HERE/pause.c")
tar=$CACHE_DIR/container-images/$KUBERNETES_MINOR-$key.tar
mkdir -p "$CACHE_DIR/container-images"
(
  flock 9
  [ ! -f "$tar" ] || exit 0
  say "Making the container images of $KUBERNETES_VERSION (usually 30 s, once)"
  debian_packages gcc libc6-dev
  work=$(mktemp -d "$CACHE_DIR/container-images/work.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  chmod 0755 "$work"
  etcd=${etcd:-$work/debian/usr/bin/etcd}
  make_images
  docker save -o "$tar.partial" "${names[@]}" "$TEST_IMAGE"
  mv "$tar.partial" "$tar"
  # The engine needs none of them: the nodes' own containerd gets them from the tar.
  docker rmi "${names[@]}" "$TEST_IMAGE" >/dev/null
) 9>"$CACHE_DIR/container-images/lock"
printf '%s\n' "$tar"
