#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Measures our playbook against the real kubeadm init, on the newest version and on the oldest that runs here, and what else
# takes time: runs that change nothing, checks, render.yml and preflight.yml (bench/). It takes about 30 min on an idle machine.
#
#   tests/bench.sh [--pairs COUNT] [PART...]     a part is init, init-1.20, one-host, hosts, render or preflight
#
# The medians go to bench/results.json, the phases side by side to docs/speed.md and its picture.

. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"

tests/environment/docker-engine.sh
# Its containers are there once, whichever checkout has made them.
exec 6>"$CACHE_DIR/bench.lock"
flock 6
mapfile -t minors < <(kubernetes_minors)
for minor in "${minors[0]}" "${minors[-1]}"; do
  KUBERNETES=$minor tests/environment/kubernetes.sh kubeadm >/dev/null
done
PYTHONPATH=tests python -m bench --newest "${minors[-1]}" --oldest "${minors[0]}" --version "$KUBERNETES_VERSION" "$@"
