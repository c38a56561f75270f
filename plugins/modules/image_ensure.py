#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_ensure
short_description: Makes sure that the images of a control plane are in the container runtime
version_added: 0.1.0
description:
  - Asks the container runtime over its own socket for each image, and makes it pull those that are missing, as kubeadm does (ImageService
    of the container runtime interface; the Docker engine's API where the runtime is Docker). Registries, mirrors, authorities and
    credentials are those of the runtime's own configuration. Neither C(crictl) nor C(docker) has to be installed.
  - Archives on the host that C(kubewright_image_archives) names are imported before that, one after the other, as long as an image is
    missing. For containerd this takes its own program C(ctr), because the container runtime interface has no call for it.
  - C(kubewright_image_pull_policy), C(kubewright_image_pull_serial) and C(kubewright_image_pull_timeout) say when, in which way and for
    how long each image is pulled. A pull that fails is tried five times within that time.
  - The host is asked once where nothing is missing. Else each pull is an execution of its own, so that a line on the standard error output
    tells of it when it ends; images that are pulled side by side are one execution. After a pull that ran into its time limit the other
    images of the same registry are not tried.
  - All pulls and imports that failed are reported together under kubeadm's name C(ImagePull).
  - In check mode a missing image counts as a change, unless C(ImagePull) is waived, because then the pull may fail.
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.read
options:
  settings:
    description: How images are got. Set by the module's own action on the controller; give it no value.
    type: dict
    suboptions:
      socket:
        description: The socket of the container runtime.
        type: str
        required: true
      docker:
        description: Whether it is Docker's.
        type: bool
        required: true
      policy:
        description: The pull policy.
        type: str
        required: true
      serial:
        description: Whether one image is pulled after the other.
        type: bool
        required: true
      timeout:
        description: For how many seconds each image is tried.
        type: float
        required: true
  images:
    description: The images; by default all that init needs.
    type: list
    elements: str
  archives:
    description: The archives to import where an image is missing; by default those of C(kubewright_image_archives).
    type: list
    elements: path
  pull:
    description: Whether missing images are pulled. With V(false) they are only named, after archives have been imported.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Pull the images of the control plane
  kubewright.control_plane.image_ensure:
    config: "{{ result.resolved }}"

- name: Say which images would be pulled
  kubewright.control_plane.image_ensure:
    config: "{{ result.resolved }}"
    archives: []
    pull: false
  register: images
"""

RETURN = r"""
planned:
  description:
    - What changes, or would in check mode, each with C(artefact), C(action) (C(create), C(change), C(remove) or C(restart)), C(reason),
      and C(fields) with what differs where that was looked at (C(name), C(before) and C(after), without secrets).
    - Of a restart also C(away_seconds), for how many seconds the API server was away when it was done last, where that was measured.
  returned: success
  type: list
  elements: dict
  sample:
    - artefact: registry.k8s.io/pause:3.10
      action: create
      reason: the container runtime lacks it
images:
  description: All images that were asked for.
  returned: success
  type: list
  elements: str
  sample: [registry.k8s.io/pause:3.10]
missing:
  description: The images that the runtime has not, after archives have been imported and before any is pulled.
  returned: success
  type: list
  elements: str
to_pull:
  description: The images that the pull policy asks to pull, after archives have been imported.
  returned: success
  type: list
  elements: str
imported:
  description: The archives that were imported, or would be in check mode.
  returned: success
  type: list
  elements: path
failed_imports:
  description: The archives that could not be imported, with the reason. Without a waiver nothing is pulled then.
  returned: always, but where the container runtime cannot be asked
  type: dict
pulled:
  description:
    - The images that were missing and are there now, or would be pulled in check mode.
    - In check mode these are all that are missing, also those that an archive may bring.
  returned: always, but where the container runtime cannot be asked
  type: list
  elements: str
failed_pulls:
  description: The images that could not be pulled, or were not tried, with the reason.
  returned: always, but where the container runtime cannot be asked
  type: dict
waived:
  description: What was waived by C(ImagePull) in C(kubewright_ignore_preflight_errors), in the words of preflight.
  returned: where an image could not be pulled and that is waived
  type: list
  elements: str
  sample: ["ImagePull; registry.k8s.io/pause:3.10"]
timed_out:
  description: Those of the failed pulls that did not end within C(kubewright_image_pull_timeout).
  returned: always, but where the container runtime cannot be asked
  type: list
  elements: str
seconds:
  description: How long the pull of each image took, whether it succeeded or not.
  returned: always, but where the container runtime cannot be asked
  type: dict
  sample: {"registry.k8s.io/pause:3.10": 0.7}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    READ_SPEC,
    ModuleResult,
    run_module,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.ensure import SETTINGS_SPEC, ensure


def body(module: AnsibleModule) -> ModuleResult:
    """Asks, imports, pulls."""
    params = module.params
    images, archives = params["images"] or [], params["archives"] or []
    return ensure(params["settings"], images, archives, params["pull"], module.check_mode, run_command)


def main() -> None:
    """Runs the module."""
    specification = dict(
        READ_SPEC,
        settings=SETTINGS_SPEC,
        images={"type": "list", "elements": "str"},
        archives={"type": "list", "elements": "path"},
        pull={"type": "bool", "default": True},
    )
    run_module("images", specification, body, from_action=("settings",))


if __name__ == "__main__":
    main()
