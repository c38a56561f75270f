#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Compares what role render (playbooks/render.yml) writes with what it wrote at another commit: for every configuration of
# tests/parity/configurations in every minor, byte by byte; certificates, keys and tokens by what they say. For changes that
# are to change nothing.
#
#   tests/renders.sh [COMMIT]     HEAD by default: what is not committed yet

. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"

commit=$(git rev-parse --verify "${1:-HEAD}^{commit}")
work=$PROJECT_DIR/.build/renders
export PYTHONPATH=$PROJECT_DIR/.build:$PROJECT_DIR/tests:$PROJECT_DIR/tests/unit

# Renders with the collection of a work tree. A case that is refused is compared by what it says: NAME
render() {
  say "Rendering with the collection of $1 (usually 3 min)"
  PYTHONPATH=$work/collections-$1:$PROJECT_DIR/tests:$PROJECT_DIR/tests/unit python -m renders render "$work" "$1"
}

# A collections path that has a tree as our collection: TREE NAME
collection() {
  mkdir -p "$work/collections-$2/ansible_collections/kubewright"
  ln -s "$1" "$work/collections-$2/ansible_collections/kubewright/control_plane"
}

if [ -d "$work/tree" ]; then git worktree remove --force "$work/tree"; fi
rm -rf "$work"
git worktree prune
mkdir -p "$work"
git worktree add --quiet --detach "$work/tree" "$commit"
trap 'git worktree remove --force "$work/tree"' EXIT
collection "$work/tree" before
collection "$PROJECT_DIR" after
python -m renders inventory "$work" >"$work/hosts.yml"
render before
render after
python -m renders compare "$work/before" "$work/after"
