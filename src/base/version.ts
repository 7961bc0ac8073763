/** k8ts' own version, as package.json says it (a test compares them). */
export const version = "0.1.0";

/** Set by the bundle: what this was built from, and when. */
declare const __k8tsBuild: { readonly gitCommit: string; readonly gitTreeState: string; readonly buildDate: string };

/** Of a bundle; nothing is known of sources that run as they are. */
export const build: Partial<typeof __k8tsBuild> = typeof __k8tsBuild === "undefined" ? {} : __k8tsBuild;

/** The Kubernetes release whose behaviour k8ts has. */
export const kubernetesRelease = "1.37.2";

/** What components call themselves: the release, with k8ts' version as build metadata. */
export function kubernetesVersion(own = version): string {
  return `v${kubernetesRelease}+k8ts.${own}`;
}
