/** k8ts' own version, as package.json says it (a test compares them). */
export const version = "0.1.0";

/** Set by the bundle: what this was built from, and when. */
declare const __k8tsBuild: { readonly gitCommit: string; readonly gitTreeState: string; readonly buildDate: string };

/** Of a bundle; nothing is known of sources that run as they are. */
export const build: Partial<typeof __k8tsBuild> = typeof __k8tsBuild === "undefined" ? {} : __k8tsBuild;

/** What every component calls itself: upstream's version with ours as build metadata. */
export const kubernetesVersion = `v1.37.2+k8ts.${version}`;
