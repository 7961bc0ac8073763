import type { Attributes } from "../attributes.ts";

/** `User "jane" cannot list resource "pods" in API group "" in the namespace "default"`, and the reason where there is one. */
export function denialMessage(attributes: Attributes, reason = ""): string {
  const who = `User ${JSON.stringify(attributes.user.name)} cannot ${attributes.verb}`;
  const text = attributes.isResourceRequest
    ? `${who} resource ${JSON.stringify(resourceText(attributes))} in API group ${JSON.stringify(attributes.group)} ${place(attributes)}`
    : `${who} path ${JSON.stringify(attributes.path)}`;
  return reason === "" ? text : `${text}: ${reason}`;
}

function resourceText({ resource, subresource }: Attributes): string {
  return subresource === "" ? resource : `${resource}/${subresource}`;
}

function place({ namespace }: Attributes): string {
  return namespace === "" ? "at the cluster scope" : `in the namespace ${JSON.stringify(namespace)}`;
}
