import { expect, test } from "vitest";
import { imageNameFault, withDefaultTag } from "./image-name.ts";

test("an image's name is a path of lower case, with or without a host, a tag and a digest", () => {
  const digest = `sha256:${"0".repeat(64)}`;
  for (const name of ["nginx", "a/b__c:1.0", "localhost:5000/x", "[::1]:5000/x", `reg.example/x/y:T_1@${digest}`])
    expect(imageNameFault(name)).toBeUndefined();
  expect(imageNameFault("Web")).toBe("invalid reference format: repository name (library/Web) must be lowercase");
  expect(imageNameFault("UPPER/Case:1")).toBe("invalid reference format: repository name (Case) must be lowercase");
  expect(imageNameFault("a//b")).toBe("invalid reference format");
  expect(imageNameFault(":tag")).toBe("invalid reference format");
});

test("a name without a tag means the latest", () => {
  expect(withDefaultTag("localhost:5000/x")).toBe("localhost:5000/x:latest");
  expect(withDefaultTag("x:1")).toBe("x:1");
});
