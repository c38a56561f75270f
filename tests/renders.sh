#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Compares what playbooks/render.yml writes with what it wrote at another commit: for every configuration of
# tests/parity/configurations in every minor, byte by byte; certificates, keys and tokens by what they say. For changes that
# are to change nothing.
#
#   tests/renders.sh [COMMIT]     HEAD by default: what is not committed yet

. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"

commit=$(git rev-parse --verify "${1:-HEAD}^{commit}")
work=$PROJECT_DIR/.build/renders
export PYTHONPATH=$PROJECT_DIR/.build:$PROJECT_DIR/tests

# Renders with the collection of a work tree. A case that is refused is compared by what it says: TREE NAME
render() {
  local tree=$1 name=$2
  say "render.yml of $name (usually 4 min)"
  mkdir -p "$work/$name"
  (
    cd "$tree"
    ANSIBLE_CONFIG=$tree/ansible.cfg ANSIBLE_COLLECTIONS_PATH=$work/collections-$name ANSIBLE_HOME=$work/home-$name \
      ANSIBLE_STDOUT_CALLBACK=ansible.builtin.default NO_COLOR=1 \
      ansible-playbook "$PROJECT_DIR/tests/renders/playbook.yml" -i "$work/hosts.yml" -e kubewright_render_dir="$work/rendered-$name" --forks 4
  ) >"$work/$name.log" 2>&1 || true
  grep -q '^PLAY RECAP' "$work/$name.log" || { tail -n 40 "$work/$name.log" >&2; die "render.yml has not come to its end"; }
  mv "$work/rendered-$name" "$work/$name/rendered"
  # In the order of the hosts, which several forks mix.
  grep -E '^(fatal|\[ERROR\]|\[WARNING\])' "$work/$name.log" | sed "s|$tree|PROJECT|g; s|rendered-$name|rendered|g" | sort >"$work/$name/messages" || true
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
render "$work/tree" before
render "$PROJECT_DIR" after
python -m renders compare "$work/before" "$work/after"
