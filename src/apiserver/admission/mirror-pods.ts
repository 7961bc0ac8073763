/** On pods that a kubelet makes to show what it runs from files of its own. */
export const mirrorAnnotation = "kubernetes.io/config.mirror";
