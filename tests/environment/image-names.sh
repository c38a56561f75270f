#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the names of the images that the real kubeadm asks for, one a line.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

kubeadm=$("$(dirname "${BASH_SOURCE[0]}")/kubernetes.sh" kubeadm)/kubeadm
names=$CACHE_DIR/image-names/$KUBERNETES_VERSION-$(printf '%s' "$kubeadm" | cache_key -)
if [ ! -f "$names" ]; then
  mkdir -p "${names%/*}"
  "$kubeadm" config images list --kubernetes-version "$KUBERNETES_VERSION" 2>/dev/null >"$names.partial" ||
    die "the real kubeadm $KUBERNETES_VERSION does not list its images"
  mv "$names.partial" "$names"
fi
cat "$names"
