#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: preflight_check
short_description: Checks whether a host is fit for a control plane
version_added: 0.1.0
description:
  - Runs kubeadm's preflight checks under kubeadm's own names and returns all outcomes at once, each with what was found, what is wanted
    and the cure.
  - Ports, manifests and data that the control plane of this very host holds are no errors, so a second run passes.
extends_documentation_fragment:
  - kubewright.control_plane.phase
attributes:
  diff_mode:
    support: none
    details: Nothing is changed.
options:
  ignore:
    description:
      - Names of checks whose failure does not fail the module, in any case; V(all) for all of them.
      - The default is what the configuration says (C(kubewright_ignore_preflight_errors)).
    type: list
    elements: str
"""

EXAMPLES = r"""
- name: Check the host
  kubewright.control_plane.preflight_check:
    config: "{{ result.resolved }}"
    ignore:
      - NumCPU
      - Mem
"""

RETURN = r"""
checks:
  description: The outcome of every check.
  returned: always, unless the configuration cannot be read
  type: list
  elements: dict
  contains:
    name:
      description: kubeadm's name of the check.
      type: str
      sample: Port-6443
    severity:
      description: What a failure means, V(error) or V(warning).
      type: str
      sample: error
    passed:
      description: Whether all is well.
      type: bool
    ignored:
      description: Whether a failure was waived.
      type: bool
    found:
      description: What was found.
      type: str
      sample: held by nginx (pid 812)
    wanted:
      description: What is wanted.
      type: str
      sample: free, or held by this control plane's kube-apiserver
    cure:
      description: What to do.
      type: str
      sample: Stop nginx (pid 812), or choose another port.
waived:
  description: The errors that were waived, as C(name; found).
  returned: success
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    CONFIG_SPEC,
    Outcome,
    config_of,
    run_module,
    runner,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight_checks import (
    ERROR,
    is_ignored,
    run_checks,
    watched_commands,
    watched_ports,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight_facts import gather


class FailedChecks(KubewrightError):
    """Errors that nobody waived."""

    def __init__(self, message: str, checks: list) -> None:
        super().__init__(message)
        self.details = {"checks": checks}


def body(module: AnsibleModule) -> Outcome:
    """Gathers the facts in one pass and runs the checks on them."""
    config = config_of(module)
    ignore = module.params["ignore"]
    ignored = config.data.get("ignorePreflightErrors", []) if ignore is None else ignore
    facts = gather(config, runner(module), list(watched_ports(config)), ["crictl", *watched_commands(config)])
    checks = [dict(check._asdict(), ignored=is_ignored(check.name, ignored)) for check in run_checks(config, facts)]
    failed = [check for check in checks if not check["passed"]]
    errors = [check for check in failed if check["severity"] == ERROR and not check["ignored"]]
    if errors:
        lines = ["{name}: found {found}; wanted {wanted}. {cure}".format(**check) for check in errors]
        raise FailedChecks("%d checks failed; nothing was changed.\n- %s" % (len(errors), "\n- ".join(lines)), checks)
    for check in failed:
        kind = "waived error" if check["severity"] == ERROR else "warning"
        module.warn(
            "{} {}: found {}; wanted {}. {}".format(kind, check["name"], check["found"], check["wanted"], check["cure"])
        )
    waived = ["{name}; {found}".format(**check) for check in failed if check["severity"] == ERROR]
    return {"changed": False, "checks": checks, "waived": waived}


def main() -> None:
    """Runs the module."""
    run_module("preflight", dict(CONFIG_SPEC, ignore={"type": "list", "elements": "str"}), body)


if __name__ == "__main__":
    main()
