import type { Container } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { isSidecar } from "#api/core/v1/pod-containers.ts";

/** Whether a container of the pod that ended with this code is to be started anew. */
export function restartsAfter(pod: Pod, container: Container, exitCode: number): boolean {
  if (matchesRestartRule(container, exitCode)) return true;
  const policy = container.restartPolicy ?? pod.spec.restartPolicy ?? "Always";
  return policy === "Always" || (policy === "OnFailure" && exitCode !== 0);
}

/** Like {@link restartsAfter} for an init container, which is done when it succeeded. */
export function initRestartsAfter(pod: Pod, container: Container, exitCode: number): boolean {
  return isSidecar(container) || (exitCode !== 0 && restartsAfter(pod, container, exitCode));
}

function matchesRestartRule(container: Container, exitCode: number): boolean {
  return (container.restartPolicyRules ?? []).some(rule => {
    if (rule.action !== "Restart" || rule.exitCodes === undefined) return false;
    const listed = (rule.exitCodes.values ?? []).includes(exitCode);
    return rule.exitCodes.operator === "NotIn" ? !listed : listed;
  });
}
