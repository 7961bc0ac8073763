import type { Pod } from "#api/core/v1/pod.ts";
import { allContainers } from "#api/core/v1/pod-containers.ts";
import type { DownwardAPIVolumeFile, KeyToPath, VolumeProjection } from "#api/core/v1/projected-volume-sources.ts";
import type { Volume } from "#api/core/v1/volume.ts";
import { decodeBase64 } from "../containers/base64.ts";
import { MountError } from "../containers/errors.ts";
import { type NodeAllocatable, podField, resourceField } from "../containers/field-path.ts";
import type { ReferencedObjects } from "./referenced-objects.ts";
import type { TokenSource } from "./service-account-tokens.ts";

export interface PayloadFile {
  readonly bytes: Uint8Array;
  readonly mode: number;
  /** Root's when left out. */
  readonly uid?: number;
}

/** Files by their path in the volume. */
export type Payload = ReadonlyMap<string, PayloadFile>;

export interface PayloadInput {
  readonly pod: Pod;
  readonly objects: ReferencedObjects;
  readonly tokens: TokenSource;
  readonly hostIps: readonly string[];
  readonly allocatable: NodeAllocatable;
}

const defaultMode = 0o644;
const encoder = new TextEncoder();

/** What a configMap, secret, downwardAPI or projected volume shows; undefined for volumes of another kind. */
export async function volumePayload(input: PayloadInput, volume: Volume): Promise<Payload | undefined> {
  const files = new Map<string, PayloadFile>();
  if (volume.configMap) {
    await addConfigMap(input, files, volume.configMap, volume.configMap.defaultMode ?? defaultMode);
  } else if (volume.secret) {
    const { secretName, ...rest } = volume.secret;
    await addSecret(input, files, { ...rest, name: secretName }, volume.secret.defaultMode ?? defaultMode);
  } else if (volume.downwardAPI) {
    addDownward(input, files, volume.downwardAPI.items ?? [], volume.downwardAPI.defaultMode ?? defaultMode);
  } else if (volume.projected) {
    for (const source of volume.projected.sources) {
      await addProjection(input, files, source, volume.projected.defaultMode ?? defaultMode);
    }
  } else return undefined;
  return files;
}

type Files = Map<string, PayloadFile>;
interface Reference {
  readonly name?: string | undefined;
  readonly items?: readonly KeyToPath[] | undefined;
  readonly optional?: boolean | undefined;
}

async function addProjection(input: PayloadInput, files: Files, source: VolumeProjection, mode: number): Promise<void> {
  if (source.configMap) await addConfigMap(input, files, source.configMap, mode);
  if (source.secret) await addSecret(input, files, source.secret, mode);
  if (source.downwardAPI) addDownward(input, files, source.downwardAPI.items ?? [], mode);
  if (source.serviceAccountToken) {
    const token = await input.tokens.token(input.pod, source.serviceAccountToken);
    files.set(source.serviceAccountToken.path, { bytes: encoder.encode(token), ...tokenAccess(input.pod, mode) });
  }
}

/** A token is for those it was made for: the pod's group, or the one user that all its containers run as. */
function tokenAccess(pod: Pod, mode: number): { mode: number; uid?: number } {
  if (pod.spec.securityContext?.fsGroup !== undefined) return { mode: 0o600 };
  const shared = pod.spec.securityContext?.runAsUser;
  const users = new Set(allContainers(pod.spec).map(container => container.securityContext?.runAsUser ?? shared));
  const [user] = users;
  return users.size === 1 && user !== undefined ? { mode: 0o600, uid: user } : { mode };
}

async function addConfigMap(input: PayloadInput, files: Files, reference: Reference, mode: number): Promise<void> {
  const { name = "" } = reference;
  const namespace = input.pod.metadata.namespace ?? "";
  const found = await input.objects.configMap(namespace, name);
  if (found === undefined && !reference.optional) throw new MountError(`configmap "${name}" not found`);
  const values = new Map<string, Uint8Array>();
  for (const [key, text] of Object.entries(found?.data ?? {})) values.set(key, encoder.encode(text));
  for (const [key, base64] of Object.entries(found?.binaryData ?? {})) values.set(key, decodeBase64(base64));
  addKeys(files, values, reference, mode, "config");
}

async function addSecret(input: PayloadInput, files: Files, reference: Reference, mode: number): Promise<void> {
  const { name = "" } = reference;
  const namespace = input.pod.metadata.namespace ?? "";
  const found = await input.objects.secret(namespace, name);
  if (found === undefined && !reference.optional) throw new MountError(`secret "${name}" not found`);
  const values = new Map(Object.entries(found?.data ?? {}).map(([key, base64]) => [key, decodeBase64(base64)]));
  addKeys(files, values, reference, mode, "secret");
}

function addKeys(
  files: Files,
  values: ReadonlyMap<string, Uint8Array>,
  reference: Reference,
  mode: number,
  kind: string,
): void {
  if (reference.items === undefined || reference.items.length === 0) {
    for (const [key, bytes] of values) files.set(key, { bytes, mode });
    return;
  }
  for (const item of reference.items) {
    const bytes = values.get(item.key);
    if (bytes !== undefined) files.set(item.path, { bytes, mode: item.mode ?? mode });
    else if (!reference.optional) throw new MountError(`references non-existent ${kind} key: ${item.key}`);
  }
}

function addDownward(input: PayloadInput, files: Files, items: readonly DownwardAPIVolumeFile[], mode: number): void {
  for (const item of items) {
    files.set(item.path, { bytes: encoder.encode(downwardValue(input, item)), mode: item.mode ?? mode });
  }
}

function downwardValue(input: PayloadInput, item: DownwardAPIVolumeFile): string {
  if (item.fieldRef) {
    const value = podField(input.pod, item.fieldRef.fieldPath, input.hostIps);
    if (value === undefined) throw new MountError(`unsupported fieldPath: ${item.fieldRef.fieldPath}`);
    return value;
  }
  const { containerName, resource = "", divisor } = item.resourceFieldRef ?? {};
  const container = allContainers(input.pod.spec).find(candidate => candidate.name === containerName);
  if (container === undefined) throw new MountError(`container "${containerName}" not found`);
  return resourceField(container, resource, divisor, input.allocatable);
}
