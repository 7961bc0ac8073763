/** The parts of an OCI image configuration (and of docker's, which is the same here) that the runtime reads. */
export interface ImageConfig {
  readonly architecture?: string;
  readonly os?: string;
  readonly variant?: string;
  readonly config?: {
    readonly User?: string;
    readonly Env?: readonly string[] | null;
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly WorkingDir?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly Volumes?: Readonly<Record<string, object>> | null;
    readonly StopSignal?: string;
  };
  readonly rootfs: { readonly type: "layers"; readonly diff_ids: readonly string[] };
}

/** A descriptor of the OCI image specification. */
export interface Descriptor {
  readonly mediaType?: string;
  readonly digest: string;
  readonly size?: number;
  readonly platform?: { readonly architecture?: string; readonly os?: string; readonly variant?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Manifest {
  readonly mediaType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export interface ImageIndex {
  readonly mediaType?: string;
  readonly manifests: readonly Descriptor[];
}

const architectures: Readonly<Record<string, string>> = {
  x64: "amd64",
  arm64: "arm64",
  arm: "arm",
  ia32: "386",
  s390x: "s390x",
  ppc64: "ppc64le",
};

/** The manifest for this machine: linux and its architecture; an entry without a platform fits when it is the only one. */
export function chooseManifest(index: ImageIndex, machine: string = process.arch): Descriptor | undefined {
  const architecture = architectures[machine] ?? machine;
  const fitting = index.manifests.find(
    each => each.platform?.os === "linux" && each.platform.architecture === architecture,
  );
  if (fitting !== undefined) return fitting;
  return index.manifests.length === 1 && index.manifests[0]!.platform === undefined ? index.manifests[0] : undefined;
}

export function isIndex(value: Manifest | ImageIndex): value is ImageIndex {
  return "manifests" in value;
}
