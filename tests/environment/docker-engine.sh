#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes sure that a Docker engine answers: installs Debian's where there is none and starts it where it is not
# running. Does nothing when `docker info` already answers.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

answers() { docker info >/dev/null 2>&1; }

# Starts a daemon that outlives this script and the shell that called it.
start_daemon() {
  local name=$1
  shift
  pgrep -x "$name" >/dev/null && return
  mkdir -p "$CACHE_DIR/log"
  # Without the locks of whoever has called this script.
  setsid nohup "$@" >"$CACHE_DIR/log/$name.log" 2>&1 </dev/null 6>&- 7>&- 8>&- 9>&- &
}

wait_for() {
  local what=$1 log=$2
  shift 2
  for _ in $(seq 300); do
    "$@" && return
    sleep 0.2
  done
  [ ! -f "$log" ] || tail -n 40 "$log" >&2
  die "$what does not answer after 60 s; its log is $log"
}

if command -v docker >/dev/null && answers; then exit 0; fi
[ "$(id -u)" -eq 0 ] || die "no Docker engine answers user $(id -un). Installing and starting one needs root (run this once as \
root); one that runs is open to members of the group docker (as root: usermod -aG docker $(id -un), then log in again)"
# A docker client may be there without an engine, so the engine's own programs decide.
if ! command -v dockerd >/dev/null || ! command -v containerd >/dev/null; then debian_packages docker.io containerd; fi
command -v docker >/dev/null || debian_packages docker.io

if [ -d /run/systemd/system ]; then
  say "Starting the Docker engine through systemd (some seconds)"
  systemctl start docker
else
  debian_packages procps
  say "Starting containerd and dockerd in the background (usually 3 s; logs in $CACHE_DIR/log)"
  # dockerd would start a containerd of its own; a separate one keeps its state when dockerd is restarted.
  start_daemon containerd containerd
  wait_for containerd "$CACHE_DIR/log/containerd.log" test -S /run/containerd/containerd.sock
  # A pid file left by a killed dockerd stops the next one when its number is in use again.
  pgrep -x dockerd >/dev/null || rm -f /run/docker.pid /var/run/docker.pid
  start_daemon dockerd dockerd --containerd /run/containerd/containerd.sock
fi
wait_for dockerd "$CACHE_DIR/log/dockerd.log" answers
