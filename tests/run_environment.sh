# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The environment in which the scripts of this folder run Ansible and pytest; sourced, never run. REQUIREMENTS may name the
# requirements files of the packages that a script needs; otherwise it gets those of all tests and linters.

. "$(dirname "${BASH_SOURCE[0]}")/environment/common.sh"

cd "$PROJECT_DIR"
venv=$(tests/environment/python.sh ${REQUIREMENTS[@]+"${REQUIREMENTS[@]}"})
export PATH=$venv/bin:$PATH
export ANSIBLE_CONFIG=$PROJECT_DIR/ansible.cfg ANSIBLE_COLLECTIONS_PATH=$PROJECT_DIR/.build
# Where several parts share the machine, sudo on a node may take longer than the 12 s that Ansible gives it.
export ANSIBLE_TIMEOUT=60
# Nothing of another checkout or of the user's own set-up takes part.
export ANSIBLE_HOME=$PROJECT_DIR/.build/ansible
