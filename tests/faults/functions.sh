# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What the faults of catalog.yml are made with, on a node. Each change of a manifest is put in its place as a whole, and its old
# process is ended at once: the API server would go on for a minute otherwise.

M=/etc/kubernetes/manifests P=/etc/kubernetes/pki K=/var/lib/kubelet
export P

end() { pkill -9 -x "$1" || true; }
again() { end "$1"; }

edit() {
  sed -E "$2" "$M/$1.yaml" >/root/edited.yaml
  chmod 600 /root/edited.yaml
  mv /root/edited.yaml "$M/$1.yaml"
  sleep 1
  end "$1"
}

flag() { edit "$1" "s|^( +)- $1\$|&\n\1- $2|"; }

# A volume that the component mounts.
volume() {
  edit "$1" "s|^  volumes:|&\n  - hostPath:\n      path: $2\n      type: $3\n    name: more|
    s|^    volumeMounts:|&\n    - mountPath: $2\n      name: more|"
}

# Changes a file itself: a pod that has it mounted goes on to see the old one where another takes its place.
in_place() {
  sed -E "$2" "$1" >/root/edited
  cat /root/edited >"$1"
}

kubelet_config() {
  in_place "$K/config.yaml" "$1"
  systemctl restart kubelet
}

# A CA at a path without an ending, of a name.
ca() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key" -out "$1.crt" -days 9 \
    -subj "/CN=${2:-kubernetes}" 2>/dev/null
}

# A certificate like the one that is there, from so many days from now to so many, by a CA.
leaf() {
  python3 - "$@" <<'PYTHON'
import datetime, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
path, authority, begin, end = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
read = lambda name: open(name, "rb").read()
old, ca = (x509.load_pem_x509_certificate(read(name)) for name in (path, authority + ".crt"))
now = datetime.datetime.now(datetime.timezone.utc)
new = x509.CertificateBuilder(ca.subject, old.subject, old.public_key(), old.serial_number + 1)
new = new.not_valid_before(now + datetime.timedelta(days=begin)).not_valid_after(now + datetime.timedelta(days=end))
for extension in old.extensions:
    if not isinstance(extension.value, x509.AuthorityKeyIdentifier):
        new = new.add_extension(extension.value, extension.critical)
key = serialization.load_pem_private_key(read(authority + ".key"), None)
pem = new.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
with open(path, "wb") as stream:
    stream.write(pem)
PYTHON
}

# Has another process at the port of a component.
occupy() {
  cat >/root/blocker.py <<PYTHON
import socket, time
while True:
    try:
        taken = socket.socket()
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("0.0.0.0", $2))
        taken.listen(9)
        time.sleep(9999)
    except OSError:
        time.sleep(0.01)
PYTHON
  end "$1"
  systemd-run -q --unit occupied python3 /root/blocker.py
  for _ in 1 2 3 4 5; do
    end "$1"
    sleep 0.3
  done
}

leave() {
  systemctl stop occupied
  systemctl reset-failed occupied
} 2>/dev/null

etcd_post() {
  python3 - "$1" "$2" <<'PYTHON'
import http.client, ssl, sys
context = ssl._create_unverified_context()
pki = "/etc/kubernetes/pki/apiserver-etcd-client"
context.load_cert_chain(pki + ".crt", pki + ".key")
connection = http.client.HTTPSConnection("127.0.0.1", 2379, context=context, timeout=9)
connection.request("POST", "/v3" + sys.argv[1], sys.argv[2])
print(connection.getresponse().read().decode())
PYTHON
}

until_etcd_says() {
  for _ in $(seq 60); do
    etcd_post "$2" "$3" 2>/dev/null | grep -q "\"$1\"" && return
    sleep 1
  done
}

# Each alarm is one of a member's. etcd may just be starting.
disarm() {
  local found member
  for _ in $(seq 60); do
    found=$(etcd_post /maintenance/alarm '{"action": "GET"}' 2>/dev/null) || found=NOSPACE
    grep -q NOSPACE <<<"$found" || return
    member=$(grep -o '"memberID":"[0-9]*"' <<<"$found" | head -n 1)
    [ -z "$member" ] || etcd_post /maintenance/alarm "{\"action\": \"DEACTIVATE\", \"alarm\": \"NOSPACE\", $member}"
    sleep 1
  done
}

until_etcd_runs_without() {
  for _ in $(seq 90); do
    pgrep -x etcd >/dev/null && ! pgrep -f "^etcd .*$1" >/dev/null && return
    sleep 1
  done
}

stop_etcd() {
  systemctl stop kubelet
  end kube-apiserver
  end etcd
  sleep 1
}

keep_etcd() {
  stop_etcd
  rm -rf /root/etcd.kept
  cp -a /var/lib/etcd /root/etcd.kept
}

put_back_etcd() {
  stop_etcd
  rm -rf /var/lib/etcd/member
  cp -a /root/etcd.kept/member /var/lib/etcd/
  rm -rf /root/etcd.kept
}

# Has etcd's data on a disk of its own, of mount's options.
small_disk() {
  keep_etcd
  mount -t tmpfs -o "$1" tmpfs /var/lib/etcd
  cp -a /root/etcd.kept/. /var/lib/etcd
  rm -rf /root/etcd.kept
}

# Below it lies the volume that the node has its data on.
usual_disk() {
  stop_etcd
  ! grep -q ' /var/lib/etcd tmpfs ' /proc/mounts || umount -l /var/lib/etcd
}
