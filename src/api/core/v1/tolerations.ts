import type { Taint } from "./node.ts";
import type { Toleration } from "./pod-spec.ts";

/** True when the toleration covers the taint: an empty key (with Exists) or effect covers every one. */
export function toleratesTaint(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator ?? "Equal") {
    case "Exists":
      return true;
    case "Equal":
      return Boolean(toleration.key) && (toleration.value ?? "") === (taint.value ?? "");
    case "Gt":
      return comparesTo(taint.value, toleration.value, (node, wanted) => node > wanted);
    case "Lt":
      return comparesTo(taint.value, toleration.value, (node, wanted) => node < wanted);
    default:
      return false;
  }
}

export function tolerates(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  return (tolerations ?? []).some(toleration => toleratesTaint(toleration, taint));
}

/** The first taint of these effects that no toleration covers. */
export function findUntoleratedTaint(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly Taint["effect"][],
): Taint | undefined {
  return (taints ?? []).find(taint => effects.includes(taint.effect) && !tolerates(tolerations, taint));
}

const integer = /^-?\d{1,18}$/;

function comparesTo(
  node: string | undefined,
  wanted: string | undefined,
  fits: (node: number, wanted: number) => boolean,
): boolean {
  if (!integer.test(node ?? "") || !integer.test(wanted ?? "")) return false;
  return fits(Number(node), Number(wanted));
}
