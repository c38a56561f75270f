#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the path of a tar with the images that Kubernetes' own conformance tests run in pods, after making it where it is
# absent. Their names are e2e.test's; agnhost and nonewprivs are built from their Go module, the rest is Debian's.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
HERE=$(dirname "${BASH_SOURCE[0]}")

# The names that e2e.test has for an image, in every version that it asks for.
named() { "$programs/e2e.test" --list-images | grep "/$1:"; }

build_images() {
  local name file
  cp "$programs/agnhost" "$coredns/coredns" /bin/busybox /bin/bash-static "$work/"
  # What agnhost's commands call, and nginx with its pages where nginx' own image has them.
  cat >"$work/Dockerfile" <<DOCKERFILE
FROM $node_root
RUN set -e; export DEBIAN_FRONTEND=noninteractive; apt-get update; \\
  apt-get install -y --no-install-recommends netcat-openbsd curl bind9-dnsutils wget iperf socat nginx-light; \\
  rm -rf /var/lib/apt/lists/*
ENTRYPOINT []
DOCKERFILE
  logged "$CACHE_DIR/log/conformance-images.log" docker build --network host -t kubewright-conformance "$work"
  # The files, the user and the second name that the tests look for in it.
  cp "$("$go" list -C "$module" -m -f '{{.Dir}}' k8s.io/kubernetes)"/test/images/agnhost/porter/localhost.* "$work/"
  cat >"$work/agnhost.Dockerfile" <<'DOCKERFILE'
FROM kubewright-conformance
COPY agnhost coredns localhost.crt localhost.key /
RUN mkdir /uploads; ln -s agnhost /agnhost-2; \
  usermod -l user-defined-in-image ansible; groupadd -g 50000 group-defined-in-image; \
  usermod -a -G group-defined-in-image user-defined-in-image
EXPOSE 80 8080 8081 9376 5000
ENTRYPOINT ["/agnhost"]
CMD ["pause"]
DOCKERFILE
  printf 'FROM kubewright-conformance\nRUN sed -i "s|^\\sroot .*|root /usr/share/nginx/html;|" /etc/nginx/sites-available/default\nCMD ["nginx", "-g", "daemon off;"]\n' >"$work/nginx.Dockerfile"
  # A glibc with what looks names up.
  printf 'FROM kubewright-conformance\n' >"$work/glibc-dns-testing.Dockerfile"
  CGO_ENABLED=0 "$go" build -C "$module" -trimpath -o "$work/nnp" k8s.io/kubernetes/test/images/nonewprivs
  # COPY would drop the bits by which it becomes another user.
  tar -C "$work" --owner 0 --group 0 --mode 6755 --transform 's|^|usr/local/bin/|' -cf "$work/nnp.tar" nnp
  printf 'FROM scratch\nADD nnp.tar /\nCMD ["/usr/local/bin/nnp"]\n' >"$work/nonewprivs.Dockerfile"
  # Debian's busybox takes variables away whose names have a dash; bash does not.
  printf 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\nRUN ["/bin/busybox", "rm", "/bin/sh"]\nRUN ["/bin/busybox", "mkdir", "-m", "1777", "/tmp"]\nCOPY bash-static /bin/sh\nENV PATH=/bin\nCMD ["sh"]\n' >"$work/busybox.Dockerfile"
  for file in agnhost nginx busybox glibc-dns-testing nonewprivs; do
    logged "$CACHE_DIR/log/conformance-images.log" docker build -t "kubewright-conformance-$file" -f "$work/$file.Dockerfile" "$work"
    while read -r name; do
      docker tag "kubewright-conformance-$file" "$name"
      names+=("$name")
    done < <(named "$file")
  done
}

export DOCKER_BUILDKIT=0 GOTOOLCHAIN=local GOFLAGS=-mod=readonly
"$HERE/docker-engine.sh"
programs=$("$HERE/go-programs.sh" "kubernetes-$KUBERNETES_MINOR" e2e.test agnhost)
coredns=$("$HERE/go-programs.sh" coredns)
go=$("$HERE/go.sh")/bin/go
module=$HERE/modules/kubernetes-$KUBERNETES_MINOR
node_root=$("$HERE/node-root.sh")
key=$(printf '%s\n' "$programs" "$coredns" "$node_root" | cache_key - "${BASH_SOURCE[0]}")
tar=$CACHE_DIR/container-images/conformance-$KUBERNETES_MINOR-$key.tar
mkdir -p "$CACHE_DIR/container-images"
(
  flock 9
  [ ! -f "$tar" ] || exit 0
  say "Making the images of the conformance tests (usually 2 min, once)"
  debian_packages busybox-static bash-static
  work=$(mktemp -d "$CACHE_DIR/container-images/work.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  names=()
  build_images
  docker save -o "$tar.partial" "${names[@]}"
  mv "$tar.partial" "$tar"
  docker rmi "${names[@]}" >/dev/null
) 9>"$CACHE_DIR/container-images/conformance.lock" >&2
printf '%s\n' "$tar"
