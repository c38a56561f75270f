#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Released programs, taken from where they are published and checked by their sha256.
#
#   downloads.sh get NAME [PROGRAM...]   prints the folder that holds programs of a release, after fetching those that are
#                                        absent; NAME is kubernetes, containerd, cni-plugins or crictl
#   downloads.sh choose COMMAND...       prints yes when COMMAND could be done with downloads, and no when the parts of a
#                                        test node are to be built; takes 10 s at most to see that nothing can be reached
#
# KUBEWRIGHT_DOWNLOADS (yes or no) is the answer of choose where somebody knows it. The servers are those of Kubernetes and
# GitHub, but for what is named by
#   KUBERNETES_BINARIES   Kubernetes: a folder or a mirror's URL, laid out as the release downloads are,
#                         <version>/bin/linux/<architecture>/<program> with <program>.sha256 beside it
#   KUBEWRIGHT_RELEASES   the others: a folder or a mirror's URL, laid out as GitHub's downloads are,
#                         <owner>/<repository>/releases/download/<version>/<archive> with its sha256 beside it
# What is named is taken, or the run fails; nothing is built in its place.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Who is asked where nobody names another: for Kubernetes, for the others, for the images that a node pulls.
read -r KUBERNETES_SERVER RELEASES_SERVER REGISTRY \
  <<<"${KUBEWRIGHT_SERVERS:-https://dl.k8s.io/release https://github.com https://registry.k8s.io/v2/}"
# How long a server may take to answer at all, and how long a transfer may stand still.
PROBE_SECONDS=${KUBEWRIGHT_PROBE_SECONDS:-8}
STALL_SECONDS=${KUBEWRIGHT_STALL_SECONDS:-15}

usage() {
  sed -n 's/^# \{0,1\}//; 4,7p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

# The version that the node's part is built from, too.
module_version() { direct_requirements "$HERE/modules/$1/go.mod" | awk '{ print $2; exit }'; }

# Sets version, base, advice and, for what comes as an archive, archive and sum: the paths below base.
find_release() {
  local name=$1 arch
  arch=$(architecture)
  archive=''
  advice='KUBEWRIGHT_DOWNLOADS=no builds it instead'
  if [ "$name" = kubernetes ]; then
    version=$KUBERNETES_VERSION
    base=${KUBERNETES_BINARIES:-$KUBERNETES_SERVER}
    [ -z "${KUBERNETES_BINARIES:-}" ] ||
      advice="KUBERNETES_BINARIES must have <version>/bin/linux/<architecture>/<program> and <program>.sha256; unset, it is not asked"
  else
    [ -f "$HERE/modules/$name/go.mod" ] || die "there is no release named $name; there are: kubernetes containerd cni-plugins crictl"
    version=$(module_version "$name")
    base=${KUBEWRIGHT_RELEASES:-$RELEASES_SERVER}
    [ -z "${KUBEWRIGHT_RELEASES:-}" ] ||
      advice="KUBEWRIGHT_RELEASES must be laid out as GitHub's downloads are; unset, it is not asked"
  fi
  case $name in
  kubernetes) ;;
  containerd)
    archive=containerd/containerd/releases/download/$version/containerd-${version#v}-linux-$arch.tar.gz
    sum=$archive.sha256sum
    ;;
  cni-plugins)
    archive=containernetworking/plugins/releases/download/$version/cni-plugins-linux-$arch-$version.tgz
    sum=$archive.sha256
    ;;
  crictl)
    archive=kubernetes-sigs/cri-tools/releases/download/$version/crictl-$version-linux-$arch.tar.gz
    sum=$archive.sha256
    ;;
  *) die "$name is not released as a program" ;;
  esac
  base=${base%/}
}

kubernetes_path() { printf '%s/bin/linux/%s/%s\n' "$version" "$(architecture)" "$1"; }

# Copies a file of base to a place; a transfer that stands still or breaks off is tried once more.
fetch() {
  local path=$1 destination=$2 reason code
  case $base in
  *://*) ;;
  *)
    cp "$base/$path" "$destination" 2>/dev/null || die "$base/$path cannot be read; $advice"
    return
    ;;
  esac
  for _ in 1 2; do
    code=0
    reason=$(curl -fsSL --connect-timeout "$STALL_SECONDS" --speed-limit 10240 --speed-time "$STALL_SECONDS" \
      -o "$destination" "$base/$path" 2>&1) || code=$?
    [ "$code" -ne 0 ] || return 0
    # The server has answered that it does not have it.
    [ "$code" -ne 22 ] || break
  done
  die "$base/$path cannot be downloaded ($reason); $advice"
}

# fetch_checked PATH PATH-OF-SHA256 DESTINATION
fetch_checked() {
  local path=$1 sum_path=$2 destination=$3 wanted found
  fetch "$sum_path" "$destination.sha256"
  wanted=$(head -n 1 "$destination.sha256" | tr -d '\0' | cut -d ' ' -f 1)
  [[ $wanted =~ ^[0-9a-f]{64}$ ]] || die "$base/$sum_path holds no sha256; $advice"
  fetch "$path" "$destination"
  found=$(sha256sum <"$destination" | cut -d ' ' -f 1)
  [ "$found" = "$wanted" ] || die "$base/$path has the sha256 $found, and $sum_path asks for $wanted; $advice"
}

# Fetches programs side by side into a folder.
fetch_programs() {
  local folder=$1 program job jobs=() failed=0
  shift
  for program; do
    # The lock is not theirs: a download that outlives an interrupted run must not stop the next.
    (
      fetch_checked "$(kubernetes_path "$program")" "$(kubernetes_path "$program").sha256" "$folder/$program"
      chmod 0755 "$folder/$program"
    ) 9>&- &
    jobs+=("$!")
  done
  for job in "${jobs[@]}"; do wait "$job" || failed=1; done
  [ "$failed" -eq 0 ] || exit 1
  rm "$folder"/*.sha256
}

# Fetches an archive and leaves the programs that are in it.
fetch_archive() {
  local folder=$1 file=$1/archive
  mkdir "$file"
  fetch_checked "$archive" "$sum" "$file/file" 9>&-
  tar --no-same-owner -xzf "$file/file" -C "$file" || die "$base/$archive is no archive; $advice"
  rm "$file/file"
  find "$file" -type f -perm -0100 -exec mv -t "$folder" {} +
  rm -r "$file"
}

get() {
  local name=$1 version base advice archive sum final content=
  shift
  find_release "$name"
  [ -n "$archive" ] || [ $# -gt 0 ] || usage
  case $base in
  *://*) program curl curl ;;
  # What is in a folder may be another build of the same version tomorrow.
  *) content=$(find "$base/" -name '*.sha256*' -exec sha256sum {} + 2>/dev/null | sort) || content='' ;;
  esac
  final=$CACHE_DIR/downloads/$name-$version-$(architecture)-$(printf '%s\n' "$base" "$content" | cache_key - "${BASH_SOURCE[0]}")
  mkdir -p "$final"
  (
    # Another run may be fetching the same.
    flock 9
    absent=()
    for program; do [ -x "$final/$program" ] || absent+=("$program"); done
    # The last of an archive's programs is not yet there when a run is cut off among them.
    [ -z "$archive" ] || [ -e "$final/.complete" ] || absent+=("$archive")
    [ "${#absent[@]}" -gt 0 ] || exit 0
    if [ -n "$archive" ]; then say "Downloading $name $version from $base"; else say "Downloading $name $version from $base: ${absent[*]}"; fi
    partial=$(mktemp -d "$CACHE_DIR/downloads/partial.XXXXXX")
    trap 'rm -rf "$partial"' EXIT
    if [ -n "$archive" ]; then fetch_archive "$partial"; else fetch_programs "$partial" "${absent[@]}"; fi
    mv "$partial"/* "$final/"
    [ -z "$archive" ] || touch "$final/.complete"
    for program; do [ -x "$final/$program" ] || die "there is no program $program in $base/$archive"; done
  ) 9>"$final.lock" >&2
  printf '%s\n' "$final"
}

# Whether a server answers; a registry does so by asking who is there.
probe() {
  local url=$1 answer reason
  if answer=$(curl -sSL --connect-timeout "$PROBE_SECONDS" --max-time "$PROBE_SECONDS" -o /dev/null -w '%{http_code}' \
    "$url" 2>/dev/null); then
    case $answer in
    200 | 401) return ;;
    esac
    reason="answers $answer"
  else
    reason='does not answer'
  fi
  printf '%s %s\n' "$url" "$reason"
}

# Prints what cannot be reached, of that which nobody has named.
unreachable() {
  local version base advice archive sum urls=("$REGISTRY") url
  if [ -z "${KUBERNETES_BINARIES:-}" ]; then
    find_release kubernetes
    urls+=("$base/$(kubernetes_path kubelet).sha256")
  fi
  if [ -z "${KUBEWRIGHT_RELEASES:-}" ] && [ "$NODE_CONTAINERD" = module ]; then
    find_release containerd
    urls+=("$base/$sum")
  fi
  program curl curl
  for url in "${urls[@]}"; do probe "$url" & done
  wait
}

choose() {
  local missing
  case ${KUBEWRIGHT_DOWNLOADS:-} in
  yes) "$@" >/dev/null ;;
  no) ;;
  *)
    # Before anything is tried that may fail and be built then.
    [ -z "${KUBERNETES_BINARIES:-}" ] || get kubernetes kubelet kubectl >/dev/null
    if [ -n "${KUBEWRIGHT_RELEASES:-}" ] && [ "$NODE_CONTAINERD" = module ]; then
      get containerd >/dev/null
      get cni-plugins >/dev/null
    fi
    missing=$(unreachable)
    KUBEWRIGHT_DOWNLOADS=no
    if [ -n "$missing" ]; then
      say "No downloads (${missing//$'\n'/, }): building the parts of the node instead"
    elif KUBEWRIGHT_DOWNLOADS=yes "$@" >/dev/null; then
      KUBEWRIGHT_DOWNLOADS=yes
    else
      say "A download has failed: building the parts of the node instead (KUBEWRIGHT_DOWNLOADS=yes would stop here)"
    fi
    ;;
  esac
  printf '%s\n' "$KUBEWRIGHT_DOWNLOADS"
}

[ $# -ge 2 ] || usage
case $1 in
get | choose) "$@" ;;
*) usage ;;
esac
