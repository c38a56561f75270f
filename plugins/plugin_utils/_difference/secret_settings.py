# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Environment variables and flags whose values may be secrets, by the words of their names."""

from __future__ import annotations

import itertools
import re
import typing as t

# Where a path ends with the name of an environment variable or of a flag, in a manifest or in kubeadm's documents, where flags were a
# mapping before v1beta4; in a file of environment it is all of the path.
_SETTING = re.compile(
    r"(?:(?:\A|\.)(?:env|\w*[eE]xtraEnvs|\w*[eE]xtraArgs)\[([^\]]+)\]|\.\w*[eE]xtraArgs\.([\w.-]+)"
    r"|(?:\A|[. ])(--?[A-Za-z0-9][\w.-]*)|\A([A-Za-z_][A-Za-z0-9_]*))\Z"
)
_WORDS = frozenset(
    ("apikey", "auth", "credential", "credentials", "passphrase", "passwd", "password", "pwd", "secret", "token")
)
# What is a secret with C(key) behind it.
_KEYS = frozenset(
    ("access", "account", "api", "client", "encryption", "master", "private", "secret", "shared", "signing")
)
# What such a name ends with that says where a secret lies, or something about it.
_ABOUT = re.compile(
    "audience|config|dir|directory|endpoint|file|id|interval|issuer|mode|name|namespace|path|period|timeout|ttl|type|uri|url|version"
)
_PLAIN = re.compile(r"(?:true|false|[0-9.]+(?:ns|us|ms|s|m|h)?(?:[0-9.]+[ms])*)\Z", re.IGNORECASE)


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()) if word]


def is_secret_setting(path: str, value: t.Any) -> bool:
    """Whether a value is one that is not to be shown. path: of the field; see C(values.compare)."""
    match = _SETTING.search(path)
    if match is None or not isinstance(value, str) or _PLAIN.match(value):
        return False
    words = _words(next(group for group in match.groups() if group))
    if not words or _ABOUT.fullmatch(words[-1]):
        return False
    pairs = itertools.pairwise(words)
    return bool(_WORDS.intersection(words)) or any(one in _KEYS and other == "key" for one, other in pairs)


__all__ = ("is_secret_setting",)
