#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Removes the test nodes and what was built in the work tree. The caches (Kubernetes, images, Python environments) stay
# in the cache folder, which is named at the end.

. "$(dirname "${BASH_SOURCE[0]}")/environment/common.sh"

if docker info >/dev/null 2>&1; then
  mapfile -t nodes < <(docker ps -aq --filter label=kubewright.test)
  if [ "${#nodes[@]}" -gt 0 ]; then docker rm -f -v "${nodes[@]}" >/dev/null; fi
fi
rm -rf "$PROJECT_DIR/.build" "$PROJECT_DIR/.ansible" "$PROJECT_DIR/.hypothesis"
find "$PROJECT_DIR" -name __pycache__ -type d -prune -exec rm -rf {} +
say "Clean. The caches are in $CACHE_DIR"
