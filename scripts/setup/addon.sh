# shellcheck shell=bash disable=SC2154
# Sourced by setup.sh: node-rdkafka, compiled here (about two minutes of CPU) or taken from what another checkout compiled.

addon=node_modules/node-rdkafka
addon_products=(build/Release/node-librdkafka.node build/deps/librdkafka.so.1 build/deps/librdkafka++.so.1)

bring_addon() {
  local key
  key=$(addon_key)
  stamped addon "$key" && [ -f "$addon/${addon_products[0]}" ] && return 0
  rm -f "$toolchain/stamp/addon"
  if [ -f "$addon/${addon_products[0]}" ] && addon_loads; then
    say "node-rdkafka is compiled already"
  elif ! restore_addon; then
    compile_addon
    addon_loads || fail "node-rdkafka was compiled but does not load; see .toolchain/log/addon.log"
    keep_addon
  fi
  stamp addon "$key"
}

# What decides whether a compiled addon fits this checkout: Node's ABI, the package, the C library.
addon_key() {
  hash_text "$("$node" -p 'process.versions.modules + process.platform + process.arch')" \
    "$(grep -A2 '"node_modules/node-rdkafka"' package-lock.json)" "$(ldd --version 2>/dev/null | head -n 1)"
}

addon_features() {
  local header
  for header in zstd.h openssl/ssl.h sasl/sasl.h zlib.h; do
    [ -f "/usr/include/$header" ] && printf '%s ' "$header"
  done
  return 0
}

# Without these librdkafka builds too, without the feature: zstd, TLS and SASL to Kafka, gzip.
bring_addon_headers() {
  local packages=()
  [ -f /usr/include/zstd.h ] || packages+=(libzstd-dev)
  [ -f /usr/include/openssl/ssl.h ] || packages+=(libssl-dev)
  [ -f /usr/include/sasl/sasl.h ] || packages+=(libsasl2-dev)
  [ -f /usr/include/zlib.h ] || packages+=(zlib1g-dev)
  [ "${#packages[@]}" -eq 0 ] && return 0
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null && apt_install "${packages[@]}"; then
    return 0
  fi
  say "note: without ${packages[*]} the Kafka client lacks zstd, TLS, SASL or gzip (whichever they bring)"
}

apt_install() {
  local log="$toolchain/log/apt.log"
  export DEBIAN_FRONTEND=noninteractive
  timeout 120 apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1 && return 0
  timeout 120 apt-get update -qq >>"$log" 2>&1 || return 1
  timeout 120 apt-get install -y -qq --no-install-recommends "$@" >>"$log" 2>&1
}

# node-rdkafka's Makefile races when make runs it in parallel (config.h has two names there). So: config.h first, then
# librdkafka by its own parallel make, then the rest.
compile_addon() {
  local tool jobs
  for tool in g++ make python3; do
    command -v "$tool" >/dev/null || fail "$tool is missing; node-rdkafka is compiled with g++, make and python3 (Debian: apt-get install g++ make python3)"
  done
  bring_addon_headers
  [ -f "$addon/deps/librdkafka/configure" ] || install_dependencies # an earlier build removed the sources
  jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
  say "compiling node-rdkafka (once; a minute or two)"
  export npm_config_nodedir="$node_home"
  logged addon compile_addon_steps "$jobs"
  prune_addon
}

# A chain, because set -e does not hold inside a condition.
compile_addon_steps() {
  cd "$addon" &&
    rm -rf build &&
    "$node" "$node_gyp" configure &&
    make -C build BUILDTYPE=Release deps/librdkafka/config.h &&
    make -C deps/librdkafka -j "$1" libs &&
    JOBS=$1 "$node" "$node_gyp" build &&
    cd "$root"
}

# Sources, objects and librdkafka's examples are 500 MB that nothing needs again, but for the two files that tests compare
# librdkafka's error texts and property names with.
addon_sources=(rdkafka.c rdkafka_conf.c)

prune_addon() {
  local file
  for file in "${addon_products[@]}"; do
    strip --strip-debug "$addon/$file" 2>/dev/null || true
  done
  find "$addon/deps" -type f ! -path "*/librdkafka/src/${addon_sources[0]}" ! -path "*/librdkafka/src/${addon_sources[1]}" -delete
  find "$addon/deps" -type l -delete
  find "$addon/deps" -type d -empty -delete
  rm -rf "$addon/build/Release/obj.target" "$addon/build/Release/.deps" "$addon/build/deps/include"
  find "$addon/build" -name '*.a' -delete
}

addon_loads() {
  "$node" -e "require('node-rdkafka').features" 2>>"$toolchain/log/addon.log"
}

# Between checkouts the features count too: which of librdkafka's optional libraries the build saw.
addon_archive() {
  local folder=${SLUICE_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/sluice}
  [ "$folder" != off ] && [ "$folder" != /.cache/sluice ] || return 1
  printf '%s\n' "$folder/node-rdkafka-$(hash_text "$(addon_key)" "$(addon_features)" "$(hash_of scripts/setup/addon.sh)").tar"
}

restore_addon() {
  local archive
  archive=$(addon_archive) && [ -f "$archive" ] || return 1
  tar -xf "$archive" -C "$addon" 2>/dev/null && addon_loads && say "node-rdkafka taken from $archive"
}

# A failure to keep it costs the next checkout two minutes, nothing more.
keep_addon() {
  local archive
  archive=$(addon_archive) || return 0
  mkdir -p "$(dirname "$archive")" 2>/dev/null &&
    tar -cf "$archive.$$" -C "$addon" "${addon_products[@]}" 2>/dev/null &&
    mv "$archive.$$" "$archive" || rm -f "$archive.$$"
}
