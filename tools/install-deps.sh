#!/bin/sh
# Installs the Debian packages of the named groups (deploy/debian-packages.txt) that are missing.
# usage: tools/install-deps.sh GROUP...
set -eu
cd "$(dirname "$0")/.."

missing=""
for group in "$@"; do
  for package in $(awk -v g="$group" '$1 == g { print $2 }' deploy/debian-packages.txt); do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
done
# Any node from 18 on will do, wherever it comes from.
node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)' 2>/dev/null || missing="$missing nodejs"
npm --version >/dev/null 2>&1 || missing="$missing npm"

[ -n "$missing" ] || exit 0
echo "安装缺少的软件包：$missing"
as_root=""
[ "$(id -u)" = 0 ] || as_root=sudo
$as_root apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
