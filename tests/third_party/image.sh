#!/usr/bin/env bash
# The hosted image as a container runtime would have it: unpacked by umoci, and run with nothing but its own files.
#
# Usage: image.sh REGISTRY, the example of that name. Needs curl, skopeo, umoci, and root for chroot.
set -euo pipefail
registry=$1
work=$(mktemp -d)
started=()

end() {
    for process in "${started[@]}"; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap end EXIT

mkfifo "$work/input"
"$registry" 127.0.0.1:0 r1 <"$work/input" >"$work/ours" &
started+=($!)
exec 3>"$work/input"
for _ in $(seq 100); do
    grep -q '^listening on ' "$work/ours" && break
    sleep 0.1
done
image=$(sed -n 's|^\(.*/r1:latest\) .*|\1|p' "$work/ours")
skopeo copy --quiet --src-tls-verify=false "docker://$image" "oci:$work/layout:r1"
umoci unpack --image "$work/layout:r1" "$work/bundle" >"$work/unpacked" 2>&1

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
entrypoint=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["process"]["args"][0])' \
    "$work/bundle/config.json")
env PORT="$port" chroot "$work/bundle/rootfs" "$entrypoint" &
started+=($!)
for _ in $(seq 100); do
    answer=$(curl -s -X POST --data hello "http://127.0.0.1:$port/invoke" || true)
    [ -n "$answer" ] && break
    sleep 0.1
done
if [ "$answer" != r1 ]; then
    echo "image.sh: the image answers '$answer' instead of r1" >&2
    exit 1
fi
echo 'the image, unpacked and run: all is well'
