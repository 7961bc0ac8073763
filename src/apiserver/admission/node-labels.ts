/** Labels of the reserved domains that a kubelet may set on its own Node. */
const allowed: ReadonlySet<string> = new Set([
  "kubernetes.io/hostname",
  "kubernetes.io/arch",
  "kubernetes.io/os",
  "beta.kubernetes.io/arch",
  "beta.kubernetes.io/os",
  "beta.kubernetes.io/instance-type",
  "node.kubernetes.io/instance-type",
  "failure-domain.beta.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.kubernetes.io/region",
  "failure-domain.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "topology.kubernetes.io/zone",
]);
const allowedDomains = ["kubelet.kubernetes.io", "node.kubernetes.io"];
const reservedDomains = ["kubernetes.io", "k8s.io"];
/** Isolation relies on these: they are for administrators alone. */
const restrictedDomain = "node-restriction.kubernetes.io";

/** Labels that were changed and are not the kubelet's to change, sorted. */
export function changedNodeLabels(
  old: Readonly<Record<string, string>>,
  current: Readonly<Record<string, string>>,
): readonly string[] {
  const keys = new Set([...Object.keys(old), ...Object.keys(current)]);
  return [...keys].filter(key => old[key] !== current[key] && isReserved(key)).sort();
}

function isReserved(key: string): boolean {
  const slash = key.indexOf("/");
  if (slash < 0 || allowed.has(key)) return false;
  const domain = key.slice(0, slash);
  const within = (parent: string) => domain === parent || domain.endsWith(`.${parent}`);
  if (within(restrictedDomain)) return true;
  return reservedDomains.some(within) && !allowedDomains.some(within);
}
