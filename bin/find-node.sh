# shellcheck shell=bash
# Sourced by bin/sluice and by the scripts. Ships in the package, where there is no .toolchain.

# find_node ROOT: prints the path of the Node that runs this checkout, or fails.
# What set-up put under .toolchain comes first: the native addon was built for it.
find_node() {
  local own="$1/.toolchain/node/bin/node" system
  if [ -x "$own" ]; then
    printf '%s\n' "$own"
    return 0
  fi
  system=$(command -v node) && node_is_recent "$system" && printf '%s\n' "$system"
}

# 22.12 is the first with net.Server.listen({ reusePort: true }).
node_is_recent() {
  local version major minor
  version=$("$1" --version 2>/dev/null) || return 1
  IFS=. read -r major minor _ <<<"${version#v}"
  [ "$major" -gt 22 ] || { [ "$major" -eq 22 ] && [ "$minor" -ge 12 ]; }
}
