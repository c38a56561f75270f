# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests need of ansible-core and what it has had only since 2.19, for the older ones too."""

from __future__ import annotations

import contextlib
import json
import typing as t
import unittest.mock

from ansible.module_utils import basic

try:
    from ansible.module_utils.testing import patch_module_args
    from ansible.template import trust_as_template
except ImportError:

    def patch_module_args(args: dict[str, t.Any] | None = None) -> contextlib.AbstractContextManager[t.Any]:
        """Gives the next module these arguments."""
        given = json.dumps({"ANSIBLE_MODULE_ARGS": args or {}}).encode()
        return unittest.mock.patch.object(basic, "_ANSIBLE_ARGS", given)

    def trust_as_template(value: str) -> str:
        """The same text: every one that looks like a template is one."""
        return value


__all__ = ("patch_module_args", "trust_as_template")
