# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Certificates and keys that components use, against the clock, each other, and those who have to trust them."""

from __future__ import annotations

import datetime
import posixpath
import typing as t
import urllib.parse

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.network import parse_ip
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.situation import (
    ETCD,
    WORKER,
    Situation,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import (
    decode_data,
    read_kubeconfig,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.pem import blocks
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.static_pod import StaticPod, on_host
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import Verdict

_ETCD, _API_SERVER = "etcd", "kube-apiserver"


class Pair(t.NamedTuple):
    """Two flags that name a certificate and its key. ca: the component and the flag of the CA that has to have signed it, by
    which another one is trusted. concerns: the components that cannot go on without it.
    """

    certificate: str
    key: str
    ca: tuple[str, str] | None
    concerns: t.Sequence[str]


_PAIRS: t.Mapping[str, t.Sequence[Pair]] = {
    _ETCD: (
        Pair("cert-file", "key-file", (_API_SERVER, "etcd-cafile"), (_ETCD, _API_SERVER)),
        Pair("peer-cert-file", "peer-key-file", (_ETCD, "peer-trusted-ca-file"), (_ETCD,)),
    ),
    _API_SERVER: (
        Pair("etcd-certfile", "etcd-keyfile", (_ETCD, "trusted-ca-file"), (_API_SERVER,)),
        Pair(
            "tls-cert-file",
            "tls-private-key-file",
            # Those who ask it have a CA of their own in their kubeconfigs.
            None,
            (_API_SERVER, "kube-controller-manager", "kube-scheduler", "kubelet"),
        ),
        Pair("kubelet-client-certificate", "kubelet-client-key", None, ()),
        Pair("proxy-client-cert-file", "proxy-client-key-file", (_API_SERVER, "requestheader-client-ca-file"), ()),
    ),
}
_BOOTSTRAP = KUBERNETES_DIR + "/bootstrap-kubelet.conf"
_UNREACHABLE = "ApiServerUnreachable"
_RENEW = "Renew it: playbooks/certs.yml with kubewright_renew, or kubeadm certs renew."


class Finding(t.NamedTuple):
    """What is wrong with a file, and the components that cannot go on with it."""

    verdict: Verdict
    concerns: t.Sequence[str]


def _load(seen: Situation, path: str | None) -> t.Any:
    """A certificate. Raises KubewrightError where it is damaged; None where it is absent."""
    data = seen.host.data(path) if path is not None else None
    return None if data is None else x509.load_certificate(data)


def _authorities(pem: bytes) -> list[t.Any]:
    found = []
    for block in blocks(pem):
        if block.label == b"CERTIFICATE":
            try:
                found.append(x509.load_certificate(block.text))
            except KubewrightError:
                continue
    return found


def _is_foreign(pem: bytes, trusted: bytes) -> bool:
    """Whether none of the trusted CAs has signed a certificate.

    What is not looked at is not called foreign: a chain of intermediate CAs, and signatures of other kinds than kubeadm makes.
    """
    chain, authorities = _authorities(pem), _authorities(trusted)
    if len(chain) != 1 or not authorities:
        return False
    (certificate,) = chain
    if not all(x509.algorithm_of(authority.public_key()).startswith(("RSA", "ECDSA")) for authority in authorities):
        return False
    if certificate.signature_hash_algorithm is None or "pss" in str(certificate.signature_algorithm_oid).lower():
        return False
    return not any(x509.is_signed_by(certificate, authority) for authority in authorities)


def _of_time(certificate: t.Any, component: str, path: str, now: float, cure: str) -> Verdict | None:
    moment = datetime.datetime.fromtimestamp(now, datetime.timezone.utc)
    if x509.not_after(certificate) <= moment:
        ended = x509.not_after(certificate).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Verdict(
            component,
            "CertificateExpired",
            f"uses a certificate that has expired: {path}",
            [f"{path}: not after {ended}"],
            cure,
        )
    if x509.not_before(certificate) > moment:
        begins = x509.not_before(certificate).strftime("%Y-%m-%dT%H:%M:%SZ")
        now_text = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        evidence = [f"{path}: not before {begins}", f"the host's clock: {now_text}"]
        return Verdict(
            component,
            "CertificateNotYetValid",
            f"uses a certificate that is not valid yet: {path}",
            evidence,
            "Set the host's clock (timedatectl), or issue the certificate again.",
        )
    return None


def _of_key(seen: Situation, pod: StaticPod, certificate: t.Any, path: str, key_path: str | None) -> Verdict | None:
    data = seen.host.data(key_path) if key_path is not None else None
    if data is None or key_path is None:
        return None
    cure = "Put the pair there that belongs together, or remove both and run the phase certs again."
    try:
        key = x509.load_key(data)
    except KubewrightError as error:
        return Verdict(pod.component, "KeyUnreadable", f"cannot use its key {key_path}", [f"{key_path} {error}"], cure)
    if x509.key_matches(certificate, key):
        return None
    evidence = [f"{path} and {key_path}: the public keys differ"]
    return Verdict(
        pod.component,
        "CertificateKeyMismatch",
        "has a certificate and a key that do not belong together",
        evidence,
        cure,
    )


def _of_ca(seen: Situation, pod: StaticPod, pair: Pair, certificate: t.Any, path: str) -> Verdict | None:
    """Whether those who have to trust it do."""
    if pair.ca is None:
        return None
    component, flag = pair.ca
    truster = seen.pods.get(component)
    trusted = on_host(truster, truster.flag(flag)) if truster is not None and truster.flag(flag) else None
    data = seen.host.data(trusted) if trusted is not None else None
    if data is None:
        return None
    if not _is_foreign(seen.host.data(path) or b"", data):
        return None
    evidence = [f"{path}: issued by {certificate.issuer.rfc4514_string()}", f"{component} --{flag}: {trusted}"]
    cause = f"uses a certificate that {component} does not trust: {path} is not signed by {trusted}"
    return Verdict(
        pod.component,
        "CertificateAuthorityMismatch",
        cause,
        evidence,
        "Put the CA there that has signed it, or issue it again with the CA that is trusted (phase certs).",
    )


def _of_names(certificate: t.Any, component: str, path: str, servers: t.Sequence[str], user: str) -> Verdict | None:
    """Whether a server's certificate has the names by which it is asked. user: who asks."""
    names = {name.lower() for name in x509.alternative_names(certificate)}
    for server in servers:
        host = _hostname(server)
        address = parse_ip(host)
        if (
            host
            and (str(address) if address is not None else host) not in names
            and not any(name.startswith("*.") for name in names)
        ):
            evidence = [f"{user}: {server}", "{}: {}".format(path, ", ".join(sorted(names)))]
            variable = "kubewright_etcd_server_cert_sans" if component == _ETCD else "kubewright_apiserver_cert_sans"
            cure = f"Name {host} in {variable} and run the phase certs, or correct the address in {user}."
            return Verdict(
                component,
                "CertificateNameMissing",
                f"shows a certificate without the name {host}, by which it is asked",
                evidence,
                cure,
                # What stands before it may show another one.
                False,
            )
    return None


def _hostname(url: str) -> str:
    try:
        return urllib.parse.urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _pair_findings(seen: Situation, pod: StaticPod, pair: Pair) -> t.Iterator[Verdict]:
    path = on_host(pod, pod.flag(pair.certificate)) if pod.flag(pair.certificate) else None
    try:
        certificate = _load(seen, path)
    except KubewrightError as error:
        yield Verdict(
            pod.component,
            "CertificateUnreadable",
            f"cannot use its certificate {path}",
            [f"{path} {error}"],
            "Remove it and run the phase certs again.",
        )
        return
    if certificate is None or path is None:
        return
    key_path = on_host(pod, pod.flag(pair.key)) if pod.flag(pair.key) else None
    found = [
        _of_time(certificate, pod.component, path, seen.now, _RENEW),
        _of_key(seen, pod, certificate, path, key_path),
        _of_ca(seen, pod, pair, certificate, path),
    ]
    api_server = seen.pods.get(_API_SERVER)
    if pod.component == _ETCD and pair.certificate == "cert-file" and api_server is not None:
        servers = [item for item in api_server.flag("etcd-servers").split(",") if _is_local(seen, item)]
        found.append(_of_names(certificate, _ETCD, path, servers, "kube-apiserver --etcd-servers"))
    yield from [verdict for verdict in found if verdict is not None]


def _is_local(seen: Situation, url: str) -> bool:
    host = _hostname(url)
    return host in ("127.0.0.1", "::1", "localhost") or (
        parse_ip(host) is not None and seen.host.can_be_listened_on(host)
    )


def judge_certificates(seen: Situation) -> t.Iterator[Finding]:
    """The pairs of etcd and of the API server."""
    for component, pairs in _PAIRS.items():
        pod = seen.pods.get(component)
        for pair in pairs if pod is not None else ():
            for verdict in _pair_findings(seen, t.cast(StaticPod, pod), pair):
                yield Finding(verdict, (component, *pair.concerns) if pair.concerns else ())


def _kubeconfigs(seen: Situation) -> t.Iterator[tuple[str, str]]:
    """Components and the paths of their kubeconfigs on the host. The kubelet of an external etcd's host has none."""
    if seen.kind != ETCD:
        yield "kubelet", seen.layout.kubeconfig
    for component in ("kube-controller-manager", "kube-scheduler"):
        pod = seen.pods.get(component)
        path = on_host(pod, pod.flag("kubeconfig")) if pod is not None and pod.flag("kubeconfig") else None
        if path is not None:
            yield component, path


def _client_pem(
    seen: Situation, component: str, kubeconfig: str, user: t.Mapping[str, t.Any]
) -> tuple[bytes | None, str]:
    """A kubeconfig's client certificate, and the file that it is in, if that is another one.

    What is in the kubeconfig itself wins, and a path is one from its folder, as client-go has it.
    """
    path = user.get("client-certificate")
    if user.get("client-certificate-data") or not isinstance(path, str) or not path:
        return decode_data(user.get("client-certificate-data")), ""
    pod = seen.pods.get(component)
    if pod is not None:
        path = on_host(pod, path) or path
    path = posixpath.join(posixpath.dirname(kubeconfig), path)
    return seen.host.data(path), path


def _of_client(seen: Situation, component: str, path: str, user: t.Mapping[str, t.Any]) -> t.Iterator[Verdict]:
    pem, elsewhere = _client_pem(seen, component, path, user)
    shown = elsewhere or path
    if pem is None:
        if elsewhere:
            cure = (
                f"Put a client certificate there, or write {path} again (phase kubeconfig) and restart the component."
            )
            yield Verdict(
                component,
                "FileMissing",
                f"has no client certificate {elsewhere}",
                [f"{path}: {elsewhere}", f"{elsewhere}: absent"],
                cure,
            )
        return
    try:
        certificate = x509.load_certificate(pem)
    except KubewrightError as error:
        yield Verdict(
            component,
            "CertificateUnreadable",
            f"cannot use its client certificate in {shown}",
            [f"{shown} {error}"],
            f"Write {path} again (phase kubeconfig).",
        )
        return
    late = _of_time(certificate, component, shown, seen.now, _RENEW)
    if late is not None:
        yield late
    pod = seen.pods.get(_API_SERVER)
    ca = on_host(pod, pod.flag("client-ca-file")) if pod is not None and pod.flag("client-ca-file") else None
    if ca is not None and _is_foreign(pem, seen.host.data(ca) or b""):
        evidence = [
            f"{shown}: issued by {certificate.issuer.rfc4514_string()}",
            f"kube-apiserver --client-ca-file: {ca}",
        ]
        cause = f"shows a client certificate that the API server does not trust: {shown} is not signed by {ca}"
        yield Verdict(
            component,
            "CertificateAuthorityMismatch",
            cause,
            evidence,
            f"Write {path} again with the cluster's CA (phase kubeconfig).",
        )


def _of_server(seen: Situation, component: str, path: str, server: str, ca_data: str | None) -> t.Iterator[Verdict]:
    pod = seen.pods.get(_API_SERVER)
    served = on_host(pod, pod.flag("tls-cert-file")) if pod is not None and pod.flag("tls-cert-file") else None
    try:
        certificate = _load(seen, served)
    except KubewrightError:
        return
    if certificate is None or served is None:
        return
    pem = decode_data(ca_data)
    if pem is not None and _is_foreign(seen.host.data(served) or b"", pem):
        evidence = [f"{path}: certificate-authority-data", f"{served}: issued by {certificate.issuer.rfc4514_string()}"]
        cause = f"does not trust the API server: the CA in {path} has not signed {served}"
        yield Verdict(
            component,
            "CertificateAuthorityMismatch",
            cause,
            evidence,
            f"Write {path} again with the cluster's CA (phase kubeconfig).",
            # What stands before it may show another certificate.
            _is_local(seen, server),
        )
    unnamed = _of_names(certificate, _API_SERVER, served, [server], path)
    if unnamed is not None:
        yield unnamed


def _of_address(seen: Situation, component: str, path: str, server: str) -> Verdict | None:
    """Whether somebody listens where the kubeconfig says."""
    try:
        parts = urllib.parse.urlsplit(server)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        host, port = "", 0
    answers_here = seen.is_well(_API_SERVER)
    if not host or not (answers_here or seen.kind == WORKER):
        return None
    outcome = seen.host.connection(host, port, 2.0)
    if outcome == "open":
        return None
    evidence = [f"{path}: {server}", f"{host}:{port}: {outcome}"]
    if answers_here:
        return Verdict(
            component,
            "KubeconfigServerWrong",
            f"asks for the API server at {server}, where none answers",
            [*evidence, "the API server of this host answers"],
            f"Correct the server in {path}, or see why the endpoint is away.",
            # What stands before the API servers may come after them.
            False,
        )
    return Verdict(
        component,
        _UNREACHABLE,
        f"does not reach the API server at {server}",
        evidence,
        f"See whether the control plane or its load balancer answers there, and what stands between; or correct the server in {path}.",
        # The other side may be away for a moment.
        False,
    )


def is_cut_off(verdict: Verdict) -> bool:
    """Whether a kubelet that is well by its own word does nothing for its cluster."""
    return verdict.fault == _UNREACHABLE


def judge_kubeconfigs(seen: Situation) -> t.Iterator[Finding]:
    """Those of the kubelet, the controller manager and the scheduler."""
    for component, path in _kubeconfigs(seen):
        text = seen.host.text(path)
        if text is None:
            # A node that joins makes it with the other one.
            joins = seen.host.exists(_BOOTSTRAP)
            if component == "kubelet" and not joins and not seen.host.exists(path) and not seen.is_well("kubelet"):
                verdict = Verdict(
                    component,
                    "FileMissing",
                    f"has no kubeconfig {path}",
                    [f"{path}: absent"],
                    "Run the phase kubeconfig again and restart the kubelet.",
                )
                yield Finding(verdict, (component,))
            continue
        try:
            found = read_kubeconfig(text)
        except KubewrightError as error:
            verdict = Verdict(
                component,
                "KubeconfigInvalid",
                f"cannot use its kubeconfig {path}",
                [f"{path} {error}"],
                f"Remove {path} and run the phase kubeconfig again.",
                # Not all of YAML is read here.
                not any(word in text for word in ("{", "&", "*")),
            )
            yield Finding(verdict, (component,))
            continue
        # Where nobody listens, nobody shows a certificate.
        away = _of_address(seen, component, path, found.server)
        server = [away] if away is not None else _of_server(seen, component, path, found.server, found.ca_data)
        for verdict in [*_of_client(seen, component, path, found.user), *server]:
            yield Finding(verdict, (component,))


__all__ = ("Finding", "is_cut_off", "judge_certificates", "judge_kubeconfigs")
