# shellcheck shell=bash
# Sourced by setup.sh: messages, stamps, hashes, logs.

say() {
  printf 'setup: %s\n' "$1"
}

fail() {
  printf 'setup: error: %s\n' "$1" >&2
  exit 1
}

# stamped NAME KEY: was this step done for this key?
stamped() {
  [ -f "$toolchain/stamp/$1" ] && [ "$(cat "$toolchain/stamp/$1")" = "$2" ]
}

stamp() {
  printf '%s\n' "$2" >"$toolchain/stamp/$1"
}

# hash_of PATH...: one hash over the contents and names of files and of folders' files. What does not exist counts as absent.
hash_of() {
  { find "$@" -type f -print0 2>/dev/null || true; } | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-32
}

# hash_text TEXT...
hash_text() {
  printf '%s\n' "$@" | sha256sum | cut -c1-32
}

# logged NAME COMMAND...: output into a log; the end of it is shown when the command fails.
logged() {
  local log="$toolchain/log/$1.log"
  shift
  if ! "$@" >"$log" 2>&1; then
    tail -n 25 "$log" >&2
    fail "failed: $* (whole output in ${log#"$root"/})"
  fi
}
