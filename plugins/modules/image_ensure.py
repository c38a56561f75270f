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
  - Lists the images of the container runtime once and pulls those that are missing, with C(crictl) where it is installed, else with
    C(ctr) in containerd's namespace C(k8s.io), or with C(docker) where the runtime is Docker.
  - C(kubewright_image_pull_policy) and C(kubewright_image_pull_serial) say when and in which way.
  - A pull that fails is reported under kubeadm's name C(ImagePull).
  - In check mode a missing image counts as a change, unless C(ImagePull) is waived, because then the pull may fail.
extends_documentation_fragment:
  - kubewright.control_plane.phase
options:
  images:
    description: The images; by default all that init needs.
    type: list
    elements: str
"""

EXAMPLES = r"""
- name: Pull the images of the control plane
  kubewright.control_plane.image_ensure:
    config: "{{ result.resolved }}"
"""

RETURN = r"""
images:
  description: All images that were asked for.
  returned: success
  type: list
  elements: str
  sample: [registry.k8s.io/pause:3.10]
pulled:
  description: The images that were missing and are there now, or would be pulled in check mode.
  returned: success
  type: list
  elements: str
failed_pulls:
  description: The images that could not be pulled, with the reason, where the failure was waived.
  returned: success
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._images import images as images_of
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    CONFIG_SPEC,
    Outcome,
    config_of,
    run_module,
    runner,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._check import is_named
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import (
    absent_images,
    image_tool,
    images_to_pull,
    pull_images,
)


def body(module: AnsibleModule) -> Outcome:
    """Lists, compares, pulls."""
    config = config_of(module)
    wanted = module.params["images"] or images_of(config)
    run = runner(module)
    tool = image_tool(config.cri_socket, config.uses_docker)
    registration = config.init["nodeRegistration"]
    absent = absent_images(tool, wanted, run)
    asked_for = images_to_pull(registration["imagePullPolicy"], wanted, absent)
    waived = is_named("ImagePull", config.data.get("ignorePreflightErrors", []))
    if module.check_mode:
        # Whether a pull succeeds is not known before. Where failures are waived, a missing image is no sure change.
        failures = {image: "not tried in check mode" for image in asked_for if waived}
    else:
        failures = pull_images(tool, asked_for, registration["imagePullSerial"], run)
    text = "; ".join("{}: {}".format(*pair) for pair in failures.items())
    if failures:
        if not waived:
            raise KubewrightError(
                f"ImagePull: these images cannot be pulled: {text}. Set kubewright_image_repository to a registry that the host "
                "reaches, import the images, or add ImagePull to kubewright_ignore_preflight_errors."
            )
        module.warn(f"waived error ImagePull: these images cannot be pulled: {text}")
    # Pulling again what is there (imagePullPolicy Always) is no change.
    pulled = [image for image in absent if image in asked_for and image not in failures]
    return {
        "changed": bool(pulled),
        "images": wanted,
        "pulled": pulled,
        "failed_pulls": failures,
        "diff": {"before": "", "after": "".join(f"{image}\n" for image in pulled)} if pulled else {},
    }


def main() -> None:
    """Runs the module."""
    run_module("images", dict(CONFIG_SPEC, images={"type": "list", "elements": "str"}), body)


if __name__ == "__main__":
    main()
