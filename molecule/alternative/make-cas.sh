#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes, in the working directory, an intermediate CA with the root above it (kubernetes.crt) and a CA for etcd.

set -euo pipefail
usages=(-addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,digitalSignature,keyCertSign")
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/O=Example/CN=Example Root' "${usages[@]}" -keyout root.key -out root.crt
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/O=Example/CN=Example Kubernetes' "${usages[@]}" \
  -CA root.crt -CAkey root.key -keyout kubernetes.key -out intermediate.crt
cat intermediate.crt root.crt >kubernetes.crt
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/O=Example/CN=Example etcd' "${usages[@]}" -keyout etcd.key -out etcd.crt
