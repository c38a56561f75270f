# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes that no control plane can run with: it runs with what was there before at the end, and the cause is told.

The tests take the control plane that those of test_failure.py have left.
"""

from __future__ import annotations

import typing as t

import pytest
from playbook_runs import on_node, play

MANIFESTS = "/etc/kubernetes/manifests"
KEPT = "/etc/kubernetes/.last-healthy.json"
# What test_failure.py has declared last.
DECLARED = {"kubewright_apiserver_extra_args": {"profiling": "false"}}
UNKNOWN = {"no-such-flag": "1"}
# What is said of each mistake, by the flag.
TOLD = {
    "no-such-flag": "does not know the flag --no-such-flag ",
    "kube-api-qps": 'the value "many" of the flag --kube-api-qps',
}


def _files() -> str:
    """What the control plane is made of: contents, modes, owners and times."""
    return on_node(
        f"cd / && find {MANIFESTS} /etc/kubernetes/pki /etc/kubernetes/*.conf /var/lib/kubelet/config.yaml"
        " /var/lib/kubelet/kubeadm-flags.env -type f -printf '%p %m %u %g ' -exec sha256sum {} \\; | sort"
    )


def _answers() -> str:
    """Whether the API server, and what it needs and what needs it, are well."""
    return on_node(
        "kubectl --kubeconfig /etc/kubernetes/admin.conf get --raw /readyz;"
        f"systemctl is-active kubelet; ls {KEPT} 2>/dev/null || echo ' nothing kept'"
    )


@pytest.mark.parametrize(
    ("variables", "component", "put_back"),
    [
        ({"kubewright_apiserver_extra_args": UNKNOWN}, "kube-apiserver", [f"{MANIFESTS}/kube-apiserver.yaml"]),
        ({"kubewright_etcd_extra_args": UNKNOWN}, "etcd", [f"{MANIFESTS}/etcd.yaml"]),
        (
            {
                "kubewright_scheduler_extra_args": UNKNOWN,
                "kubewright_controller_manager_extra_args": {"kube-api-qps": "many"},
            },
            "kube-controller-manager",
            [f"{MANIFESTS}/kube-controller-manager.yaml", f"{MANIFESTS}/kube-scheduler.yaml"],
        ),
        ({"kubewright_kubelet_extra_args": UNKNOWN}, "kubelet", ["/var/lib/kubelet/kubeadm-flags.env"]),
    ],
    ids=["kube-apiserver", "etcd", "two components", "kubelet"],
)
def test_a_change_that_no_component_can_run_with(
    variables: dict[str, t.Any], component: str, put_back: list[str]
) -> None:
    """Breaks the cluster: it stays away; or a file is left as it was changed; or the cause or the cure is not told."""
    before = _files()
    run = play({**DECLARED, **variables})
    assert run.code != 0
    assert "Traceback" not in run.output
    assert run.message.startswith(f"wait_control_plane: {component} does not ")
    for variable, arguments in variables.items():
        assert variable in run.message
        for name in arguments:
            assert TOLD[name] in run.message
    assert f"The host is as it was before: put back {', '.join(put_back)}, " in run.message
    assert _files() == before
    assert _answers() == "okactive\n nothing kept\n"


def test_what_a_cluster_cannot_be_given_is_refused_before_anything_is_changed() -> None:
    """Breaks the cluster: its services, its etcd or its nodes would be lost to a variable."""
    before = _files()
    wrong = {
        "kubewright_service_subnet": "10.97.0.0/16",
        "kubewright_etcd_data_dir": "/srv/etcd",
        "kubewright_dns_domain": "example.org",
        "kubewright_certificates_dir": "/srv/pki",
    }
    for options in ((), ("--check",)):
        run = play({**DECLARED, **wrong}, *options)
        assert run.code != 0
        assert run.message.count("RunningCluster: found ") == 4, run.message
        assert run.changed == 0
        for variable in wrong:
            assert f"Set {variable} " in run.message
    assert _files() == before


def test_a_kubeconfig_of_the_kubelet_that_is_made_anew() -> None:
    """Breaks each renewal: the kubelet makes its own certificate again after its start, which is no change that it lacks."""
    on_node("sed -i 's/^    server: .*/    server: https:\\/\\/192.0.2.1:6443/' /etc/kubernetes/kubelet.conf")
    run = play(DECLARED)
    assert run.code == 0, run.shown()
    assert "192.0.2.1" not in on_node("cat /etc/kubernetes/kubelet.conf")
    assert _answers() == "okactive\n nothing kept\n"


def test_a_run_that_was_cut_off_is_taken_back_by_the_next() -> None:
    """Breaks the run after a kill between a change and the wait for it: what never was healthy would be kept."""
    before = _files()
    wrong = {"kubewright_apiserver_extra_args": UNKNOWN}
    cut_off = play(wrong, "--tags", "control_plane")
    assert cut_off.code == 0, cut_off.shown()
    assert on_node(f"stat -c '%a %U' {KEPT}") == "600 root\n"
    run = play(wrong)
    assert run.code != 0
    assert "The host is as it was before: put back " in run.message, run.shown()
    assert _files() == before
    assert _answers() == "okactive\n nothing kept\n"


def test_what_was_cut_off_goes_on_with_what_is_right() -> None:
    """Breaks the mend after a kill: what was kept would be put back over it, or stay."""
    play({"kubewright_apiserver_extra_args": UNKNOWN}, "--tags", "control_plane")
    run = play(DECLARED)
    assert run.code == 0, run.shown()
    assert _answers() == "okactive\n nothing kept\n"
    again = play(DECLARED)
    assert again.code == 0, again.shown()
    assert again.changed == 0
