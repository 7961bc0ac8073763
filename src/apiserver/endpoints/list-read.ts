import { deepFreeze } from "#api/codec/freeze.ts";
import type { KubernetesObject } from "#api/resource.ts";
import { ApiError, badRequest, expired, tooLargeResourceVersion } from "#api/status.ts";
import { firstIndex } from "#base/binary-search.ts";
import { isCompacted, type KeyValue, KvError } from "#store/kv.ts";
import type { ObjectStore, ObjectVersion } from "../registry/object-store.ts";
import { translateKvError } from "../registry/object-store.ts";
import { spliceResourceVersion } from "../watch-cache/splice.ts";
import type { Selection } from "../watch-cache/watch-cache.ts";
import { type ContinueToken, formatContinueToken, parseContinueToken } from "./continue-token.ts";
import type { ListOptions } from "./list-options.ts";
import { isNarrowed } from "./selection.ts";

/** One page of a list: what was there at `revision`. */
export interface Page {
  readonly items: readonly ObjectVersion[];
  readonly revision: number;
  readonly continueToken: string;
  readonly remaining: number | undefined;
}

const futureWaitMs = 3_000;

/** Reads a list with upstream's resourceVersion semantics: newest, any, not older than, exactly, or the next page. */
export async function readPage(
  store: ObjectStore,
  selection: Selection<KubernetesObject>,
  options: ListOptions,
): Promise<Page> {
  const { limit, continueToken, resourceVersion, match } = options;
  if (continueToken !== "") {
    if (resourceVersion) throw badRequest("specifying resource version is not allowed when using continue");
    return readNext(store, selection, limit, parseContinueToken(continueToken));
  }
  // A page that starts at a revision has to be of exactly that revision.
  if (match === "Exact" || (limit > 0 && resourceVersion && match === "")) {
    return readAt(store, selection, limit, { revision: resourceVersion!, start: "" }, oldListMessage);
  }
  if (resourceVersion === 0) return fromCache(store, selection, 0, "");
  await waitUntil(store, resourceVersion);
  return fromCache(store, selection, limit, "");
}

/** Lets the cache catch up with a revision (undefined: with every write so far); 504 for one of the future. */
export async function waitUntil(store: ObjectStore, revision: number | undefined): Promise<void> {
  if (revision === undefined) {
    await store.fresh();
    return;
  }
  if (store.cache.revision >= revision) return;
  try {
    await store.cache.waitFor(revision, futureWaitMs);
  } catch (error) {
    if (!(error instanceof KvError) || error.code !== "futureRevision") throw error;
    throw tooLargeResourceVersion(revision, store.cache.revision);
  }
}

const oldListMessage = "The resourceVersion for the provided list is too old.";
const oldTokenMessage =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without " +
  "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. " +
  "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or " +
  "deleted between the time the first chunk was returned and now may show up in the list.";

async function readNext(
  store: ObjectStore,
  selection: Selection<KubernetesObject>,
  limit: number,
  token: ContinueToken,
): Promise<Page> {
  if (token.revision < 0) {
    await store.fresh();
    return fromCache(store, selection, limit, token.start);
  }
  return readAt(store, selection, limit, token, oldTokenMessage);
}

async function readAt(
  store: ObjectStore,
  selection: Selection<KubernetesObject>,
  limit: number,
  token: ContinueToken,
  compactedMessage: string,
): Promise<Page> {
  await waitUntil(store, token.revision);
  if (store.cache.revision === token.revision) return fromCache(store, selection, limit, token.start);
  try {
    return await fromStore(store, selection, limit, token);
  } catch (error) {
    if (isCompacted(error)) throw tooOld(compactedMessage, token);
    throw translateKvError(error);
  }
}

/** A client may go on with the token of this error, if it can live with a list of several moments. */
function tooOld(message: string, { start }: ContinueToken): ApiError {
  const { status } = expired(message);
  if (start === "") return new ApiError(status);
  return new ApiError({ ...status, metadata: { continue: formatContinueToken({ revision: -1, start }) } });
}

function fromCache(store: ObjectStore, selection: Selection<KubernetesObject>, limit: number, start: string): Page {
  const { revision } = store.cache;
  let items: readonly ObjectVersion[] = store.cache.list(selection);
  if (start !== "") items = items.slice(firstAfter(items, start, selection));
  return page(items, limit, selection, revision);
}

function firstAfter(items: readonly ObjectVersion[], start: string, selection: Selection<KubernetesObject>): number {
  return firstIndex(items.length, at => startOf(items[at]!, selection) > start);
}

/** The place of an object in the list, as the token says it. */
function startOf({ namespace, name }: ObjectVersion, selection: Selection<KubernetesObject>): string {
  return namespace === "" || selection.namespace !== undefined ? `/${name}` : `/${namespace}/${name}`;
}

function page(
  items: readonly ObjectVersion[],
  limit: number,
  selection: Selection<KubernetesObject>,
  revision: number,
): Page {
  if (limit === 0 || items.length <= limit) return { items, revision, continueToken: "", remaining: undefined };
  const last = startOf(items[limit - 1]!, selection);
  return {
    items: items.slice(0, limit),
    revision,
    continueToken: formatContinueToken({ revision, start: last }),
    remaining: isNarrowed(selection) ? undefined : items.length - limit,
  };
}

/** Reads a revision that the cache has left behind. */
async function fromStore(
  store: ObjectStore,
  selection: Selection<KubernetesObject>,
  limit: number,
  { revision, start }: ContinueToken,
): Promise<Page> {
  const root = `/registry/${store.definition.storagePrefix}/`;
  const prefix = selection.namespace === undefined ? root : `${root}${selection.namespace}/`;
  const { items } = await store.deps.kv.range({
    key: prefix,
    prefix: true,
    revision,
    ...(start !== "" && { after: prefix + start.slice(1) }),
  });
  const versions: ObjectVersion[] = [];
  for (const item of items) {
    const version = oldVersion(store, item);
    if (selection.name !== undefined && version.name !== selection.name) continue;
    if (selection.matches === undefined || selection.matches(version.object)) versions.push(version);
  }
  return page(versions, limit, selection, revision);
}

function oldVersion(store: ObjectStore, { key, value, modRevision }: KeyValue): ObjectVersion {
  const { codec, definition } = store;
  const rest = key.slice(`/registry/${definition.storagePrefix}/`.length);
  const slash = rest.indexOf("/");
  let object: KubernetesObject | undefined;
  return {
    namespace: slash < 0 ? "" : rest.slice(0, slash),
    name: rest.slice(slash + 1),
    revision: modRevision,
    get object() {
      object ??= deepFreeze(store.decodeStored(value, modRevision));
      return object;
    },
    get json() {
      return definition.convert === undefined
        ? spliceResourceVersion(value, modRevision)
        : store.served(this.object, value, modRevision);
    },
    get protobuf() {
      return codec.encodeProtobuf(this.object);
    },
  };
}
