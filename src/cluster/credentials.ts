import { access, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CertificateAuthority, CertificateRequest, KeyedCertificate } from "#base/host/certificates.ts";
import type { ClusterConfig } from "./config.ts";
import type { ClusterPaths } from "./paths.ts";
import type { ClusterPlan, NodePlan } from "./plan.ts";
import { writePrivateFile } from "./processes.ts";
import { addressAt } from "./ranges.ts";

/** The files of a cluster's certificate folder, less `.crt` and `.key`. */
export const credentialNames = {
  ca: "ca",
  server: "apiserver",
  serverToKubelet: "apiserver-kubelet-client",
  admin: "admin",
  serviceAccounts: "service-accounts",
  kubelet: (node: string) => `kubelet-${node}`,
  kubeletServer: (node: string) => `kubelet-server-${node}`,
  proxy: (node: string) => `kube-proxy-${node}`,
  dns: (node: string) => `dns-${node}`,
} as const;

/** Makes pairs of one cluster. */
export interface Issuer {
  /** Makes the pair, unless it is there. */
  ensure(name: string, request: CertificateRequest): Promise<void>;
}

/** Signs with the cluster's authority, which is made when there is none yet. */
export function createIssuer(cluster: string, paths: ClusterPaths): Issuer {
  let authority: Promise<CertificateAuthority> | undefined;
  return {
    async ensure(name, request) {
      if (await isComplete(paths, name)) return;
      const { issueCertificate } = await certificates();
      authority ??= ensureAuthority(cluster, paths);
      await writePair(paths, name, await issueCertificate(await authority, request));
    },
  };
}

async function ensureAuthority(cluster: string, paths: ClusterPaths): Promise<CertificateAuthority> {
  const { createCa, loadCa } = await certificates();
  const name = credentialNames.ca;
  if (await isComplete(paths, name)) return loadCa(await readCredentials(paths, name));
  const ca = await createCa(`k8ts-${cluster}`);
  await writePair(paths, name, ca);
  return ca;
}

/** Loaded when a certificate is made: it takes as long as starting Node does, and a cluster's later starts make none. */
const certificates = () => import("#base/host/certificates.ts");

/**
 * Makes what is missing of the keys and certificates that a cluster's processes start with; what is there stays. One
 * certificate a component; the server's come first, for it is waiting for them.
 */
export async function ensureCredentials(
  issuer: Issuer,
  config: ClusterConfig,
  plan: ClusterPlan,
  paths: ClusterPaths,
): Promise<void> {
  const ensure = ([name, request]: NamedRequest) => issuer.ensure(name, request);
  await Promise.all([ensureServiceAccountKeys(paths), ...serverRequests(config, plan).map(ensure)]);
  await Promise.all(plan.nodes.flatMap(nodeRequests).map(ensure));
}

/**
 * The same for the administrator's pair. Apart, because no process waits for it and it takes long: some client libraries
 * (Java's) cannot read EC keys, so it is an RSA key.
 */
export async function ensureAdminCredentials(issuer: Issuer): Promise<void> {
  await issuer.ensure(credentialNames.admin, {
    commonName: "kubernetes-admin",
    organizations: ["kubeadm:cluster-admins"],
    usage: "client",
    keyType: "rsa",
  });
}

/** Makes the keys and certificates of one node, unless they are there. */
export async function ensureNodeCredentials(issuer: Issuer, node: NodePlan): Promise<void> {
  await Promise.all(nodeRequests(node).map(([name, request]) => issuer.ensure(name, request)));
}

export async function removeNodeCredentials(paths: ClusterPaths, node: string): Promise<void> {
  const { kubelet, kubeletServer, proxy, dns } = credentialNames;
  for (const nameOf of [dns, proxy, kubeletServer, kubelet])
    for (const end of ["crt", "key"]) await rm(join(paths.certificates, `${nameOf(node)}.${end}`), { force: true });
}

type NamedRequest = readonly [name: string, request: CertificateRequest];

function serverRequests(config: ClusterConfig, plan: ClusterPlan): readonly NamedRequest[] {
  const controlPlane = plan.nodes[0]!;
  return [
    [
      credentialNames.server,
      {
        commonName: "kube-apiserver",
        usage: "server",
        dnsNames: [
          "kubernetes",
          "kubernetes.default",
          "kubernetes.default.svc",
          "kubernetes.default.svc.cluster.local",
          "localhost",
          controlPlane.name,
        ],
        ipAddresses: [controlPlane.address, addressAt(config.serviceSubnet, 1), "127.0.0.1"],
      },
    ],
    [credentialNames.serverToKubelet, { commonName: "kube-apiserver-kubelet-client", usage: "client" }],
  ];
}

function nodeRequests({ name: node, address }: NodePlan): readonly NamedRequest[] {
  const names = credentialNames;
  return [
    [names.kubelet(node), { commonName: `system:node:${node}`, organizations: ["system:nodes"], usage: "client" }],
    [
      names.kubeletServer(node),
      {
        commonName: `system:node:${node}`,
        organizations: ["system:nodes"],
        usage: "server",
        dnsNames: [node],
        ipAddresses: [address],
      },
    ],
    [names.proxy(node), { commonName: "system:kube-proxy", usage: "client" }],
    [names.dns(node), { commonName: "system:cluster-dns", usage: "client" }],
  ];
}

async function ensureServiceAccountKeys(paths: ClusterPaths): Promise<void> {
  const file = join(paths.certificates, credentialNames.serviceAccounts);
  if (await exists(`${file}.pub`)) return;
  const { createServiceAccountKeys } = await certificates();
  const pair = createServiceAccountKeys();
  await writePrivateFile(`${file}.key`, pair.privateKey);
  await writePrivateFile(`${file}.pub`, pair.publicKey);
}

/** The certificate is written last, and neither is ever half there: where it is, its key is its own. */
const isComplete = (paths: ClusterPaths, name: string) => exists(join(paths.certificates, `${name}.crt`));

async function writePair(paths: ClusterPaths, name: string, pair: KeyedCertificate): Promise<void> {
  await writePrivateFile(join(paths.certificates, `${name}.key`), pair.key);
  await writePrivateFile(join(paths.certificates, `${name}.crt`), pair.certificate);
}

/** A pair that {@link ensureCredentials} made, with the authority's certificate. */
export async function readCredentials(
  paths: ClusterPaths,
  name: string,
): Promise<KeyedCertificate & { readonly ca: string }> {
  const read = (file: string) => readFile(join(paths.certificates, file), "utf8");
  const [ca, certificate, key] = await Promise.all([
    read(`${credentialNames.ca}.crt`),
    read(`${name}.crt`),
    read(`${name}.key`),
  ]);
  return { ca, certificate, key };
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
