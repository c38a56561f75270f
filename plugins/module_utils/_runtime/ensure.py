# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Makes sure that images are in the container runtime: asks, imports archives, pulls."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Runner
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
    stored_images,
)

# How images are got, as the controller says; an option of a module.
SETTINGS_SPEC: dict[str, t.Any] = {
    "type": "dict",
    "options": {
        "socket": {"type": "str", "required": True},
        "docker": {"type": "bool", "required": True},
        "policy": {"type": "str", "required": True},
        "serial": {"type": "bool", "required": True},
        "timeout": {"type": "float", "required": True},
    },
}
_CLOCK = Clock(time.monotonic, time.sleep)


def ensure(
    settings: t.Mapping[str, t.Any],
    wanted: t.Sequence[str],
    archives: t.Sequence[str],
    pull: bool,
    check: bool,
    run: Runner,
) -> dict[str, t.Any]:
    """What image_ensure returns. Raises KubewrightError where the runtime cannot be asked.

    wanted: the images. archives: paths, imported one after the other as long as an image is missing. pull: whether what is missing
    is pulled. check: whether nothing is to be done but to say what would be.
    """
    runtime = runtime_of(settings["socket"], settings["docker"])
    missing = absent_images(runtime, wanted)
    if check:
        imports = planned_imports(archives if missing else [], missing, archive_fault)
    else:
        imports = import_archives(
            runtime,
            archives,
            missing,
            lambda archive: import_archive(runtime, archive, run),
            lambda: stored_images(runtime, run),
            _CLOCK,
        )
    asked_for = images_to_pull(settings["policy"], wanted, imports.absent)
    pulls = {}
    if pull and not check:
        pulls = pull_images(runtime, asked_for, settings["serial"], settings["timeout"], _CLOCK)
    # Pulling again what is there (imagePullPolicy Always) is no change.
    pulled = [image for image in asked_for if image in imports.absent]
    if not check:
        pulled = [image for image in pulled if image in pulls and not pulls[image].error]
    return {
        "changed": bool(pulled or imports.imported),
        "images": list(wanted),
        "missing": imports.absent,
        "to_pull": asked_for,
        "imported": imports.imported,
        "failed_imports": imports.failed,
        "pulled": pulled,
        "failed_pulls": {image: outcome.error for image, outcome in pulls.items() if outcome.error},
        "timed_out": [image for image, outcome in pulls.items() if outcome.timed_out],
        "seconds": {image: round(outcome.seconds, 1) for image, outcome in pulls.items()},
    }


__all__ = ("SETTINGS_SPEC", "ensure")
