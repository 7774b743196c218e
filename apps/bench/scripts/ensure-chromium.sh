#!/usr/bin/env bash
# Provides a Chromium for the tests of the reports and prints its path. Installs Debian's when none is there and this
# user may; else says on standard error why not, and ends with 1. Several callers at once wait for each other.
set -uo pipefail

find_chromium() {
  local name
  for name in "${CHROMIUM_PATH:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
    if [ -n "$name" ] && [ -x "$name" ]; then
      echo "$name"
      return 0
    fi
  done
  return 1
}

find_chromium && exit 0
if ! command -v apt-get >/dev/null; then
  echo "no Chromium, and no apt-get to install one; set CHROMIUM_PATH to a Chromium" >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "no Chromium, and only root may install one: sudo apt-get install chromium" >&2
  exit 1
fi
exec 9>"${TMPDIR:-/tmp}/lagoon-ensure-chromium.lock"
command -v flock >/dev/null && flock 9
find_chromium && exit 0
echo "installing Chromium with apt-get, once" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core; } >"$log" 2>&1; then
  tail -5 "$log" >&2
  rm -f "$log"
  exit 1
fi
rm -f "$log"
find_chromium
