export { jsonEqual } from "#base/json-equal.ts";
