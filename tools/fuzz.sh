#!/bin/bash
# Runs every fuzz target of tests/fuzz for some seconds under libFuzzer with ASan and UBSan.
# usage: tools/fuzz.sh SECONDS [TARGET...]          (needs clang; built into build-fuzz, nothing is written elsewhere)
# Starts from tests/fuzz/corpus/TARGET; what it finds is kept in build-fuzz/found/TARGET for the next run. An input that breaks
# something is left in build-fuzz/crash: fix the code, then put it into tests/fuzz/corpus/TARGET, where test_corpus runs it for ever.
set -u
seconds=${1:-}
case $seconds in '' | *[!0-9]*) sed -n '2,3s/^# //p' "$0" >&2; exit 64 ;; esac
shift
cd "$(dirname "$0")/.." || exit 1
command -v clang >/dev/null || { echo 'fuzz: clang is missing (packages clang and libclang-rt-14-dev)' >&2; exit 69; }

out=build-fuzz
mkdir -p "$out/obj" "$out/found" "$out/crash"
# What the targets reach: no database, no network, no drawing.
sources=$(ls src/base/*.c src/domain/*/*.c src/http/router.c src/service/media.c src/service/{archive_verify,archive_verify_log,ledger_bytes,signed_json,trust_doc,status_doc}.c src/sheet/*.c \
  src/doc/ofd.c src/doc/ofd_read.c src/doc/ofd_verify.c src/doc/seal.c src/doc/zip_read.c src/doc/zip_write.c src/sys/cert.c src/sys/crypto_*.c)
packages='jansson openssl zlib libzip libxml-2.0 xlsxwriter libargon2'
sanitize='-fsanitize=address,undefined -fno-sanitize-recover=all'
# shellcheck disable=SC2046
flags="-g -O1 -std=gnu11 -D_GNU_SOURCE -Isrc $sanitize $(pkg-config --cflags $packages)"
# shellcheck disable=SC2046
libs=$(pkg-config --libs $packages)

object() { echo "$out/obj/$(echo "$1" | tr / _ | sed 's/\.c$/.o/')"; }
newest=$(find src tests/fuzz -name '*.[ch]' -newer "$out/built" 2>/dev/null | head -n 1)
if [ ! -f "$out/built" ] || [ -n "$newest" ]; then
  echo "build ($(echo "$sources" | wc -w) files) ..."
  for s in $sources; do printf '%s %s\n' "$s" "$(object "$s")"; done |
    xargs -P "$(nproc)" -L 1 sh -c 'clang '"$flags"' -fsanitize=fuzzer-no-link -c "$0" -o "$1"' || exit 70
  for target in tests/fuzz/fuzz_*.c; do
    # shellcheck disable=SC2046,SC2086
    clang $flags -fsanitize=fuzzer "$target" $(for s in $sources; do object "$s"; done) $libs -o "$out/$(basename "$target" .c)" || exit 70
  done
  touch "$out/built"
fi

passed=0
failed=0
export YZ_SOURCE=$PWD
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1
for target in "${@:-}"; do
  for binary in "$out"/fuzz_${target:-*}; do
    name=$(basename "$binary" | sed 's/^fuzz_//')
    mkdir -p "$out/found/$name"
    if "$binary" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
      -artifact_prefix="$out/crash/$name-" "$out/found/$name" "tests/fuzz/corpus/$name" > "$out/$name.log" 2>&1; then
      passed=$((passed + 1))
      echo "ok   $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$name.log") runs, $(ls "$out/found/$name" | wc -l) inputs kept"
    else
      failed=$((failed + 1))
      echo "FAIL $name, the end of $out/$name.log:"
      tail -n 40 "$out/$name.log"
    fi
  done
done
echo "fuzz: $passed passed, $failed failed"
[ "$failed" = 0 ]
