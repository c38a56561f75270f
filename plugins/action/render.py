# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of render: everything that init would write, laid down on the controller. The host is not asked."""

from __future__ import annotations

import datetime
import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.host_folder import host_folder
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import PhaseAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import GivenCA
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.in_folder import (
    apply_in_folder,
    folder_facts,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.plan import (
    CERTIFICATES,
    KUBECONFIGS,
    Task,
    plan,
    signed_here,
    written_files,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.renewal import Renewal
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.rounds import carry_out
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._render import folder as render_folder
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._render.tree import (
    FILES,
    Secrets,
    secret_paths,
    tree,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import bootstrap_tokens
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.ca_folder import controller_authorities
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.own_folder import require_own


class ActionModule(PhaseAction):
    """See the module's documentation."""

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Renders, compares, writes."""
        directory = config.controller["renderDir"]
        if directory is None:
            raise KubewrightError("kubewright_render_dir is not set: name the folder to write into.")
        folder = host_folder("kubewright_render_dir", directory, variables)
        render_folder.check_folder(folder)
        now = datetime.datetime.now(datetime.timezone.utc)
        with_secrets = bool(config.controller["renderSecrets"])
        if with_secrets:
            require_own(folder)
        kept = [FILES + path for path, _mode in secret_paths(config)] if with_secrets else []
        render_folder.check_secrets(folder, kept)
        secrets: Secrets | None = None
        made: list[str] = []
        if with_secrets:
            if not self._task.check_mode:
                # Whatever interrupts this run, the next one knows the folder for its own.
                render_folder.mark(folder)
            read_file, write = self.controller_files(variables).text, not self._task.check_mode
            given = controller_authorities(config, read_file, now, write)
            secrets, made = self._secrets(config, folder, now, given)
        wanted = tree(config, bootstrap_tokens(self.user_input(variables)), secrets, now)
        changes = render_folder.compare(folder, wanted, kept)
        if not self._task.check_mode:
            render_folder.write(folder, changes)
        return {
            "changed": bool(changes or made),
            "folder": folder,
            "written": sorted([change.path for change in changes if change.after is not None] + made),
            "removed": sorted(change.path for change in changes if change.after is None),
            "diff": render_folder.diff(changes),
        }

    def _secrets(
        self, config: Config, folder: str, now: datetime.datetime, given: t.Mapping[str, GivenCA]
    ) -> tuple[Secrets, list[str]]:
        """Makes the certificates and kubeconfigs below the folder that stands for the host's root."""
        root = os.path.join(folder, FILES)
        phases = {"certs": CERTIFICATES, "kubeconfig": KUBECONFIGS}
        parts = [part for phase, part in phases.items() if phase not in config.skipped_phases]
        renewal = Renewal(now, config.data["certRenewBeforeSeconds"])
        own = {path: ca for path, ca in given.items() if ca.signs_here}
        task = Task(parts, {path: ca.for_host() for path, ca in given.items()}, requests=list(own))
        facts = folder_facts(config, root, now)
        planned = plan(config, renewal, task, facts)
        made = [FILES + path for path in written_files(config, signed_here(config, planned, own))]
        if not self._task.check_mode:
            carry_out(config, facts, planned, own, [], apply_in_folder(root, now), now)
        ca = files.read_file(f"{root}{config.certificates_dir}/ca.crt")
        return Secrets(ca.content if ca is not None else b"", render_folder.earlier_tokens(folder)), made
