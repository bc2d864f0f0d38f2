#!/usr/bin/env bash
# usage: install-packages.sh PACKAGE...
# Installs those that are missing, with sudo when not root, and says so.
set -euo pipefail
missing=()
for package in "$@"; do
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} != 0 ] || exit 0
echo "installing the missing Debian packages: ${missing[*]}"
as_root=(); [ "$(id -u)" = 0 ] || as_root=(sudo)
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  "${missing[@]}"
