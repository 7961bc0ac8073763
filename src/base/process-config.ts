/** What `k8ts server --config FILE` reads. Paths are absolute; certificates and keys are PEM files. */
export interface ServerProcessConfig {
  readonly cluster: string;
  /** The node whose network namespace the server runs in. */
  readonly node: string;
  readonly advertiseAddress: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly certificatesFolder: string;
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  readonly dnsServiceIp: string;
  readonly clusterDomain: string;
  readonly nodePortFrom: number;
  readonly nodePortTo: number;
}

/** What `k8ts agent --config FILE` reads. */
export interface AgentProcessConfig {
  readonly cluster: string;
  readonly node: string;
  readonly nodeIp: string;
  readonly serverUrl: string;
  readonly certificatesFolder: string;
  /** Survives restarts of the machine: volumes, logs, container state. */
  readonly dataFolder: string;
  /** On tmpfs, gone with the node: pins, sockets, helper files. */
  readonly runFolder: string;
  /** Shared by the cluster's nodes. */
  readonly imageFolder: string;
  readonly cgroupParent: string;
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  readonly dnsServiceIp: string;
  readonly clusterDomain: string;
  readonly egress: "none" | "nat";
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly {
    readonly key: string;
    readonly value?: string;
    readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
  }[];
  /** The pinned network namespace of the host: images are fetched there, for a node may have no way out. */
  readonly hostNetworkPin: string;
  /** Set on the first control-plane node: acts in the host's network are done by its agent. */
  readonly host?: HostAccess;
}

export interface HostAccess {
  /** The pinned network namespace of the host. */
  readonly networkPin: string;
  /** The host's nftables table with the map `localports`. */
  readonly table: string;
}
