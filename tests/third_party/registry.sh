#!/usr/bin/env bash
# The tools of others on both sides: skopeo reads the registry of the suite, and the reference endpoint pulls from
# Debian's docker-registry, whose tags are written, overwritten and deleted by skopeo.
#
# Usage: registry.sh FNCONFORM REGISTRY, the program and the example of that name. Needs curl, skopeo, docker-registry.
set -euo pipefail
fnconform=$1
registry=$2
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

fail() {
    echo "registry.sh: $*" >&2
    exit 1
}

# Waits until the file has a line that begins so, and prints the rest of it.
said() {
    for _ in $(seq 100); do
        if grep -q "^$2" "$work/$1"; then
            sed -n "s|^$2||p" "$work/$1" | head -n 1
            return
        fi
        sleep 0.1
    done
    fail "$1 did not say '$2'"
}

# The registry of the suite serves until its input ends, which is when this script does.
mkfifo "$work/input"
"$registry" 127.0.0.1:0 r1 r2 <"$work/input" >"$work/ours" &
started+=($!)
exec 3>"$work/input"
ours=$(said ours 'listening on http://')
digest() {
    sed -n "s|^.*/$1:latest ||p" "$work/ours"
}

inspected=$(skopeo inspect --tls-verify=false --format '{{.Digest}} {{index .Labels "org.fnconform.revision"}}' \
    "docker://$ours/fnconform/images/r1:latest")
[ "$inspected" = "$(digest r1) r1" ] || fail "skopeo inspect says $inspected"
skopeo copy --quiet --src-tls-verify=false "docker://$ours/fnconform/images/r1:latest" "oci:$work/layout:r1"
skopeo copy --quiet --src-tls-verify=false "docker://$ours/fnconform/images/r1:latest" "dir:$work/dir"
if skopeo copy --quiet --dest-tls-verify=false "oci:$work/layout:r1" "docker://$ours/fnconform/images/r1:latest" \
    2>"$work/push"; then
    fail 'a push to the registry of the suite was taken'
fi

# Debian's registry, with a port that was free a moment ago.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$work/registry.yml" <<END
version: 0.1
log: { level: error }
storage: { filesystem: { rootdirectory: $work/stored }, delete: { enabled: true } }
http: { addr: "127.0.0.1:$port" }
END
docker-registry serve "$work/registry.yml" >"$work/theirs" 2>&1 &
started+=($!)
theirs=127.0.0.1:$port
for _ in $(seq 100); do
    curl -sf "http://$theirs/v2/" >"$work/hello" && break
    sleep 0.1
done
push() {
    skopeo copy --quiet --src-tls-verify=false --dest-tls-verify=false \
        "docker://$ours/fnconform/images/$1:latest" "docker://$theirs/app:v"
}
push r1

"$fnconform" serve --listen 127.0.0.1:0 --registry >"$work/endpoint" &
started+=($!)
functions=$(said endpoint 'listening on ')/2023-03-30/functions

# Waits until the field of the function has that value.
shows() {
    for _ in $(seq 100); do
        curl -sf "$functions/f" >"$work/shown"
        grep -q "\"$1\":\"$2\"" "$work/shown" && return
        sleep 0.1
    done
    fail "$1 is not $2: $(cat "$work/shown")"
}
invoked() {
    local answer
    answer=$(curl -s -X POST "$functions/f/invocations")
    [ "$answer" = "$1" ] || fail "the invocation answers $answer instead of $1"
}
body="{\"functionName\":\"f\",\"runtime\":\"custom-container\",\"handler\":\"h\",
    \"customContainerConfig\":{\"image\":\"$theirs/app:v\",\"port\":9000}}"
curl -sf -X POST -d "$body" "$functions" >"$work/created"
shows state Active
grep -q "@$(digest r1)" "$work/shown" || fail "the digest is not that of r1: $(cat "$work/shown")"
invoked r1

push r2
shows state Failed
curl -sf -X PUT -d "{\"customContainerConfig\":{\"image\":\"$theirs/app:v\"}}" "$functions/f" >"$work/updated"
shows lastUpdateStatus Successful
shows state Active
grep -q "@$(digest r2)" "$work/shown" || fail "the digest is not that of r2: $(cat "$work/shown")"
invoked r2

skopeo delete --tls-verify=false "docker://$theirs/app:v"
shows state Failed
[ "$(curl -s -o "$work/refused" -w '%{http_code}' -X POST "$functions/f/invocations")" -ge 400 ] ||
    fail 'a function whose image was deleted was invoked'
echo 'skopeo and docker-registry: all is well'
