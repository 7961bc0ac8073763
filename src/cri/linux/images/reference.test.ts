import { expect, test } from "vitest";
import { normaliseReference, parseImageId, parseReference } from "./reference.ts";

const digest = `sha256:${"a".repeat(64)}`;

test.each([
  ["nginx", "docker.io/library/nginx:latest"],
  ["nginx:1.27", "docker.io/library/nginx:1.27"],
  ["library/nginx", "docker.io/library/nginx:latest"],
  ["me/app:v1", "docker.io/me/app:v1"],
  ["index.docker.io/me/app", "docker.io/me/app:latest"],
  ["localhost/app", "localhost/app:latest"],
  ["localhost:5000/app:v2", "localhost:5000/app:v2"],
  ["registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10"],
  [`registry.k8s.io/pause@${digest}`, `registry.k8s.io/pause@${digest}`],
  [`registry.k8s.io/pause:3.10@${digest}`, `registry.k8s.io/pause@${digest}`],
  ["nginx:", undefined],
  ["Nginx", undefined],
  ["a//b", undefined],
  ["", undefined],
  ["../etc", undefined],
])("%s is %s", (text, full) => {
  expect(normaliseReference(text)).toBe(full);
});

test("a tag is kept beside a digest", () => {
  expect(parseReference(`a/b:v1@${digest}`)).toEqual({ registry: "docker.io", repository: "a/b", tag: "v1", digest });
});

test("ids with and without their prefix", () => {
  expect(parseImageId("a".repeat(64))).toBe(digest);
  expect(parseImageId(digest)).toBe(digest);
  expect(parseImageId("nginx")).toBeUndefined();
});
