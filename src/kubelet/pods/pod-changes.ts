import type { Pod } from "#api/core/v1/pod.ts";
import { podCondition } from "#api/core/v1/pod-conditions.ts";
import { jsonEqual } from "#base/json-equal.ts";

/** Whether a change of the API object calls for a sync: what the kubelet itself wrote does not. */
export function callsForSync(before: Pod, after: Pod): boolean {
  return before === after || !onlyStatusChanged(before, after) || gatesChanged(before, after);
}

function onlyStatusChanged({ metadata: before, spec: specBefore }: Pod, { metadata: after, spec }: Pod): boolean {
  return (
    before.generation === after.generation &&
    before.deletionTimestamp === after.deletionTimestamp &&
    before.deletionGracePeriodSeconds === after.deletionGracePeriodSeconds &&
    jsonEqual(before.labels, after.labels) &&
    jsonEqual(before.annotations, after.annotations) &&
    (after.generation !== undefined || jsonEqual(specBefore, spec))
  );
}

/** Readiness gates are written by others and decide on Ready. */
function gatesChanged(before: Pod, after: Pod): boolean {
  return (after.spec.readinessGates ?? []).some(
    ({ conditionType }) => podCondition(before, conditionType)?.status !== podCondition(after, conditionType)?.status,
  );
}
