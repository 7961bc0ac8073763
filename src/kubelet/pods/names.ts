/** Labels and annotations by which sandboxes and containers are known again after a restart: those of upstream. */
export const label = {
  podName: "io.kubernetes.pod.name",
  podNamespace: "io.kubernetes.pod.namespace",
  podUid: "io.kubernetes.pod.uid",
  containerName: "io.kubernetes.container.name",
} as const;

export const annotation = {
  hash: "io.kubernetes.container.hash",
  restartCount: "io.kubernetes.container.restartCount",
  terminationMessagePath: "io.kubernetes.container.terminationMessagePath",
  terminationMessagePolicy: "io.kubernetes.container.terminationMessagePolicy",
  terminationGracePeriod: "io.kubernetes.pod.terminationGracePeriod",
  configSource: "kubernetes.io/config.source",
} as const;

/** `<namespace>_<name>_<uid>`: the folder of a pod's logs. */
export function podLogFolder(
  root: string,
  pod: {
    readonly namespace?: string | undefined;
    readonly name?: string | undefined;
    readonly uid?: string | undefined;
  },
): string {
  return `${root}/${pod.namespace}_${pod.name}_${pod.uid}`;
}

/** `name_namespace(uid)`: how messages name a pod. */
export function podFullName(meta: {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly uid?: string | undefined;
}): string {
  return `${meta.name}_${meta.namespace}(${meta.uid})`;
}
