import { deleteOptionsType } from "#api/meta/v1/options.ts";
import { statusType } from "#api/meta/v1/status.ts";
import {
  apiVersionOf,
  hasVerb,
  type ResourceDefinition,
  type Subresource,
  type TypeDefinition,
} from "#api/resource.ts";
import { findType } from "#api/scheme.ts";
import type { ReviewResource } from "../discovery/review-resources.ts";
import { type Definitions, type GroupVersionKind, patchDefinition, patchName } from "./definitions.ts";
import { type Body, type Dialect, type JsonObject, type Parameter, plainText, type Response } from "./dialect.ts";
import * as parameters from "./parameters.ts";

const json = "application/json";
const formats = [json, "application/yaml", "application/vnd.kubernetes.protobuf"];
const streams = [`${json};stream=watch`, "application/vnd.kubernetes.protobuf;stream=watch"];
const patchTypes = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
];

type Action = "list" | "post" | "deletecollection" | "get" | "put" | "patch" | "delete" | "connect";

/** How an operation's id begins. */
const verbs: Readonly<Record<Action, string>> = {
  list: "list",
  post: "create",
  deletecollection: "delete",
  get: "read",
  put: "replace",
  patch: "patch",
  delete: "delete",
  connect: "connect",
};

/** Writes the paths of one group and version, and the definitions that they refer to. */
export class Paths {
  readonly #dialect: Dialect;
  readonly #definitions: Definitions;
  readonly #paths = new Map<string, JsonObject>();

  constructor(dialect: Dialect, definitions: Definitions) {
    this.#dialect = dialect;
    this.#definitions = definitions;
  }

  toJson(): JsonObject {
    return Object.fromEntries([...this.#paths].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  addResource(resource: ResourceDefinition): void {
    const namespaced = resource.scope === "Namespaced";
    const object = this.#definitions.addKind(resource.struct, [gvkOf(resource)]);
    const list = this.#definitions.addList({ ...gvkOf(resource), kind: resource.listKind }, object);
    const target = { resource, namespaced, subject: resource.kind, suffix: "", gvk: gvkOf(resource) };
    const base = collectionPath(resource, resource.plural, namespaced);
    this.#add(base, namespaced, false, {
      ...(hasVerb(resource, "deletecollection") && { delete: this.#deleteCollection(target) }),
      ...(hasVerb(resource, "list") && { get: this.#list(target, list) }),
      ...(hasVerb(resource, "create") && { post: this.#write(target, "post", object, object) }),
    });
    this.#add(`${base}/{name}`, namespaced, true, {
      ...(hasVerb(resource, "delete") && { delete: this.#delete(target, object) }),
      ...(hasVerb(resource, "get") && { get: this.#read(target, object) }),
      ...(hasVerb(resource, "patch") && { patch: this.#patch(target, object) }),
      ...(hasVerb(resource, "update") && { put: this.#write(target, "put", object, object) }),
    });
    if (namespaced && hasVerb(resource, "list")) {
      const everywhere = { ...target, namespaced: false, suffix: "ForAllNamespaces" };
      this.#add(collectionPath(resource, resource.plural, false), false, false, { get: this.#list(everywhere, list) });
    }
    for (const subresource of resource.subresources) this.#addSubresource(resource, subresource, object, base);
  }

  /** A kind that can only be created. */
  addReview({ definition, plural, namespaced }: ReviewResource): void {
    const gvk = gvkOf(definition);
    const object = this.#definitions.addKind(definition.struct, [gvk]);
    const target = { resource: definition, namespaced, subject: definition.kind, suffix: "", gvk };
    const base = collectionPath(definition, plural, namespaced);
    this.#add(base, namespaced, false, { post: this.#write(target, "post", object, object) });
  }

  #addSubresource(resource: ResourceDefinition, subresource: Subresource, object: string, base: string): void {
    const gvk: GroupVersionKind = {
      group: subresource.group ?? resource.group,
      version: subresource.version ?? resource.version,
      kind: subresource.kind ?? resource.kind,
    };
    const suffix = titled(subresource.name);
    const namespaced = resource.scope === "Namespaced";
    const target = { resource, namespaced, subject: resource.kind, suffix, gvk };
    const at = `${base}/{name}/${subresource.name}`;
    const type = gvk.kind === resource.kind ? undefined : findType(gvk.group, gvk.version, gvk.kind);
    if (gvk.kind.endsWith("Options")) {
      const connected = this.#connect(target, subresource);
      this.#add(at, namespaced, true, connected);
      if (subresource.name === "proxy") this.#add(`${at}/{path}`, namespaced, true, connected, [parameters.path]);
      return;
    }
    const body = type === undefined ? object : this.#definitions.addKind(type.struct, [gvk]);
    const answer = subresource.name === "log" ? plainText : body;
    const serves = (verb: string) => hasVerb(subresource, verb);
    this.#add(at, namespaced, true, {
      ...(serves("get") && { get: this.#read(target, answer) }),
      ...(serves("patch") && { patch: this.#patch(target, body) }),
      ...(serves("create") && { post: this.#write(target, "post", body, body) }),
      ...(serves("update") && { put: this.#write(target, "put", body, body) }),
    });
  }

  #connect(target: Target, subresource: Subresource): JsonObject {
    const methods: Readonly<Record<string, string>> = { create: "post", update: "put" };
    const operations = subresource.verbs.map(verb => {
      const method = methods[verb] ?? verb;
      const operation = this.#operation(target, "connect", [], undefined, [ok(plainText)], ["*/*"], method);
      return [method, operation] as const;
    });
    return Object.fromEntries(operations);
  }

  #list(target: Target, list: string): JsonObject {
    return this.#operation(target, "list", parameters.list, undefined, [ok(list)], [...formats, ...streams]);
  }

  #read(target: Target, object: string): JsonObject {
    return this.#operation(target, "get", [], undefined, [ok(object)], object === plainText ? ["text/plain"] : formats);
  }

  #write(target: Target, action: "post" | "put", definition: string, answer: string): JsonObject {
    const responses = [ok(answer), { code: 201, description: "Created", definition: answer }];
    if (action === "post") responses.push({ code: 202, description: "Accepted", definition: answer });
    const body: Body = { definition, required: true, mediaTypes: formats };
    return this.#operation(target, action, parameters.write, body, responses);
  }

  #patch(target: Target, object: string): JsonObject {
    const definition = this.#definitions.addPlain(patchName, patchDefinition);
    const responses = [ok(object), { code: 201, description: "Created", definition: object }];
    const body: Body = { definition, required: true, mediaTypes: patchTypes };
    return this.#operation(target, "patch", parameters.patch, body, responses);
  }

  #delete(target: Target, object: string): JsonObject {
    // Pods and the like answer with the object that is going; all else with a Status.
    const answer = target.gvk.kind === "Pod" ? object : this.#status();
    const responses = [ok(answer), { code: 202, description: "Accepted", definition: answer }];
    return this.#operation(target, "delete", parameters.remove, this.#deleteOptions(), responses);
  }

  #deleteCollection(target: Target): JsonObject {
    const options = [...parameters.list.filter(({ name }) => !/^(watch|allowWatch)/.test(name)), ...parameters.remove];
    return this.#operation(target, "deletecollection", options, this.#deleteOptions(), [ok(this.#status())]);
  }

  #deleteOptions(): Body {
    const definition = this.#definitions.addKind(deleteOptionsType.struct, [machineryKind("DeleteOptions")]);
    return { definition, required: false, mediaTypes: formats };
  }

  #status(): string {
    return this.#definitions.addKind(statusType.struct, [machineryKind("Status")]);
  }

  #operation(
    target: Target,
    action: Action,
    options: readonly Parameter[],
    body: Body | undefined,
    responses: readonly Response[],
    produces: readonly string[] = formats,
    method = "",
  ): JsonObject {
    const all = [...responses, { code: 401, description: "Unauthorized" }];
    const { parameters: bodyParameters, ...rest } = this.#dialect.operation(body, all, produces);
    const given = [
      ...((bodyParameters as JsonObject[]) ?? []),
      ...options.map(option => this.#dialect.parameter(option)),
    ];
    return {
      description: `${verbs[action]} ${action === "list" || action === "deletecollection" ? "objects" : "an object"} of kind ${target.subject}`,
      ...rest,
      tags: [tagOf(target.resource)],
      operationId: operationId(target, action, method),
      ...(given.length > 0 && { parameters: given }),
      "x-kubernetes-action": action,
      "x-kubernetes-group-version-kind": target.gvk,
    };
  }

  #add(
    path: string,
    namespaced: boolean,
    named: boolean,
    operations: JsonObject,
    more: readonly Parameter[] = [],
  ): void {
    if (Object.keys(operations).length === 0) return;
    const common = [...(named ? [parameters.name] : []), ...(namespaced ? [parameters.namespace] : []), ...more];
    const shared = [...common, parameters.pretty].map(parameter => this.#dialect.parameter(parameter));
    this.#paths.set(path, { ...operations, parameters: shared });
  }
}

/** Whose operation it is, as its id and extensions say it. */
interface Target {
  readonly resource: { readonly group: string; readonly version: string };
  readonly namespaced: boolean;
  readonly subject: string;
  readonly suffix: string;
  readonly gvk: GroupVersionKind;
}

function ok(definition: string): Response {
  return { code: 200, description: "OK", definition };
}

function gvkOf({ group, version, kind }: TypeDefinition): GroupVersionKind {
  return { group, version, kind };
}

function machineryKind(kind: string): GroupVersionKind {
  return { group: "", version: "v1", kind };
}

/** `/apis/apps/v1/namespaces/{namespace}/deployments`. */
function collectionPath(of: { group: string; version: string }, plural: string, namespaced: boolean): string {
  const root = of.group === "" ? "/api" : "/apis";
  return `${root}/${apiVersionOf(of)}${namespaced ? "/namespaces/{namespace}" : ""}/${plural}`;
}

/** `createAppsV1NamespacedDeployment`, `readCoreV1NamespacedPodLog`, `deleteCoreV1CollectionNamespacedPod`. */
function operationId(target: Target, action: Action, method: string): string {
  const { group, version } = target.resource;
  const collection = action === "deletecollection" ? "Collection" : "";
  const scope = target.namespaced ? "Namespaced" : "";
  const name = `${groupTitle(group)}${titled(version)}${titled(method)}${collection}${scope}`;
  return `${verbs[action]}${name}${target.subject}${target.suffix}`;
}

function tagOf({ group, version }: { group: string; version: string }): string {
  const title = groupTitle(group);
  return `${title[0]!.toLowerCase()}${title.slice(1)}_${version}`;
}

/** `rbac.authorization.k8s.io` is RbacAuthorization. */
function groupTitle(group: string): string {
  if (group === "") return "Core";
  return group
    .replace(/\.k8s\.io$/, "")
    .split(/[.-]/)
    .map(titled)
    .join("");
}

function titled(text: string): string {
  return text === "" ? "" : text[0]!.toUpperCase() + text.slice(1);
}
