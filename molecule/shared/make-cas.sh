#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes a company's own CAs in the working directory, each with its key: an intermediate CA of RSA with the root above it
# (kubernetes.crt; by itself intermediate.crt), one for the front proxy (front-proxy.crt) and one for etcd (etcd.crt).

set -euo pipefail
usages=(-addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,digitalSignature,keyCertSign")
# make_ca NAME COMMON_NAME [OPTION...]
make_ca() {
  local name=$1 common_name=$2
  shift 2
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/O=Example/CN=$common_name" "${usages[@]}" "$@" \
    -keyout "$name.key" -out "$name.crt"
}
make_ca root 'Example Root'
make_ca kubernetes 'Example Kubernetes' -CA root.crt -CAkey root.key
cp kubernetes.crt intermediate.crt
cat root.crt >>kubernetes.crt
make_ca front-proxy 'Example front proxy'
make_ca etcd 'Example etcd'
