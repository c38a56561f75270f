# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of render: everything that init would write, laid down on the controller. The host is not asked."""

from __future__ import annotations

import datetime
import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import credentials
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.folder import Renewal
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.given_ca import GivenCA
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import PhaseAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._render import folder as render_folder
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._render.tree import (
    FILES,
    Secrets,
    secret_paths,
    tree,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import bootstrap_tokens
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.ca_folder import controller_authorities


class ActionModule(PhaseAction):
    """See the module's documentation."""

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Renders, compares, writes."""
        read = self.user_input(variables)
        directory = read.get(targets.RENDER_DIR)
        if directory is None:
            raise KubewrightError(f"{read.name(targets.RENDER_DIR)} is not set: name the folder to write into.")
        folder = os.path.abspath(os.path.expanduser(os.path.join(directory, str(variables["inventory_hostname"]))))
        render_folder.check_folder(folder)
        now = datetime.datetime.now(datetime.timezone.utc)
        with_secrets = bool(read.get(targets.RENDER_SECRETS))
        kept = [FILES + path for path, _mode in secret_paths(config)] if with_secrets else []
        render_folder.check_secrets(folder, kept)
        secrets: Secrets | None = None
        made: list[str] = []
        if with_secrets:
            if not self._task.check_mode:
                # Whatever interrupts this run, the next one knows the folder for its own.
                render_folder.mark(folder)
            write, cluster = not self._task.check_mode, str(read.get(targets.CLUSTER) or "")
            given = controller_authorities(config, read, cluster, self.controller_files(variables).text, now, write)
            secrets, made = self._secrets(config, folder, now, given)
        wanted = tree(config, bootstrap_tokens(read), secrets, now)
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
        phases = {"certs": credentials.CERTIFICATES, "kubeconfig": credentials.KUBECONFIGS}
        parts = [part for phase, part in phases.items() if phase not in config.skipped_phases]
        renewal = Renewal(now, config.data["certRenewBeforeSeconds"])
        planned = credentials.plan(config, renewal, credentials.Task(parts, given), root)
        made = [FILES + path for path in credentials.written_files(config, planned)]
        if not self._task.check_mode:
            credentials.apply(config, planned, now, root)
        ca = files.read_file(f"{root}{config.certificates_dir}/ca.crt")
        return Secrets(ca.content if ca is not None else b"", render_folder.earlier_tokens(folder)), made
