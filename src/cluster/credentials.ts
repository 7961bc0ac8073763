import { access, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type CertificateAuthority,
  createCa,
  createServiceAccountKeys,
  issueCertificate,
  type KeyedCertificate,
  loadCa,
} from "#base/host/certificates.ts";
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

/**
 * Makes what is missing of the keys and certificates that a cluster's processes start with; what is there stays. One
 * certificate a component.
 */
export async function ensureCredentials(config: ClusterConfig, plan: ClusterPlan, paths: ClusterPaths): Promise<void> {
  // Written last: where it is, all is but nodes added since.
  if (!(await exists(join(paths.certificates, "complete")))) return createCredentials(config, plan, paths);
  for (const node of plan.nodes) await ensureNodeCredentials(paths, node);
}

/**
 * The same for the administrator's pair. Apart, because no process waits for it and it takes long: some client libraries
 * (Java's) cannot read EC keys, so it is an RSA key.
 */
export async function ensureAdminCredentials(paths: ClusterPaths): Promise<void> {
  const { admin, ca } = credentialNames;
  if (await exists(join(paths.certificates, `${admin}.crt`))) return;
  const pair = await issueCertificate(await loadCa(await readCredentials(paths, ca)), {
    commonName: "kubernetes-admin",
    organizations: ["kubeadm:cluster-admins"],
    usage: "client",
    keyType: "rsa",
  });
  await writePair(paths, admin, pair);
}

/** Makes the keys and certificates of one node, unless they are there. */
export async function ensureNodeCredentials(paths: ClusterPaths, { name, address }: NodePlan): Promise<void> {
  if (await exists(join(paths.certificates, lastOfNode(name)))) return;
  const { certificate, key } = await readCredentials(paths, credentialNames.ca);
  await issueForNode(await loadCa({ certificate, key }), paths, name, address);
}

export async function removeNodeCredentials(paths: ClusterPaths, node: string): Promise<void> {
  const { kubelet, kubeletServer, proxy, dns } = credentialNames;
  for (const nameOf of [dns, proxy, kubeletServer, kubelet])
    for (const end of ["crt", "key"]) await rm(join(paths.certificates, `${nameOf(node)}.${end}`), { force: true });
}

/** {@link issueForNode} writes it last. */
const lastOfNode = (node: string) => `${credentialNames.dns(node)}.crt`;

async function createCredentials(config: ClusterConfig, plan: ClusterPlan, paths: ClusterPaths): Promise<void> {
  const names = credentialNames;
  const ca = await createCa(`k8ts-${config.name}`);
  const write = (name: string, pair: KeyedCertificate) => writePair(paths, name, pair);
  const issue = async (name: string, request: Parameters<typeof issueCertificate>[1]) =>
    write(name, await issueCertificate(ca, request));
  const controlPlane = plan.nodes[0]!;
  await Promise.all([
    write(names.ca, ca),
    writeServiceAccountKeys(paths),
    issue(names.server, {
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
    }),
    issue(names.serverToKubelet, { commonName: "kube-apiserver-kubelet-client", usage: "client" }),
    ...plan.nodes.map(node => issueForNode(ca, paths, node.name, node.address)),
  ]);
  await writePrivateFile(join(paths.certificates, "complete"), "");
}

async function issueForNode(
  ca: CertificateAuthority,
  paths: ClusterPaths,
  node: string,
  address: string,
): Promise<void> {
  const names = credentialNames;
  const requests: readonly [string, Parameters<typeof issueCertificate>[1]][] = [
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
  for (const [name, request] of requests) await writePair(paths, name, await issueCertificate(ca, request));
}

async function writeServiceAccountKeys(paths: ClusterPaths): Promise<void> {
  const pair = createServiceAccountKeys();
  await writePrivateFile(join(paths.certificates, `${credentialNames.serviceAccounts}.key`), pair.privateKey);
  await writePrivateFile(join(paths.certificates, `${credentialNames.serviceAccounts}.pub`), pair.publicKey);
}

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
