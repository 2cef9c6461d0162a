#!/usr/bin/env bash
# oci-client, a client in Rust, pulls from the registry of the suite.
#
# Usage: oci_client.sh REGISTRY, the example of that name. Needs cargo, and builds for some minutes.
set -euo pipefail
registry=$1
cd "$(dirname "$0")/../oci_client"
work=$(mktemp -d)
trap 'kill "$process" 2>/dev/null || true; rm -rf "$work"' EXIT
process=
registry=$(cd "$OLDPWD" && realpath "$registry")
cargo build --locked

mkfifo "$work/input"
"$registry" 127.0.0.1:0 r1 <"$work/input" >"$work/ours" &
process=$!
exec 3>"$work/input"
for _ in $(seq 100); do
    grep -q '^listening on ' "$work/ours" && break
    sleep 0.1
done
read -r image digest < <(grep '/r1:latest ' "$work/ours")
cargo run --quiet --locked -- "$image" "$digest" r1
