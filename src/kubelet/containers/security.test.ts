import { expect, test } from "vitest";
import type { Container } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import type * as cri from "#cri/protocol/messages.ts";
import { containerSecurity, imageUserOf } from "./security.ts";

const container: Container = { name: "main", image: "web:1" };
const pod: Pod = {
  metadata: { name: "p", namespace: "default", uid: "u" },
  spec: { securityContext: { runAsNonRoot: true }, containers: [container] },
};
const runs = (image: cri.Image, own: Container = container) => containerSecurity(pod, own, imageUserOf(image));

test("a pod that must not run as root does not, whether its image says root, nothing, or a name", () => {
  expect(() => runs({ uid: { value: 0 } })).toThrow("container has runAsNonRoot and image will run as root");
  expect(() => runs({})).toThrow("container has runAsNonRoot and image will run as root");
  expect(() => runs({ username: "web" })).toThrow("image has non-numeric user (web), cannot verify user is non-root");
  expect(() => runs({}, { ...container, securityContext: { runAsUser: 0 } })).toThrow("breaks non-root policy");
  expect(runs({ uid: { value: 7 } }).runAsUser).toEqual({ value: 7 });
  expect(runs({}, { ...container, securityContext: { runAsUser: 8 } }).runAsUser).toEqual({ value: 8 });
});
