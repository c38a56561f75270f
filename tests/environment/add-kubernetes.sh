#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the folder modules/kubernetes-<minor> for a released version, or brings it to another patch.
#
#   add-kubernetes.sh v1.37.2
#
# Kubernetes is a Go module that points to its own staging folders. As a dependency it needs the same list, pointed to
# the staging modules' releases: v1.37.2 goes with v0.37.2.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

[[ ${1:-} =~ ^v1\.([0-9]+)\.([0-9]+)$ ]] || die "usage: add-kubernetes.sh v1.MINOR.PATCH"
version=$1
staging=v0.${BASH_REMATCH[1]}.${BASH_REMATCH[2]}
folder=$HERE/modules/kubernetes-1.${BASH_REMATCH[1]}
go=$("$HERE/go.sh")/bin/go

upstream=$(GOTOOLCHAIN=local "$go" mod download -json "k8s.io/kubernetes@$version" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p') || upstream=''
[ -n "$upstream" ] || die "the module k8s.io/kubernetes has no version $version"
mkdir -p "$folder"
{
  printf 'module kubewright.test/kubernetes-1.%s\n\n' "${BASH_REMATCH[1]}"
  grep -E '^go ' "$upstream"
  printf '\n'
  grep -E '^godebug ' "$upstream"
  printf '\nrequire k8s.io/kubernetes %s\n\nreplace (\n' "$version"
  sed -n "s|^\s*\(replace \)\?\(k8s.io/\S*\) => ./staging/.*|\t\2 => \2 $staging|p" "$upstream"
  printf ')\n'
} >"$folder/go.mod"
{
  printf '//go:build tools\n\n// What is built of Kubernetes: the programs of a node, and those of its conformance tests.\npackage tools\n\nimport (\n'
  printf '\t_ "github.com/onsi/ginkgo/v2/ginkgo"\n'
  for program in kube-apiserver kube-controller-manager kube-proxy kube-scheduler kubeadm kubectl kubelet; do
    printf '\t_ "k8s.io/kubernetes/cmd/%s"\n' "$program"
  done
  printf '\t_ "k8s.io/kubernetes/test/e2e" // e2e.test\n\t_ "k8s.io/kubernetes/test/images/agnhost"\n)\n'
} >"$folder/tools.go"
rm -f "$folder/go.sum"
cd "$folder"
GOTOOLCHAIN=local GOFLAGS=-mod=mod "$go" mod tidy
