#!/bin/sh
# Builds the pages into web/dist when their sources are newer than the last build.
set -eu
cd "$(dirname "$0")/../web"
stamp=.stamp-built

newer() { [ ! -f "$stamp" ] || [ ! -f dist/index.html ] || [ -n "$(find . ../openapi -path ./node_modules -prune -o -path ./dist -prune -o -path ./.stamp-built -prune -o -type f -newer "$stamp" -print | head -n 1)" ]; }

newer || exit 0
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "安装网页的依赖 …"
  npm ci --no-audit --no-fund --loglevel=error >/dev/null
fi
echo "构建网页 …"
npm run --silent build >/dev/null
touch "$stamp"
