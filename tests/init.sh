#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Initialises a control plane of the newest Kubernetes, or of KUBERNETES=1.34, on a test node: prepares what is missing,
# starts a fresh node (or takes the one of an earlier run, which then is not changed), runs the playbook over SSH and shows
# the result. The parts of the node are downloaded where that is possible and built otherwise (environment/downloads.sh).

# The tests' and linters' packages are not needed here.
REQUIREMENTS=(requirements.txt tests/ansible-core.txt)
. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"

NODE=init-cp1
inventory=$PROJECT_DIR/.build/init

tests/environment/docker-engine.sh
# A node is whole once it can be reached; one that was cut off while it was made, or stopped, is made anew.
if docker exec "$NODE" test -s /home/ansible/.ssh/authorized_keys 2>/dev/null; then
  say "Taking the node $NODE that is there already (make clean removes it)"
  there=$(docker exec "$NODE" kubelet --version | cut -d' ' -f2)
  [ "$there" = "$KUBERNETES_VERSION" ] ||
    die "it has Kubernetes $there, and $KUBERNETES_VERSION is asked for; make clean first"
else
  KUBEWRIGHT_DOWNLOADS=$(tests/environment/downloads.sh choose tests/environment/node-image.sh)
  export KUBEWRIGHT_DOWNLOADS
  tests/environment/node.sh destroy "$NODE"
  tests/environment/node.sh create "$NODE"
fi
write_inventory "$NODE" "$inventory"

say "ansible-playbook playbooks/init-control-plane.yml -i ${inventory#"$PROJECT_DIR/"}"
ansible-playbook playbooks/init-control-plane.yml -i "$inventory"

kubectl() { docker exec "$NODE" kubectl --kubeconfig /etc/kubernetes/admin.conf "$@"; }
# Waits until the pods of a selector are there and ready.
wait_for_pods() {
  for _ in $(seq 60); do
    [ -n "$(kubectl -n kube-system get pods -l "$1" -o name)" ] && break
    sleep 1
  done
  kubectl -n kube-system wait --for condition=Ready --timeout 180s pod -l "$1" >/dev/null
}
say "Waiting for the node and its pods to become Ready (the first time usually 60 s)"
kubectl wait --for condition=Ready --timeout 180s "node/$NODE" >/dev/null
for component in etcd kube-apiserver kube-controller-manager kube-scheduler; do wait_for_pods "component=$component"; done
wait_for_pods k8s-app=kube-proxy
[ "$KUBERNETES_SOURCE" = debian ] || wait_for_pods k8s-app=kube-dns
say "kubectl get nodes"
kubectl get nodes
say "kubectl get pods -A"
kubectl get pods -A
say "A test pod"
# Of the one image that every node has, by whatever way its images have come.
pause=$(docker exec "$NODE" sed -n 's|^ *sandbox\(_image\)\? = "\(.*\)"|\2|p' /etc/containerd/config.toml)
kubectl delete pod test-pod --ignore-not-found --now >/dev/null
kubectl run test-pod --image "$pause" --image-pull-policy Never --restart Never \
  --overrides '{"spec": {"tolerations": [{"operator": "Exists"}]}}' >/dev/null
kubectl wait --for condition=Ready --timeout 60s pod/test-pod >/dev/null
kubectl get pod test-pod -o wide
