import { describe, expect, it } from "vitest";
import { parseQuery } from "./query.ts";
import { requestInfo } from "./request-info.ts";

const brief = (line: string) => {
  const [method = "", target = ""] = line.split(" ");
  const [path = "", query = ""] = target.split("?");
  const { verb, group, version, namespace, resource, name, subresource, subpath } = requestInfo(
    method,
    path,
    parseQuery(query),
  );
  return [verb, group, version, namespace, resource, name, subresource, subpath].join("|");
};

describe("requestInfo", () => {
  it.each([
    ["GET /api/v1/pods", "list||v1||pods|||"],
    ["GET /api/v1/pods?watch=1", "watch||v1||pods|||"],
    ["GET /api/v1/pods?watch=false", "list||v1||pods|||"],
    ["GET /api/v1/watch/namespaces/a/pods", "watch||v1|a|pods|||"],
    ["GET /api/v1/namespaces/a/pods/p", "get||v1|a|pods|p||"],
    ["HEAD /api/v1/namespaces/a/pods/p", "get||v1|a|pods|p||"],
    ["GET /api/v1/namespaces/a/pods/p?watch=1", "get||v1|a|pods|p||"],
    ["GET /api/v1/namespaces/a/pods?fieldSelector=metadata.name=p&watch=1", "watch||v1|a|pods|p||"],
    ["POST /api/v1/namespaces/a/pods/p/binding", "create||v1|a|pods|p|binding|"],
    ["GET /api/v1/namespaces", "list||v1||namespaces|||"],
    ["DELETE /api/v1/namespaces/a", "delete||v1|a|namespaces|a||"],
    ["PUT /api/v1/namespaces/a/finalize", "update||v1|a|namespaces|a|finalize|"],
    ["PATCH /apis/apps/v1/namespaces/a/deployments/d/scale", "patch|apps|v1|a|deployments|d|scale|"],
    ["DELETE /apis/apps/v1/namespaces/a/deployments", "deletecollection|apps|v1|a|deployments|||"],
    ["GET /api/v1/nodes/n/proxy/logs/syslog", "get||v1||nodes|n|proxy|/logs/syslog"],
    [
      "GET /apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode",
      "get|rbac.authorization.k8s.io|v1||clusterroles|system:node||",
    ],
    ["GET /apis/apps/v1", "get|||||||"],
    ["GET /healthz", "get|||||||"],
    ["POST /whatever", "post|||||||"],
  ])("%s", (line, expected) => {
    expect(brief(line)).toBe(expected);
  });
});
