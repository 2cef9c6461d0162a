#!/usr/bin/env bash
# Builds the program of the hosted images for amd64 and arm64, into the folder that is named, or beside its source.
#
# Needs gcc and gcc-aarch64-linux-gnu, as Debian 12 has them; with these the result is that in the repository, byte for
# byte. Every change of it changes the digests of all images.
set -euo pipefail
source=$(cd "$(dirname "$0")" && pwd)
into=${1:-$source}

# The compiler, the name of the architecture, and flags of that compiler alone.
build() {
    local compiler=$1 architecture=$2
    shift 2
    "$compiler" -std=c11 -Os -Wall -Wextra -Werror -ffreestanding -fno-stack-protector \
        -fno-asynchronous-unwind-tables -fno-ident -fno-pie "$@" -static -nostdlib -no-pie \
        -Wl,--build-id=none,-z,norelro,-z,noexecstack,-z,max-page-size=4096 -s \
        -o "$into/answer-$architecture" "$source/answer.c"
}

build x86_64-linux-gnu-gcc amd64 -fcf-protection=none
build aarch64-linux-gnu-gcc arm64 -mno-outline-atomics
