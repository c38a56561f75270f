#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the folder that holds programs of Kubernetes, after making those that are absent.
#
#   kubernetes.sh [PROGRAM...]      without programs all of them; KUBERNETES chooses the version (versions.txt)
#
# They are taken from KUBERNETES_BINARIES (a folder or a mirror's URL) where that is set, or from the releases with
# KUBEWRIGHT_DOWNLOADS=yes (downloads.sh). Otherwise they are built: from the Go module of Kubernetes, or, what is older,
# from Debian's source package.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
HERE=$(dirname "${BASH_SOURCE[0]}")

PROGRAMS=(kubeadm kubelet kubectl kube-apiserver kube-controller-manager kube-scheduler kube-proxy)
GO_PACKAGE=golang-1.19-go
SOURCE_VERSION=1.20.5+really1.20.2

# A package index with the source packages of the Debian release that this machine uses, kept apart from the
# machine's own so that its configuration stays as it is.
source_index() {
  local state=$1
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  # shellcheck disable=SC2016  # the placeholders are apt's
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)' 'Created-By: Packages' |
    sort -u | awk -v release="$(. /etc/os-release && echo "$VERSION_CODENAME")" '
      $4 == "Debian" && index($2, release) == 1 {
        print "deb-src " $1 " " $2 " " $3 }' >"$state/sources.list"
  [ -s "$state/sources.list" ] || die "no Debian package source is configured on this machine (apt-get indextargets)"
}

build_from_source() {
  local destination=$1 work=$CACHE_DIR/build/kubernetes-$SOURCE_VERSION tree apt
  say "Building Kubernetes $KUBERNETES_VERSION from Debian's source package (usually 9 to 15 minutes, once)"
  debian_packages dpkg-dev "$GO_PACKAGE" golang-github-modern-go-reflect2-dev rsync jq make
  rm -rf "$work"
  mkdir -p "$work"
  source_index "$work/apt"
  apt=(-o "Dir::State::lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache"
    -o "Dir::Etc::sourcelist=$work/apt/sources.list" -o Dir::Etc::sourceparts=- -o APT::Sandbox::User=root)
  logged "$CACHE_DIR/log/kubernetes-index.log" apt-get "${apt[@]}" update
  (cd "$work" && logged "$CACHE_DIR/log/kubernetes-source.log" apt-get "${apt[@]}" source --only-source kubernetes)
  tree=$(find "$work" -mindepth 1 -maxdepth 1 -type d -name 'kubernetes-*')
  case $tree in
  *"/kubernetes-$SOURCE_VERSION") ;;
  *) die "Debian's source package kubernetes is '${tree##*/}', expected 'kubernetes-$SOURCE_VERSION'" ;;
  esac

  # The vendored reflect2 reads runtime internals that changed with Go 1.18: kubeadm and the kubelet would panic
  # when they encode a map. Debian's own package of it has the mend.
  local reflect2=$tree/vendor/github.com/modern-go/reflect2
  rm -f "$reflect2"/*.go "$reflect2"/*.s
  cp /usr/share/gocode/src/github.com/modern-go/reflect2/*.go /usr/share/gocode/src/github.com/modern-go/reflect2/*.s "$reflect2/"

  mkdir -p "$tree/.go/src/k8s.io"
  ln -s "$tree" "$tree/.go/src/k8s.io/kubernetes"
  local what="${PROGRAMS[*]/#/cmd/}"
  (
    cd "$tree/.go/src/k8s.io/kubernetes"
    export PATH=/usr/lib/go-1.19/bin:$PATH GOPATH=$tree/.go GOCACHE=$work/gocache HOME=$work CGO_ENABLED=0
    logged "$CACHE_DIR/log/kubernetes-build.log" make WHAT="$what" GOLDFLAGS="-s -w"
  )
  cp "${PROGRAMS[@]/#/$tree/_output/bin/}" "$destination/"
  rm -rf "$work"
}

[ $# -gt 0 ] || set -- "${PROGRAMS[@]}"
if [ -n "${KUBERNETES_BINARIES:-}" ] || downloading; then exec "$HERE/downloads.sh" get kubernetes "$@"; fi
if [ "$KUBERNETES_SOURCE" = module ]; then exec "$HERE/go-programs.sh" "kubernetes-$KUBERNETES_MINOR" "$@"; fi
final=$CACHE_DIR/kubernetes/$KUBERNETES_VERSION-$(architecture)-$(cache_key "${BASH_SOURCE[0]}")
mkdir -p "$CACHE_DIR/kubernetes"
(
  # Another run may be making the same.
  flock 9
  absent=()
  for name; do [ -x "$final/$name" ] || absent+=("$name"); done
  [ "${#absent[@]}" -gt 0 ] || exit 0
  partial=$final.partial
  rm -rf "$partial"
  mkdir -p "$partial" "$final"
  # The source package is built as a whole: what its programs share is most of the work.
  build_from_source "$partial"
  mv "$partial"/* "$final/"
  rmdir "$partial"
) 9>"$final.lock" >&2
printf '%s\n' "$final"
