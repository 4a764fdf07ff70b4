#!/usr/bin/env bash
# Brings a fresh clone to where bin/sluice runs: Node, dependencies, the native addon, the kernel, the TypeScript.
#
# - Idempotent: each step has a stamp under .toolchain that holds the hash of what it was made from. Nothing changed means
#   nothing done, without network, in a fraction of a second.
# - An interrupted step has no stamp and is done again. Two set-ups of one checkout wait for each other.
# - SLUICE_CACHE names the folder that keeps the compiled addon for other checkouts of this machine
#   (default ~/.cache/sluice; "off" for none).
set -euo pipefail

root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
cd "$root"
toolchain="$root/.toolchain"
mkdir -p "$toolchain/stamp" "$toolchain/log"

# shellcheck source=bin/find-node.sh
. bin/find-node.sh
# shellcheck source=scripts/setup/common.sh
. scripts/setup/common.sh
# shellcheck source=scripts/setup/node.sh
. scripts/setup/node.sh
# shellcheck source=scripts/setup/dependencies.sh
. scripts/setup/dependencies.sh
# shellcheck source=scripts/setup/addon.sh
. scripts/setup/addon.sh

build() {
  local key
  key=$(hash_of package-lock.json tsconfig.json tsconfig.build.json scripts/build.ts scripts/build scripts/build-kernel.ts src)
  stamped build "$key" && [ -f dist/src/cli/main.js ] && return 0
  say "compiling the kernel and the TypeScript"
  logged build scripts/with-node.sh scripts/build.ts
  stamp build "$key"
}

if command -v flock >/dev/null; then
  exec 9>"$toolchain/lock"
  flock 9
fi

bring_node
PATH=$(dirname "$node"):$PATH
bring_dependencies
bring_addon
build
