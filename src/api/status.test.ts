import { expect, test } from "vitest";
import {
  duplicate,
  forbidden as forbiddenField,
  notSupported,
  required,
  tooLong,
  invalid as wrong,
} from "./field-error.ts";
import {
  alreadyExists,
  conflict,
  forbidden,
  invalid,
  isConflict,
  isNotFound,
  notFound,
  tooLargeResourceVersion,
} from "./status.ts";

const widgets = { group: "example.com", plural: "widgets" };

test("a missing object is named by resource and group", () => {
  const error = notFound(widgets, "one");
  expect(error.status).toEqual({
    metadata: {},
    status: "Failure",
    message: 'widgets.example.com "one" not found',
    reason: "NotFound",
    details: { name: "one", group: "example.com", kind: "widgets" },
    code: 404,
  });
  expect(isNotFound(error)).toBe(true);
  expect(isConflict(error)).toBe(false);
  expect(isNotFound(new Error("not found"))).toBe(false);
});

test("an invalid object carries every cause and is named by its kind", () => {
  const error = invalid({ group: "example.com", kind: "Widget" }, "bad", [
    required("spec.ports[2].port"),
    notSupported("spec.color", "blue", ["red", "green"]),
    tooLong("spec.name", 5),
    wrong("spec.size", 11, "must be less than or equal to 10"),
    duplicate("spec.ports[1]", { port: 1, protocol: "TCP" }),
    wrong("spec", undefined, "not y"),
  ]);
  expect(error.code).toBe(422);
  expect(error.message).toBe(
    'Widget.example.com "bad" is invalid: [spec.ports[2].port: Required value, spec.color: Unsupported value: "blue": supported values: "red", "green", ' +
      "spec.name: Too long: may not be more than 5 bytes, spec.size: Invalid value: 11: must be less than or equal to 10, " +
      'spec.ports[1]: Duplicate value: {"port":1,"protocol":"TCP"}, spec: Invalid value: not y]',
  );
  expect(error.status.details?.kind).toBe("Widget");
  expect(error.status.details?.causes?.[1]).toEqual({
    reason: "FieldValueNotSupported",
    message: 'Unsupported value: "blue": supported values: "red", "green"',
    field: "spec.color",
  });
});

test("equal causes are told once, without brackets, and listed as often as found", () => {
  const cause = forbiddenField("metadata.finalizers", "no new finalizers");
  const { status } = invalid({ group: "", kind: "Pod" }, "x", [cause, cause]);
  expect(status.message).toBe('Pod "x" is invalid: metadata.finalizers: Forbidden: no new finalizers');
  expect(status.details?.causes).toHaveLength(2);
});

test("messages of conflicts, refusals and versions to come", () => {
  const pods = { group: "", plural: "pods" };
  expect(conflict(widgets, "one").message).toBe(
    'Operation cannot be fulfilled on widgets.example.com "one": the object has been modified; please apply your changes to the latest version and try again',
  );
  expect(alreadyExists(pods, "a").message).toBe('pods "a" already exists');
  expect(forbidden(pods, "", "no").message).toBe("pods is forbidden: no");
  expect(forbidden(pods, "a", "no").message).toBe('pods "a" is forbidden: no');
  expect(tooLargeResourceVersion(999, 1).status).toMatchObject({
    message: "Timeout: Too large resource version: 999, current: 1",
    reason: "Timeout",
    code: 504,
    details: {
      retryAfterSeconds: 1,
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    },
  });
});
