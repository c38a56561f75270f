# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What is read of the certificates, keys and kubeconfigs of a host, for the actions that plan or report by it."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import PhaseAction, not_read
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Facts, answered, holds
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.question import question


class Lost(Exception):
    """The host could not be asked, or could not do what it was asked. answer: what Ansible says of it."""

    def __init__(self, answer: Result) -> None:
        """answer: the result of the module."""
        super().__init__("the host could not be asked")
        self.answer = answer


class ReadingAction(PhaseAction):
    """An action that reads the certificates, keys and kubeconfigs of a host."""

    def facts(self, config: Config, read: Result | None, variables: Result) -> Facts:
        """What there is. read: the facts that an earlier task has read, or None.

        Raises KubewrightError where the host cannot read certificates, and Lost.
        """
        if read is not None and not isinstance(read.get("files"), dict):
            raise not_read()
        asked = question(config)
        found = (read or {}).get("credentials")
        try:
            is_known = holds(found, asked)
        except KubewrightError:
            raise not_read() from None
        if not is_known:
            given = {"config": {}, "credentials": asked}
            answer = self._execute_module(
                module_name="kubewright.control_plane.host_read", module_args=given, task_vars=variables
            )
            if not isinstance(answer.get("facts"), dict):
                raise Lost(answer)
            found = answer["facts"].get("credentials")
        return answered(found, asked)


__all__ = ("Lost", "ReadingAction")
