import { jsonEqual } from "#base/json-equal.ts";
import { setOwn } from "../strict-json.ts";
import { isArray, isMap, type JsonMap, type JsonValue, own } from "./json-value.ts";

/** One operation as it came: checked while it is applied, as upstream does. */
export type JsonPatchOperation = JsonMap;

/** The patch cannot be applied to this document. */
export class JsonPatchError extends Error {
  override readonly name = "JsonPatchError";
}

/** Copied values may add up to this many bytes of JSON: a short patch must not make a huge document. */
const copyLimitBytes = 3 * 1024 * 1024;

/**
 * JSON Patch (RFC 6902) with upstream's leniencies: `replace` of an absent key adds it, `copy` of an absent key gives
 * null, `test` of an absent key equals null, and negative indexes count from the end.
 * All operations or none: throws {@link JsonPatchError}.
 */
export function jsonPatch(document: JsonValue, operations: readonly JsonPatchOperation[]): JsonValue {
  const patched = new PatchedDocument(document);
  for (const operation of operations) patched.apply(operation);
  return patched.root;
}

type Container = JsonValue[] | Record<string, JsonValue>;

/** Copies a container the first time it is written, so that the given document and values stay as they are. */
class PatchedDocument {
  root: JsonValue;
  readonly #owned = new WeakSet<object>();
  #copiedBytes = 0;

  constructor(root: JsonValue) {
    this.root = root;
  }

  apply(operation: JsonPatchOperation): void {
    const op = own(operation, "op");
    const path = pointer(operation, "path");
    if (op === "add") this.#add(path, valueIn(operation));
    else if (op === "remove") this.#remove(path);
    else if (op === "replace") this.#replace(path, valueIn(operation));
    else if (op === "test") this.#test(path, own(operation, "value") ?? null);
    else if (op === "move") this.#move(pointer(operation, "from"), path);
    else if (op === "copy") this.#copy(pointer(operation, "from"), path);
    else throw new JsonPatchError(`unexpected kind of operation: ${JSON.stringify(op)}`);
  }

  #add(path: readonly string[], value: JsonValue): void {
    if (path.length === 0) {
      this.root = value;
      return;
    }
    const container = this.#writable(path);
    const key = path.at(-1)!;
    if (!isArray(container)) setOwn(container, key, value);
    else if (key === "-") container.push(value);
    else container.splice(indexIn(key, container.length + 1), 0, value);
  }

  #replace(path: readonly string[], value: JsonValue): void {
    if (path.length === 0) {
      this.root = value;
      return;
    }
    const container = this.#writable(path);
    const key = path.at(-1)!;
    if (isArray(container)) container[indexIn(key, container.length)] = value;
    else setOwn(container, key, value);
  }

  #remove(path: readonly string[]): void {
    if (path.length === 0) throw new JsonPatchError("the whole document cannot be removed");
    const container = this.#writable(path);
    const key = path.at(-1)!;
    if (isArray(container)) {
      container.splice(indexIn(key, container.length), 1);
      return;
    }
    if (!Object.hasOwn(container, key)) throw new JsonPatchError(`nothing to remove at ${key}`);
    delete container[key];
  }

  #test(path: readonly string[], expected: JsonValue): void {
    if (!jsonEqual(this.#get(path), expected)) throw new JsonPatchError(`the value at /${path.join("/")} is another`);
  }

  #move(from: readonly string[], path: readonly string[]): void {
    const value = this.#get(from);
    this.#remove(from);
    this.#add(path, value);
  }

  #copy(from: readonly string[], path: readonly string[]): void {
    const text = JSON.stringify(this.#get(from));
    this.#copiedBytes += text.length;
    if (this.#copiedBytes > copyLimitBytes) throw new JsonPatchError("the patch copies too much");
    this.#add(path, JSON.parse(text));
  }

  /** The value at a path whose parent exists; an absent key of an object reads as null. */
  #get(path: readonly string[]): JsonValue {
    let value = this.root;
    path.forEach((key, depth) => {
      if (isArray(value)) value = value[indexIn(key, value.length)]!;
      else if (isMap(value) && (depth === path.length - 1 || Object.hasOwn(value, key)))
        value = own(value, key) ?? null;
      else throw new JsonPatchError(`there is no /${path.slice(0, depth + 1).join("/")}`);
    });
    return value;
  }

  /** The container that holds the path's last key; it and all above it are this document's own copies. */
  #writable(path: readonly string[]): Container {
    let container = this.#owning(this.root, path);
    this.root = container;
    for (const key of path.slice(0, -1)) {
      if (isArray(container)) {
        const index = indexIn(key, container.length);
        container = container[index] = this.#owning(container[index], path);
      } else {
        const child = this.#owning(own(container, key), path);
        setOwn(container, key, child);
        container = child;
      }
    }
    return container;
  }

  #owning(value: JsonValue | undefined, path: readonly string[]): Container {
    if (!isArray(value) && !isMap(value)) throw new JsonPatchError(`there is no parent of /${path.join("/")}`);
    if (this.#owned.has(value)) return value as Container;
    const copy: Container = isArray(value) ? [...value] : { ...value };
    this.#owned.add(copy);
    return copy;
  }
}

function valueIn(operation: JsonPatchOperation): JsonValue {
  return own(operation, "value") ?? null;
}

/** The keys of a JSON Pointer (RFC 6901). */
function pointer(operation: JsonPatchOperation, name: "path" | "from"): readonly string[] {
  const text = own(operation, name);
  if (typeof text !== "string" || (text !== "" && !text.startsWith("/"))) {
    throw new JsonPatchError(`${name} is no JSON pointer`);
  }
  return text
    .split("/")
    .slice(1)
    .map(key => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function indexIn(key: string, length: number): number {
  const index = /^-?\d+$/.test(key) ? Number(key) : Number.NaN;
  const positive = index < 0 ? index + length : index;
  if (!(positive >= 0 && positive < length)) throw new JsonPatchError(`the list has no index ${key}`);
  return positive;
}
