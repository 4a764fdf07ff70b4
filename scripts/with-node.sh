#!/usr/bin/env bash
# with-node.sh FILE ARGS...: runs a TypeScript file of this checkout with the Node that bin/sluice uses.
set -euo pipefail

root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
# shellcheck source=bin/find-node.sh
. "$root/bin/find-node.sh"

if ! node=$(find_node "$root"); then
  printf 'with-node: needs Node 22.12 or newer; run scripts/setup.sh\n' >&2
  exit 1
fi
# Children (vitest, worker threads, tools with a node shebang) find the same one.
PATH=$(dirname "$node"):$PATH
export PATH
exec "$node" --experimental-strip-types --no-warnings "$@"
