#!/bin/bash
# helm against a real cluster: install, upgrade, rollback, test, uninstall of the chart beside this file, hooks and lookup
# included. By hand, not part of npm test: it needs helm, on PATH or in ${K8TS_CLIENTS_DIR:-~/.cache/k8ts-clients}.
set -euo pipefail
cd "$(dirname "$0")"
PATH=$PATH:${K8TS_CLIENTS_DIR:-$HOME/.cache/k8ts-clients}
k8ts=../../../k8ts name=helm-$$ work=$(mktemp -d)
export KUBECONFIG=$work/kubeconfig HELM_CACHE_HOME=$work HELM_CONFIG_HOME=$work HELM_DATA_HOME=$work
command -v helm >/dev/null || { echo "helm is missing"; exit 1; }
trap '"$k8ts" down --name "$name" --quiet; rm -rf "$work"' EXIT
echo "egress: none" >"$work/config.yaml"
"$k8ts" up --name "$name" --config "$work/config.yaml" --quiet
wait=(--wait --timeout 60s)

# expect WHAT IS SHOULD
expect() { [ "$2" = "$3" ] && echo "ok: $1" || { echo "$1: $2, not $3"; exit 1; }; }
value() { kubectl get configmap web-config -o jsonpath="{.data.$1}"; }
ready() { kubectl get deployment web -o jsonpath='{.status.readyReplicas}'; }

helm install web chart "${wait[@]}" >/dev/null
expect "install: pods ready" "$(ready)" 2
expect "install: lookup finds nothing yet" "$(value earlier)" no
expect "capabilities: a served kind" "$(value hasPdb)" true
expect "the release is a secret of helm's type" "$(kubectl get secret sh.helm.release.v1.web.v1 -o jsonpath='{.type}')" helm.sh/release.v1
helm upgrade web chart --set message=second,replicas=3 "${wait[@]}" >/dev/null
expect "upgrade: pods ready" "$(ready)" 3
expect "upgrade: the new value" "$(value message)" second
expect "upgrade: lookup finds what is there" "$(value earlier)" yes
helm rollback web 1 "${wait[@]}" >/dev/null
expect "rollback: the old value" "$(value message)" first
expect "list" "$(helm list --no-headers | cut -f1,3,5 | tr -d ' \t')" web3deployed
tested=$(helm test web --logs --timeout 60s)
expect "the test hook's pod reached the Service by name" "$(grep -o 'Hello, world!' <<<"$tested")" "Hello, world!"
helm uninstall web "${wait[@]}" >/dev/null
expect "uninstall" "$(helm list --all-namespaces --no-headers | grep -c . || :)" 0
expect "uninstall: nothing is left" "$(kubectl get deployment,service,configmap,secret -o name | grep -c web || :)" 0
