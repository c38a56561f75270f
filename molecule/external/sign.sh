#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Plays the company that signs: sign.sh CA_FOLDER REQUEST_FOLDER. Each certificate goes beside its request.

set -euo pipefail
cas=$1 requests=$2
find "$requests" -name '*.csr' -printf '%P\n' | while read -r request; do
  case $request in
    etcd/* | apiserver-etcd-client.csr) ca=etcd ;;
    front-proxy-client.csr) ca=front-proxy ;;
    *) ca=kubernetes ;;
  esac
  openssl x509 -req -in "$requests/$request" -CA "$cas/$ca.crt" -CAkey "$cas/$ca.key" -copy_extensions copy -days 365 \
    -out "$requests/${request%.csr}.crt"
done
