#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Tries the collection with every ansible-core that it supports, each on the first of its Pythons that is here, and
# prints a table at the end. What there is no Python for is named there as not tried.
#
#   tests/cores.sh                  all of them
#   tests/cores.sh 2.16 2.21        only these, for which there must be a Python
#   tests/cores.sh --live [2.16]    also initialises a control plane on a fresh node with each; again changes nothing
#
# units    the unit tests
# render   renders as the default ansible-core does
# output   shows each warning once and no complaint of ansible-core
# hosts    the modules with older and newer Pythons on the host, with the python3-cryptography of their time

. "$(dirname "${BASH_SOURCE[0]}")/environment/common.sh"

# ansible-core : Pythons for the controller, the preferred one first : Pythons that hosts may have
CORES=(
  "2.16.19:3.10 3.11 3.12:3.8 3.9 3.10 3.11 3.12"
  "2.18.19:3.11 3.12 3.13:3.8 3.9 3.10 3.11 3.12 3.13"
  "2.19.14:3.11 3.12 3.13:3.8 3.9 3.10 3.11 3.12 3.13"
  "2.20.10:3.12 3.13:3.9 3.10 3.11 3.12 3.13"
  "2.21.5:3.13 3.12:3.9 3.10 3.11 3.12 3.13"
)
VERSIONS=(v1.20.2 v1.37.0)
WARNING="kubewright_certificate_validity_period: certificates would be valid for longer than their CA"

cd "$PROJECT_DIR"
folder=$PROJECT_DIR/.build/cores
steps=(units render output hosts)
names=()
for argument; do
  case $argument in
    --live) steps+=(live) ;;
    *) names+=("$argument") ;;
  esac
done
for name in "${names[@]}"; do
  [[ " ${CORES[*]}" = *" $name."* ]] || die "There is no ansible-core '$name' in $0"
done

# Prints the path of a Python of a minor, or nothing.
interpreter() {
  local candidate
  for candidate in "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python3 "python$1" "/usr/bin/python$1"; do
    if [ "$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$1" ]; then
      command -v "$candidate"
      return
    fi
  done
}

# Makes what follows run in an environment of tests/environment/python.sh.
enter() {
  PATH=$1/bin:$PATH
  export PATH ANSIBLE_CONFIG=$PROJECT_DIR/ansible.cfg ANSIBLE_COLLECTIONS_PATH=$PROJECT_DIR/.build
  export ANSIBLE_HOME=$folder/home ANSIBLE_DEPRECATION_WARNINGS=1 ANSIBLE_INJECT_FACT_VARS=0
}

# The environment of an ansible-core: of the tools only those that the unit tests need.
core_environment() {
  local requirements=$folder/requirements-$1.txt
  {
    grep -E '^(hypothesis|kubernetes-validate|pytest)' tests/requirements.txt
    printf 'ansible-core==%s\n' "$1"
  } >"$requirements"
  PYTHON=$2 tests/environment/python.sh requirements.txt "$requirements"
}

# One host, which is this machine. Whatever it lacks for a control plane is waived.
local_inventory() {
  cat <<YAML
control_plane:
  hosts:
    cp1:
      ansible_connection: local
      ansible_host: 192.0.2.10
      kubewright_advertise_address: 192.0.2.10
      kubewright_node_name: cp1
      kubewright_ignore_preflight_errors: [all]
      # A token that is made has a name of its own each time.
      kubewright_bootstrap_tokens:
        - token: abcdef.0123456789abcdef
YAML
}

playbook() { ansible-playbook -i "$folder/hosts.yml" "$@"; }

render() {
  local version
  for version in "${VERSIONS[@]}"; do
    playbook playbooks/render.yml -e "kubewright_kubernetes_version=$version kubewright_render_dir=$1/$version"
    playbook playbooks/render.yml -e "kubewright_kubernetes_version=$version kubewright_render_dir=$1/$version-secrets" \
      -e kubewright_render_secrets=true
  done
}

names_and_modes() { (cd "$1" && find . -printf '%P %y %m\n' | sort); }

step_units() { python -m pytest -q -n 2 tests/unit; }

# Secrets are others each time; that they are there is compared.
step_render() {
  local tree=$folder/tree-$core version
  rm -rf "$tree"
  render "$tree"
  for version in "${VERSIONS[@]}"; do
    diff -r "$folder/tree-default/$version" "$tree/$version"
    diff <(names_and_modes "$folder/tree-default/$version-secrets") <(names_and_modes "$tree/$version-secrets")
  done
}

# With what is shown to a person and, more of it, to one who looks for a cause.
step_output() {
  local amount name
  for amount in "" -vvv; do
    for name in render preflight; do
      # shellcheck disable=SC2086  # nothing stays nothing
      playbook "playbooks/$name.yml" $amount -e kubewright_kubernetes_version=v1.31.0 \
        -e kubewright_certificate_validity_period=87601h -e "kubewright_render_dir=$folder/output-$core" \
        -e "ansible_python_interpreter=$venv/bin/python" >"$folder/output.log" 2>&1 || {
        cat "$folder/output.log"
        return 1
      }
      python tests/cores/look.py --only "$folder/output.log" "$WARNING" || return 1
    done
  done
}

# The modules write where a control plane has its files, so they get a copy of /etc that nobody else sees.
step_hosts() {
  local minor python environment etc code
  for minor in $hosts; do
    python=$(interpreter "$minor")
    if [ -z "$python" ]; then
      echo "Python $minor is not here"
      continue
    fi
    environment=$(PYTHON=$python tests/environment/python.sh tests/cores/hosts.txt)
    etc=$(mktemp -d) code=0
    cp -a /etc/. "$etc"
    rm -rf "$etc/kubernetes"
    # shellcheck disable=SC2016  # that shell's own arguments
    unshare --mount bash -c 'mount --bind "$1" /etc && shift && exec "$@"' - "$etc" \
      ansible-playbook -i "$folder/hosts.yml" tests/cores/host.yml -e kubewright_kubernetes_version=v1.31.0 \
      -e "ansible_python_interpreter=$environment/bin/python" >"$folder/host.log" 2>&1 || code=$?
    rm -rf "$etc"
    if [ "$code" -ne 0 ]; then
      cat "$folder/host.log"
      echo "The modules have failed with Python $minor"
      return 1
    fi
    python tests/cores/look.py --only "$folder/host.log" || return 1
    echo "Python $minor: passed"
  done
}

step_live() {
  local node=core-${core//./-} inventory=$folder/live-$core
  tests/environment/node.sh destroy "$node"
  tests/environment/node.sh create "$node"
  write_inventory "$node" "$inventory"
  for _ in 1 2; do
    ansible-playbook -i "$inventory" playbooks/init-control-plane.yml >"$folder/live.log" 2>&1 || {
      cat "$folder/live.log"
      return 1
    }
    cat "$folder/live.log"
    python tests/cores/look.py "$folder/live.log" || return 1
  done
  grep -E "^$node +: .*changed=0 .*failed=0" "$folder/live.log"
  tests/environment/node.sh destroy "$node"
}

# Runs a step in a shell of its own, so that the others run too where it fails, and notes how it went.
attempt() {
  local log=$folder/log/$core-$1.log code
  say "ansible-core $core on Python $version: $1"
  set +e
  (
    set -e
    enter "$venv"
    "step_$1"
  ) >"$log" 2>&1
  code=$?
  set -e
  if [ "$code" -eq 0 ]; then
    row+=("$(tail -n 1 "$log" | grep -oE '^[0-9]+ passed' || echo passed)")
  else
    tail -n 40 "$log" >&2
    say "ansible-core $core: $1 has failed; the whole log is $log"
    row+=(FAILED)
    failed=1
  fi
}

[[ " ${steps[*]} " != *" live "* ]] || tests/environment/docker-engine.sh
mkdir -p "$folder/log"
local_inventory >"$folder/hosts.yml"
say "Rendering with the default ansible-core"
rm -rf "$folder/tree-default"
(
  enter "$(tests/environment/python.sh)"
  logged "$folder/log/default-render.log" render "$folder/tree-default"
)

failed=0
table=("$(printf '%-13s %-10s' ansible-core Python && printf ' %-12s' "${steps[@]}")")
for entry in "${CORES[@]}"; do
  IFS=: read -r core pythons hosts <<<"$entry"
  [ "${#names[@]}" -eq 0 ] || [[ " ${names[*]} " = *" ${core%.*} "* ]] || continue
  python=
  for minor in $pythons; do
    python=$(interpreter "$minor")
    [ -z "$python" ] || break
  done
  if [ -z "$python" ]; then
    [ "${#names[@]}" -eq 0 ] || die "ansible-core $core runs on Python ${pythons// /, }, of which none is here"
    table+=("$(printf '%-13s %-10s %s' "$core" - "not tried: there is no Python ${pythons// /, }; name the cores that are to be tried")")
    failed=1
    continue
  fi
  venv=$(core_environment "$core" "$python")
  version=$("$venv/bin/python" -c 'import sys; print(sys.version.split()[0])')
  row=()
  for step in "${steps[@]}"; do attempt "$step"; done
  table+=("$(printf '%-13s %-10s' "$core" "$version" && printf ' %-12s' "${row[@]}")")
done
printf '%s\n' "${table[@]}"
[ "$failed" -eq 0 ]
