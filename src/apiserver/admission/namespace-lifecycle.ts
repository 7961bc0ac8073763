import { namespaces } from "#api/core/v1/namespace.ts";
import { ApiError, notFound } from "#api/status.ts";
import type { AdmissionPlugin, AdmissionRequest } from "../attributes.ts";
import type { AdmissionDeps } from "./deps.ts";
import { refusal } from "./requests.ts";

const immortal: ReadonlySet<string> = new Set(["default", "kube-system", "kube-public"]);
/** A namespace that another server made a moment ago may not be in this one's cache yet. */
const waitForNamespaceMs = 50;

/** Nothing is made in namespaces that do not exist or are going away; the system's namespaces stay. */
export function namespaceLifecycle({ caches, clock }: Pick<AdmissionDeps, "caches" | "clock">): AdmissionPlugin {
  const find = (name: string) => caches.of(namespaces).get("", name)?.object;
  return {
    name: "NamespaceLifecycle",
    handles: request => isNamespaceDelete(request) || writesIntoNamespace(request),

    validate(request) {
      if (!isNamespaceDelete(request) || !immortal.has(request.attributes.name)) return;
      throw refusal(request, "this namespace may not be deleted");
    },

    // Before the plugins that look things up in the namespace, so that its absence is what is told.
    async admit(request) {
      if (!writesIntoNamespace(request)) return;
      const { namespace } = request.attributes;
      if (find(namespace) === undefined) await clock.sleep(waitForNamespaceMs);
      const found = find(namespace);
      if (found === undefined) throw notFound(namespaces, namespace);
      const ending = found.metadata.deletionTimestamp !== undefined || found.status?.phase === "Terminating";
      if (ending && request.operation === "CREATE") throw terminating(request, namespace);
    },
  };
}

function isNamespaceDelete({ resource, operation, attributes }: AdmissionRequest): boolean {
  return operation === "DELETE" && resource.plural === "namespaces" && attributes.subresource === "";
}

function writesIntoNamespace({ resource, operation, attributes }: AdmissionRequest): boolean {
  if (attributes.namespace === "" || resource.plural === "namespaces") return false;
  // An access review says something about a namespace, it makes nothing in it.
  return (operation === "CREATE" || operation === "UPDATE") && attributes.resource !== "localsubjectaccessreviews";
}

function terminating(request: AdmissionRequest, namespace: string): ApiError {
  const message = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const { status } = refusal(request, message) as ApiError;
  const cause = {
    reason: "NamespaceTerminating",
    message: `namespace ${namespace} is being terminated`,
    field: "metadata.namespace",
  };
  return new ApiError({ ...status, details: { ...status.details, causes: [cause] } });
}
