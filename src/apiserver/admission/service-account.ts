import type { Container } from "#api/core/v1/container.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { type ServiceAccount, serviceAccounts } from "#api/core/v1/service-account.ts";
import type { Volume } from "#api/core/v1/volume.ts";
import type { Mutable } from "#api/resource.ts";
import { randomSuffix } from "#base/random.ts";
import type { AdmissionPlugin, AdmissionRequest } from "../attributes.ts";
import type { AdmissionDeps } from "./deps.ts";
import { mirrorAnnotation } from "./mirror-pods.ts";
import { concerns, objectOf, refusal } from "./requests.ts";

const defaultAccount = "default";
const mountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
const volumePrefix = "kube-api-access-";
const tokenLifetimeSeconds = 3607;
/** The controller makes a new namespace's default account a moment after the namespace. */
const accountTries = 10;
const accountPauseMs = 20;

/** Gives every pod a service account, and its containers the account's token, CA and namespace as files. */
export function serviceAccount(deps: Pick<AdmissionDeps, "caches" | "clock" | "random">): AdmissionPlugin {
  return {
    name: "ServiceAccount",
    handles: request => concerns(request, pods, ["CREATE"]),

    async admit(request) {
      const pod = objectOf(pods, request);
      if (pod.metadata.annotations?.[mirrorAnnotation] !== undefined) return;
      pod.spec.serviceAccountName ||= defaultAccount;
      pod.spec.serviceAccount = pod.spec.serviceAccountName; // The same under its deprecated name.
      const account = await findAccount(deps, request, pod.spec.serviceAccountName);
      if (pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) {
        mountToken(pod, () => volumePrefix + randomSuffix(deps.random));
      }
      if (!pod.spec.imagePullSecrets?.length && account.imagePullSecrets?.length) {
        pod.spec.imagePullSecrets = account.imagePullSecrets.map(secret => ({ ...secret }));
      }
    },

    validate(request) {
      const pod = objectOf(pods, request);
      if (pod.metadata.annotations?.[mirrorAnnotation] === undefined) return;
      if (pod.spec.serviceAccountName) throw refusal(request, "a mirror pod may not reference service accounts");
    },
  };
}

async function findAccount(
  { caches, clock }: Pick<AdmissionDeps, "caches" | "clock">,
  request: AdmissionRequest,
  name: string,
): Promise<ServiceAccount> {
  const { namespace } = request.attributes;
  const tries = name === defaultAccount ? accountTries : 1;
  for (let i = 0; i < tries; i++) {
    if (i > 0) await clock.sleep(accountPauseMs);
    const found = caches.of(serviceAccounts).get(namespace, name);
    if (found !== undefined) return found.object;
  }
  const what = `${namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`;
  throw refusal(request, `error looking up service account ${what}`);
}

/** A container that mounts something there itself keeps that. */
function mountToken(pod: Mutable<Pod>, newName: () => string): void {
  const existing = pod.spec.volumes?.find(volume => volume.name.startsWith(volumePrefix));
  const name = existing?.name ?? newName();
  let mounted = false;
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers] as Mutable<Container>[]) {
    if (container.volumeMounts?.some(mount => mount.mountPath === mountPath)) continue;
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath }];
    mounted = true;
  }
  if (mounted && existing === undefined) pod.spec.volumes = [...(pod.spec.volumes ?? []), tokenVolume(name)];
}

function tokenVolume(name: string): Mutable<Volume> {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: tokenLifetimeSeconds, path: "token" } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        {
          downwardAPI: {
            items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
          },
        },
      ],
      defaultMode: 0o644,
    },
  };
}
