#!/bin/sh
# Says in one line what a fresh machine lacks, before a long build would.
set -u
missing=""
command -v cargo >/dev/null 2>&1 || missing="$missing rust"
command -v cc >/dev/null 2>&1 || missing="$missing cc"
case "$missing" in
  "") ;;
  *rust*) echo "Rust is missing. Install it from https://rustup.rs (1.90 or newer), then run make again." >&2; exit 2 ;;
  *) echo "A C compiler is missing (SQLite is compiled from source). Type: sudo apt-get install -y build-essential" >&2; exit 2 ;;
esac
need=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
have=$(rustc --version | cut -d ' ' -f 2)
oldest=$(printf '%s\n%s\n' "$need" "$have" | sort -V | head -n 1)
if [ "$oldest" != "$need" ]; then
  echo "Rust $have is too old: Một Cửa needs $need. Type: rustup update stable" >&2
  exit 2
fi
