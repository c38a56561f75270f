# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of shared_certs_info."""

from __future__ import annotations

from acting import act


def test_the_keys_are_hidden() -> None:
    """Breaks a secret: the keys of the cluster are shown with -vvv; or an error is hidden with them."""
    action = act("shared_certs_info", {}, {}, {"changed": False, "files": {"ca.key": "secret"}})
    assert action.hidden
    assert action.result["_ansible_no_log"]
    failed = act("shared_certs_info", {}, {}, {"failed": True, "msg": "join: /etc/kubernetes/pki has no sa.key"})
    assert "_ansible_no_log" not in failed.result
