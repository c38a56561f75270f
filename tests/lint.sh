#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the linters and the sanity tests, and stops at the first that finds something.
#
#   tests/lint.sh                all of them
#   tests/lint.sh ruff mypy      only these

. "$(dirname "${BASH_SOURCE[0]}")/environment/common.sh"

STEPS=(ruff mypy yamllint shellcheck ansible-lint antsibull-docs antsibull-changelog sanity importer)
COLLECTION=ansible_collections/kubewright/control_plane

# What git tracks or would track, as far as it is there: what was staged makes no difference.
project_files() {
  local file
  git ls-files --cached --others --exclude-standard --deduplicate -- "$@" |
    while read -r file; do if [ -e "$file" ]; then printf '%s\n' "$file"; fi; done
}

step_ruff() {
  ruff check
  ruff format --check
}

step_mypy() {
  local kind packages=()
  for kind in module_utils plugin_utils modules action filter callback; do
    packages+=(-p "${COLLECTION//\//.}.plugins.$kind")
  done
  mypy "${packages[@]}"
}

step_yamllint() { yamllint --strict .; }

step_shellcheck() {
  local scripts
  mapfile -t scripts < <(project_files '*.sh')
  shellcheck "${scripts[@]}"
}

step_ansible-lint() { ansible-lint --offline; }

step_antsibull-docs() { antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs=all .; }

step_antsibull-changelog() { antsibull-changelog lint; }

# ansible-test wants a real folder of the collection's full name. It has to be outside of the work tree: inside, in a
# folder that git ignores, ansible-test would find nothing to test and be content.
step_sanity() {
  local copy=$work/sanity/$COLLECTION log=$CACHE_DIR/log/sanity.log version targets=()
  mkdir -p "$copy" "${log%/*}"
  project_files | tar --create --files-from - | tar --extract --directory "$copy"
  for version in 3.8 3.9 3.10 3.11 3.12 3.13; do
    if "python$version" -c 'import ensurepip, venv' 2>/dev/null; then targets+=(--target-python "$version"); fi
  done
  (cd "$copy" && ansible-test sanity --color no --controller origin:python=default "${targets[@]}") 2>&1 |
    tee "$log" | grep --line-buffered -E '^(Running|ERROR|FATAL|WARNING: (All|Skip))' ||
    die "ansible-test has failed; the whole log is $log"
  if grep -E 'All targets skipped|Skipping sanity test' "$log" >&2; then
    die "ansible-test has skipped what it was to test (see above); the whole log is $log"
  fi
}

# Builds what Galaxy would get and imports it as Galaxy does. The importer only logs much of what it finds.
step_importer() {
  local environment log=$work/importer.log archive
  environment=$(tests/environment/python.sh tests/galaxy-importer-requirements.txt)
  ansible-galaxy collection build --output-path "$work/artifact" .
  archive=$(echo "$work"/artifact/*.tar.gz)
  tar --list --file "$archive"
  (
    cd "$work"
    PATH=$environment/bin:$PATH GALAXY_IMPORTER_CONFIG=$PROJECT_DIR/tests/galaxy-importer.cfg \
      python -m galaxy_importer.main "$archive"
  ) 2>&1 | tee "$log"
  if grep -E '^(ERROR|WARNING|CRITICAL)' "$log" >&2; then
    die "galaxy-importer has found something (see above)"
  fi
}

cd "$PROJECT_DIR"
[ "$#" -gt 0 ] || set -- "${STEPS[@]}"
for name in "$@"; do
  declare -F "step_$name" >/dev/null || die "There is no step '$name'; there are: ${STEPS[*]}"
done

venv=$(tests/environment/python.sh)
# The shims of pyenv stand for versions that they then may not run; the interpreters themselves come before them.
if command -v pyenv >/dev/null; then
  for interpreters in "$(pyenv root)"/versions/3.*/bin; do PATH=$interpreters:$PATH; done
fi
PATH=$venv/bin:$PATH
export ANSIBLE_COLLECTIONS_PATH=$PROJECT_DIR/.build
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

begin=$SECONDS
for name in "$@"; do
  say "$name"
  start=${EPOCHREALTIME/[.,]/}
  "step_$name"
  tenths=$(((${EPOCHREALTIME/[.,]/} - start) / 100000))
  say "$name: passed in $((tenths / 10)).$((tenths % 10)) s"
done
say "All passed in $((SECONDS - begin)) s"
