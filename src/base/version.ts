/** k8ts' own version, as package.json says it (a test compares them). */
export const version = "0.1.0";

/** What every component calls itself: upstream's version with ours as build metadata. */
export const kubernetesVersion = `v1.37.2+k8ts.${version}`;
