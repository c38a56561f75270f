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
images:
  description: All images that were asked for.
  returned: success
  type: list
  elements: str
  sample: [registry.k8s.io/pause:3.10]
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

import time

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    CONFIG_SPEC,
    Outcome,
    run_module,
    runner,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.pulls import (
    Clock,
    images_to_pull,
    import_archives,
    planned_imports,
    pull_images,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.runtime import (
    absent_images,
    archive_fault,
    import_archive,
    runtime_of,
)

_CLOCK = Clock(time.monotonic, time.sleep)


def body(module: AnsibleModule) -> Outcome:
    """Asks, imports, pulls."""
    settings = module.params["settings"]
    wanted, archives = module.params["images"] or [], module.params["archives"] or []
    runtime = runtime_of(settings["socket"], settings["docker"])
    missing = absent_images(runtime, wanted)
    if module.check_mode:
        imports = planned_imports(archives if missing else [], missing, archive_fault)
    else:
        run = runner(module)
        imports = import_archives(
            runtime, archives, missing, lambda archive: import_archive(runtime, archive, run), _CLOCK
        )
    asked_for = images_to_pull(settings["policy"], wanted, imports.absent)
    pulls = {}
    if module.params["pull"] and not module.check_mode:
        pulls = pull_images(runtime, asked_for, settings["serial"], settings["timeout"], _CLOCK)
    # Pulling again what is there (imagePullPolicy Always) is no change.
    pulled = [image for image in asked_for if image in imports.absent]
    if not module.check_mode:
        pulled = [image for image in pulled if image in pulls and not pulls[image].error]
    return {
        "changed": bool(pulled or imports.imported),
        "images": wanted,
        "to_pull": asked_for,
        "imported": imports.imported,
        "failed_imports": imports.failed,
        "pulled": pulled,
        "failed_pulls": {image: pull.error for image, pull in pulls.items() if pull.error},
        "timed_out": [image for image, pull in pulls.items() if pull.timed_out],
        "seconds": {image: round(pull.seconds, 1) for image, pull in pulls.items()},
    }


def main() -> None:
    """Runs the module."""
    settings = {
        "socket": {"type": "str", "required": True},
        "docker": {"type": "bool", "required": True},
        "policy": {"type": "str", "required": True},
        "serial": {"type": "bool", "required": True},
        "timeout": {"type": "float", "required": True},
    }
    specification = dict(
        CONFIG_SPEC,
        settings={"type": "dict", "options": settings},
        images={"type": "list", "elements": "str"},
        archives={"type": "list", "elements": "path"},
        pull={"type": "bool", "default": True},
    )
    run_module("images", specification, body, from_action=("settings",))


if __name__ == "__main__":
    main()
