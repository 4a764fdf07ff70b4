# shellcheck shell=bash disable=SC2154
# Sourced by setup.sh: node_modules from the lockfile. No install script of any package runs; the one that matters is addon.sh.

bring_dependencies() {
  local key
  key=$(hash_of package-lock.json)
  stamped dependencies "$key" && [ -d node_modules ] && return 0
  "$node" --experimental-strip-types --no-warnings scripts/setup/installed-matches-lock.ts || install_dependencies
  stamp dependencies "$key"
}

install_dependencies() {
  say "installing dependencies from the lockfile"
  rm -f "$toolchain/stamp/dependencies"
  logged dependencies "$node" "$npm_cli" ci --prefix "$root" --ignore-scripts --no-audit --no-fund --loglevel=error
}
