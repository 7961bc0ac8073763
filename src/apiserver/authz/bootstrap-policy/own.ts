import { account, type BindingFacts, group, on, type RoleFacts, user } from "./facts.ts";

/** Roles beyond upstream's API server: what kubeadm and the DNS add-on would install. */
export const ownRoleFacts: readonly RoleFacts[] = [
  {
    name: "system:coredns",
    rules: [
      on("core", "services pods namespaces", "list watch"),
      on("discovery.k8s.io", "endpointslices", "list watch"),
    ],
  },
];

/** Who has what beyond upstream's bindings: the administrator, each node's name server, the API server at the kubelets. */
export const ownBindingFacts: readonly BindingFacts[] = [
  { name: "kubeadm:cluster-admins", role: "cluster-admin", subjects: [group("kubeadm:cluster-admins")] },
  {
    name: "system:coredns",
    role: "system:coredns",
    subjects: [user("system:cluster-dns"), account("kube-system/coredns")],
  },
  {
    name: "system:kube-apiserver-kubelet-client",
    role: "system:kubelet-api-admin",
    subjects: [user("kube-apiserver-kubelet-client")],
  },
];
