# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The certificates folder: read what is there, plan what is missing or wrong, make it."""

from __future__ import annotations

import datetime
import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.duration import seconds
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import (
    Certificate,
    CertificateAuthority,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.declared import (
    authorities,
    certificates,
    host_kubeconfigs,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.given_ca import (
    GivenCA,
    given_pair,
    given_reason,
)

_UNFINISHED = "missing; its key is there, and nothing is signed with it yet"

CERTIFICATE_MODE = 0o644
KEY_MODE = 0o600


class Step(t.NamedTuple):
    """One thing to make. path: below the certificates folder. kind: C(ca), C(ca_certificate) (its key is there),
    C(given_ca), C(leaf) or C(service_account).

    due: whether nothing but its end being near is the reason.
    """

    path: str
    kind: str
    reason: str
    due: bool = False


class Plan(t.NamedTuple):
    """What has to be made, and the files whose mode or owner is too loose (with the mode that they get), whether they are
    made or not.

    cas: those to sign with, by path. given: the user's own CAs, by path. problems: what must not be decided without the
    user.
    """

    steps: list[Step]
    loose_files: list[tuple[str, int]]
    cas: dict[str, _x509.Pair]
    given: t.Mapping[str, GivenCA]
    problems: list[str]


def profile_of(config: Config) -> _x509.Profile:
    """The shape of the minor's certificates."""
    release, cluster = config.release, config.cluster
    return _x509.Profile(
        algorithm=config.key_algorithm,
        leaf_seconds=seconds(cluster["certificateValidityPeriod"]),
        ca_seconds=seconds(cluster["caCertificateValidityPeriod"]),
        ca_backdate_seconds=release.ca_backdate_seconds,
        not_before=release.leaf_not_before,
        leaf_basic_constraints=release.leaf_basic_constraints,
        ca_dns_san=release.ca_dns_san,
        key_identifiers=release.key_identifiers,
    )


class Renewal(t.NamedTuple):
    """When leaves are issued anew before their end. before_seconds: a leaf that ends within it is due; 0 renews only what has ended.

    everything: whether all leaves are renewed, due or not.
    """

    now: datetime.datetime
    before_seconds: float
    everything: bool = False

    def due_at(self, wanted: Certificate) -> datetime.datetime:
        """A leaf that ends before this is due; one with a validity of its own not before its last third."""
        before = self.before_seconds
        if wanted.validity_seconds is not None:
            before = min(before, wanted.validity_seconds / 3)
        return self.now + datetime.timedelta(seconds=before)

    def reason(
        self, wanted: Certificate, reason_at: t.Callable[[datetime.datetime], str | None]
    ) -> tuple[str | None, bool]:
        """Why a leaf has to be issued, or None, and whether only its end is the reason.

        reason_at: the reason when leaves that end before a moment are due.
        """
        reason = reason_at(self.now)
        if reason is not None:
            return reason, False
        reason = reason_at(self.due_at(wanted))
        if reason is None and self.everything:
            return "all are renewed", False
        return reason, reason is not None


def sign_request(config: Config, wanted: Certificate, ca: _x509.Pair, csr: str, now: datetime.datetime) -> str:
    """The certificate (PEM) for a request (PEM). What is declared is signed, whatever the request says; it gives the key alone.

    Raises KubewrightError where the request is none, or its own key has not signed it.
    """
    public_key = _x509.requested_key(csr.encode())
    return _x509.certificate_pem(_x509.issue(wanted, ca, profile_of(config), now, public_key)).decode("ascii")


def _crt(directory: str, path: str) -> str:
    return f"{directory}/{path}.crt"


def _key(directory: str, path: str) -> str:
    return f"{directory}/{path}.key"


def load(path: str, loader: t.Callable[[bytes], t.Any]) -> t.Any:
    """What the loader makes of a file, or None where it is absent. Raises KubewrightError naming the file."""
    state = files.read_file(path)
    if state is None:
        return None
    try:
        return loader(state.content)
    except KubewrightError as error:
        raise KubewrightError(f"{path} {error}") from None


def load_ca(directory: str, ca: CertificateAuthority, now: datetime.datetime) -> _x509.Pair | None:
    """The CA that is on the host, or None where there is none at all.

    Raises KubewrightError where its files are damaged, do not fit together or have expired: a CA is never replaced
    without the user's decision.
    """
    crt, key_path = _crt(directory, ca.path), _key(directory, ca.path)
    choice = f"Put the right file there, or move {crt} and {key_path} away to have a new CA made."
    try:
        certificate = load(crt, _x509.load_certificate)
        key = load(key_path, _x509.load_key)
    except KubewrightError as error:
        raise KubewrightError(f"{str(error).rstrip('.')}. {choice}") from None
    if certificate is None and key is None:
        return None
    if certificate is None:
        raise KubewrightError(f"{key_path} is there but {crt} is not. {choice}")
    try:
        _x509.check_ca(certificate, key, now, crt, key_path)
    except KubewrightError as error:
        raise KubewrightError(f"{error} {choice}") from None
    return _x509.Pair(certificate, key)


def leaf_reason(
    directory: str,
    wanted: Certificate,
    ca: _x509.Pair | None,
    algorithm: str,
    renew_at: datetime.datetime,
    exact_names: bool = False,
) -> str | None:
    """Why a leaf has to be issued, or None where it is as declared. renew_at: leaves that end before are due.

    exact_names: names that nobody declared are a reason as well.
    """
    if ca is None:
        return "its CA is new"
    try:
        certificate = load(_crt(directory, wanted.path), _x509.load_certificate)
        key = load(_key(directory, wanted.path), _x509.load_key)
    except KubewrightError as error:
        return str(error)
    if certificate is None or key is None:
        return (
            "missing"
            if certificate is None and key is None
            else "%s is missing" % ("certificate" if certificate is None else "key")
        )
    return certificate_reason(certificate, key, wanted, ca, algorithm, renew_at, exact_names)


def certificate_reason(
    certificate: _x509.X509Certificate,
    key: _x509.PrivateKey,
    wanted: Certificate,
    ca: _x509.Pair,
    algorithm: str,
    renew_at: datetime.datetime,
    exact_names: bool = False,
) -> str | None:
    """Why a loaded leaf has to be issued anew, or None."""
    if not _x509.key_matches(certificate, key):
        return "its key belongs to another certificate"
    if not _x509.is_signed_by(certificate, ca.certificate):
        return "not signed by the present CA"
    if _x509.not_after(certificate) <= renew_at:
        return f"ends at {_x509.not_after(certificate).isoformat()}"
    found = _x509.differences(certificate, wanted, algorithm, exact_names)
    return "; ".join(found) or None


def _unfinished_key(
    config: Config, root: str, ca: CertificateAuthority, own: GivenCA | None
) -> _x509.PrivateKey | None:
    """The key of a CA whose making was cut off before its certificate, or None.

    Nothing that it could have signed is there. own: the CA that the user gives in its place; it has to have that key.
    """
    directory = root + config.certificates_dir
    signed = [_crt(directory, leaf.path) for leaf in certificates(config) if leaf.ca == ca.path]
    signed += [root + item.path for item in host_kubeconfigs(config) if item.certificate.ca == ca.path]
    if any(os.path.lexists(path) for path in [_crt(directory, ca.path), *signed]):
        return None
    if config.data.get("caKeyLocation") == "controller":
        return None
    try:
        key = load(_key(directory, ca.path), _x509.load_key)
        if key is None or own is None:
            return key
        fits = own.key is not None and _x509.key_pem(_x509.load_key(own.key)) == _x509.key_pem(key)
    except KubewrightError:
        # Said with its cure where the files are looked at as those of a CA.
        return None
    return key if fits else None


def service_account_reason(directory: str) -> str | None:
    """Why the service account keys, or their public half, have to be made, or None where they fit together.

    Raises KubewrightError where they must not be replaced without the user's decision.
    """
    try:
        key = load(_key(directory, "sa"), _x509.load_key)
        public = load(f"{directory}/sa.pub", _x509.load_public_key)
    except KubewrightError as error:
        raise KubewrightError(
            f"{str(error).rstrip('.')}. Put the right pair there, or move sa.key and sa.pub away to have a new one made."
        ) from None
    if key is None and public is None:
        return "missing"
    if key is None:
        raise KubewrightError(
            f"{directory}/sa.pub is there but sa.key is not: every service account token depends on it. "
            "Put sa.key back, or move sa.pub away to have a new pair made."
        )
    if public is None:
        return "public half is missing"
    if _x509.public_key_pem(key) != public:
        raise KubewrightError(
            f"{directory}/sa.pub is not the public half of sa.key. Put the right pair there, or move both away to have a new one made."
        )
    return None


def _ca_key_problem(config: Config, path: str, pair: _x509.Pair | None) -> str | None:
    """What is wrong about a CA's key on the host that is to be kept on the controller, or None."""
    if pair is None or pair.key is None or config.data.get("caKeyLocation") != "controller":
        return None
    return (
        f"{_key(config.certificates_dir, path)} is on the host, but kubewright_ca_key_location says that CA keys are kept on the "
        "controller. Move it there, with a copy of its certificate, and name both in kubewright_ca_files, or leave "
        "kubewright_ca_key_location out."
    )


def check_present(
    config: Config, path: str, pair: _x509.Pair | None, given: GivenCA | None, now: datetime.datetime
) -> str | None:
    """Why the given CA has to be written to the host, or None. pair: the CA on the host.

    Raises KubewrightError where the host's CA is not as declared: another one, or one whose key ought to be elsewhere.
    """
    problem = _ca_key_problem(config, path, pair)
    if problem is not None:
        raise KubewrightError(problem)
    return (
        None
        if given is None
        else given_reason(pair, given_pair(given, now), given, _crt(config.certificates_dir, path))
    )


def plan(config: Config, renewal: Renewal, root: str = "", given: t.Mapping[str, GivenCA] | None = None) -> Plan:
    """What has to be made.

    root: a folder that stands for the host's C(/). given: the user's own CAs, by their paths below the certificates folder.

    Raises KubewrightError where a file cannot be read at all.
    """
    directory, now = root + config.certificates_dir, renewal.now
    exact_names = bool(config.data.get("certStrictSans"))
    steps: list[Step] = []
    cas: dict[str, _x509.Pair] = {}
    problems: list[str] = []
    for ca in authorities(config):
        try:
            own = (given or {}).get(ca.path)
            unfinished = _unfinished_key(config, root, ca, own)
            pair = load_ca(directory, ca, now) if unfinished is None else None
            reason = check_present(config, ca.path, pair, own, now)
            steps += [Step(ca.path, "given_ca", reason)] if reason else []
            if own is not None and (pair is None or pair.key is None):
                pair = given_pair(own, now)
        except KubewrightError as error:
            problems.append(str(error))
            continue
        if pair is not None:
            cas[ca.path] = pair
        else:
            missing = Step(ca.path, "ca", "missing")
            steps.append(missing if unfinished is None else missing._replace(kind="ca_certificate", reason=_UNFINISHED))
        for leaf in (leaf for leaf in certificates(config) if leaf.ca == ca.path):
            reason, due = renewal.reason(
                leaf,
                lambda at, leaf=leaf, pair=pair: leaf_reason(  # type: ignore[misc]
                    directory, leaf, pair, config.key_algorithm, at, exact_names
                ),
            )
            steps += [Step(leaf.path, "leaf", reason, due)] if reason is not None else []
    try:
        reason = service_account_reason(directory)
        steps += [Step("sa", "service_account", reason)] if reason is not None else []
    except KubewrightError as error:
        problems.append(str(error))
    return Plan(steps, _loose_files(config, root), cas, given or {}, problems)


def certificate_files(config: Config) -> list[tuple[str, int]]:
    """Every file of the certificates folder with its mode, below that folder."""
    paths = [ca.path for ca in authorities(config)] + [leaf.path for leaf in certificates(config)]
    found = [(f"{path}.crt", CERTIFICATE_MODE) for path in paths] + [(f"{path}.key", KEY_MODE) for path in paths]
    return [*found, ("sa.key", KEY_MODE), ("sa.pub", config.release.public_key_mode)]


def makes_key(step: Step) -> bool:
    """Whether a step makes a new private key."""
    return step.kind in ("ca", "leaf") or (step.kind == "service_account" and step.reason == "missing")


def written_files(config: Config, planned: Plan) -> list[str]:
    """The files that C(apply) writes, below the certificates folder."""
    steps = {step.path: step for step in planned.steps}
    found = []
    for path, _mode in certificate_files(config):
        name, end = path.rsplit(".", 1)
        brings_key = name in planned.given and planned.given[name].brings_key
        if name in steps and (end != "key" or brings_key or makes_key(steps[name])):
            found.append(path)
    return found


def _loose_files(config: Config, root: str) -> list[tuple[str, int]]:
    loose = []
    for name, mode in certificate_files(config):
        path = f"{config.certificates_dir}/{name}"
        state = files.read_file(root + path)
        if state is not None and files.loosened(state, mode):
            loose.append((path, mode))
    return loose


def make_authorities(
    config: Config, planned: Plan, now: datetime.datetime, keys: t.Iterator[_x509.PrivateKey], root: str = ""
) -> dict[str, _x509.Pair]:
    """Writes the CAs that the plan names and returns all, by path. keys: one for each new CA is taken.

    Each file is whole or not there. root: a folder that stands for the host's C(/).
    """
    directory, profile = root + config.certificates_dir, profile_of(config)
    files.ensure_directory(directory, 0o755)
    if any("/" in step.path for step in planned.steps):
        files.ensure_directory(directory + "/etcd", 0o755)
    cas = dict(planned.cas)
    names = {ca.path: ca.common_name for ca in authorities(config)}
    for step in planned.steps:
        if step.kind == "given_ca":
            _write_given(directory, step.path, planned.given[step.path])
        elif step.kind in ("ca", "ca_certificate"):
            key = next(keys) if makes_key(step) else load(_key(directory, step.path), _x509.load_key)
            cas[step.path] = _x509.Pair(_x509.issue_ca(names[step.path], profile, now, key), key)
            _write_pair(directory, step.path, cas[step.path])
    return cas


def install(
    config: Config,
    planned: Plan,
    leaves: t.Mapping[str, _x509.Pair],
    keys: t.Iterator[_x509.PrivateKey],
    root: str = "",
) -> None:
    """Writes the leaves that there are and the service account keys that the plan names, and tightens modes.

    leaves: by path. keys: one is taken where the service account key is new.
    """
    directory = root + config.certificates_dir
    for step in planned.steps:
        if step.kind == "leaf" and step.path in leaves:
            _write_pair(directory, step.path, leaves[step.path])
        elif step.kind == "service_account":
            made = next(keys) if makes_key(step) else None
            if made is not None:
                files.write_file(_key(directory, "sa"), _x509.key_pem(made), KEY_MODE)
            key = made or load(_key(directory, "sa"), _x509.load_key)
            files.write_file(f"{directory}/sa.pub", _x509.public_key_pem(key), config.release.public_key_mode)
    for path, mode in planned.loose_files:
        files.tighten_file(root + path, mode)


def _write_pair(directory: str, path: str, pair: _x509.Pair) -> None:
    # The key first: a run that is cut off between the two leaves a pair that does not match, which the next run sees.
    files.write_file(_key(directory, path), _x509.key_pem(pair.key), KEY_MODE)
    files.write_file(_crt(directory, path), _x509.certificate_pem(pair.certificate), CERTIFICATE_MODE)


def _write_given(directory: str, path: str, given: GivenCA) -> None:
    # The key first, as above.
    if given.key is not None and given.brings_key:
        files.write_file(_key(directory, path), given.key, KEY_MODE)
    files.write_file(_crt(directory, path), given.own_certificate, CERTIFICATE_MODE)


__all__ = (
    "Plan",
    "Renewal",
    "Step",
    "certificate_files",
    "certificate_reason",
    "check_present",
    "install",
    "leaf_reason",
    "load",
    "load_ca",
    "make_authorities",
    "makes_key",
    "plan",
    "profile_of",
    "service_account_reason",
    "sign_request",
    "written_files",
)
