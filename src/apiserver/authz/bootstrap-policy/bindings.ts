import { account, type BindingFacts, group, user } from "./facts.ts";

/** Who has which ClusterRole from the start, controllers aside. */
export const clusterRoleBindingFacts: readonly BindingFacts[] = [
  { name: "cluster-admin", role: "cluster-admin", subjects: [group("system:masters")] },
  { name: "system:basic-user", role: "system:basic-user", subjects: [group("system:authenticated")] },
  {
    name: "system:cluster-trust-bundle-discovery",
    role: "system:cluster-trust-bundle-discovery",
    subjects: [group("system:serviceaccounts")],
  },
  { name: "system:discovery", role: "system:discovery", subjects: [group("system:authenticated")] },
  {
    name: "system:kube-controller-manager",
    role: "system:kube-controller-manager",
    subjects: [user("system:kube-controller-manager")],
  },
  { name: "system:kube-dns", role: "system:kube-dns", subjects: [account("kube-system/kube-dns")] },
  { name: "system:kube-scheduler", role: "system:kube-scheduler", subjects: [user("system:kube-scheduler")] },
  { name: "system:monitoring", role: "system:monitoring", subjects: [group("system:monitoring")] },
  { name: "system:node", role: "system:node", subjects: [] },
  { name: "system:node-proxier", role: "system:node-proxier", subjects: [user("system:kube-proxy")] },
  {
    name: "system:public-info-viewer",
    role: "system:public-info-viewer",
    subjects: [group("system:authenticated"), group("system:unauthenticated")],
  },
  {
    name: "system:service-account-issuer-discovery",
    role: "system:service-account-issuer-discovery",
    subjects: [group("system:serviceaccounts")],
  },
  { name: "system:volume-scheduler", role: "system:volume-scheduler", subjects: [user("system:kube-scheduler")] },
];

/** Who has which Role of kube-system and kube-public. */
export const roleBindingFacts: readonly BindingFacts[] = [
  {
    name: "system:controller:bootstrap-signer",
    namespace: "kube-public",
    role: "system:controller:bootstrap-signer",
    subjects: [account("kube-system/bootstrap-signer")],
  },
  {
    name: "system::extension-apiserver-authentication-reader",
    namespace: "kube-system",
    role: "extension-apiserver-authentication-reader",
    subjects: [user("system:kube-controller-manager"), user("system:kube-scheduler")],
  },
  {
    name: "system::leader-locking-kube-controller-manager",
    namespace: "kube-system",
    role: "system::leader-locking-kube-controller-manager",
    subjects: [user("system:kube-controller-manager"), account("kube-system/kube-controller-manager")],
  },
  {
    name: "system::leader-locking-kube-scheduler",
    namespace: "kube-system",
    role: "system::leader-locking-kube-scheduler",
    subjects: [user("system:kube-scheduler"), account("kube-system/kube-scheduler")],
  },
  {
    name: "system:controller:bootstrap-signer",
    namespace: "kube-system",
    role: "system:controller:bootstrap-signer",
    subjects: [account("kube-system/bootstrap-signer")],
  },
  {
    name: "system:controller:cloud-provider",
    namespace: "kube-system",
    role: "system:controller:cloud-provider",
    subjects: [account("kube-system/cloud-provider")],
  },
  {
    name: "system:controller:token-cleaner",
    namespace: "kube-system",
    role: "system:controller:token-cleaner",
    subjects: [account("kube-system/token-cleaner")],
  },
];
