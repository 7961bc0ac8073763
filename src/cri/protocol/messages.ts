// The messages of CRI v1 (k8s.io/cri-api): every field may be absent; 64-bit numbers are numbers, enums their names.
// Printed from cri-v1.json by tools/grpc-types.ts.

export interface AttachRequest {
  readonly containerId?: string | undefined;
  readonly stderr?: boolean | undefined;
  readonly stdin?: boolean | undefined;
  readonly stdout?: boolean | undefined;
  readonly tty?: boolean | undefined;
}

export interface AttachResponse {
  readonly url?: string | undefined;
}

export interface AuthConfig {
  readonly auth?: string | undefined;
  readonly identityToken?: string | undefined;
  readonly password?: string | undefined;
  readonly registryToken?: string | undefined;
  readonly serverAddress?: string | undefined;
  readonly username?: string | undefined;
}

export interface CDIDevice {
  readonly name?: string | undefined;
}

export interface Capability {
  readonly addAmbientCapabilities?: readonly string[] | undefined;
  readonly addCapabilities?: readonly string[] | undefined;
  readonly dropCapabilities?: readonly string[] | undefined;
}

export type CgroupDriver = "CGROUPFS" | "SYSTEMD";

export interface CheckpointContainerRequest {
  readonly containerId?: string | undefined;
  readonly location?: string | undefined;
  readonly timeout?: number | undefined;
}

export type CheckpointContainerResponse = Readonly<Record<string, never>>;

export interface CheckpointPodRequest {
  readonly containerIds?: readonly string[] | undefined;
  readonly options?: Readonly<Record<string, string>> | undefined;
  readonly outputPath?: string | undefined;
  readonly podSandboxId?: string | undefined;
}

export type CheckpointPodResponse = Readonly<Record<string, never>>;

export interface Container {
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly createdAt?: number | undefined;
  readonly id?: string | undefined;
  readonly image?: ImageSpec | undefined;
  readonly imageId?: string | undefined;
  readonly imageRef?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly metadata?: ContainerMetadata | undefined;
  readonly podSandboxId?: string | undefined;
  readonly state?: ContainerState | undefined;
}

export interface ContainerAttributes {
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly id?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly metadata?: ContainerMetadata | undefined;
}

export interface ContainerConfig {
  readonly CDIDevices?: readonly CDIDevice[] | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly args?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
  readonly devices?: readonly Device[] | undefined;
  readonly envs?: readonly KeyValue[] | undefined;
  readonly image?: ImageSpec | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly linux?: LinuxContainerConfig | undefined;
  readonly logPath?: string | undefined;
  readonly metadata?: ContainerMetadata | undefined;
  readonly mounts?: readonly Mount[] | undefined;
  readonly stdin?: boolean | undefined;
  readonly stdinOnce?: boolean | undefined;
  readonly stopSignal?: Signal | undefined;
  readonly tty?: boolean | undefined;
  readonly windows?: WindowsContainerConfig | undefined;
  readonly workingDir?: string | undefined;
}

export interface ContainerEventResponse {
  readonly containerEventType?: ContainerEventType | undefined;
  readonly containerId?: string | undefined;
  readonly containersStatuses?: readonly ContainerStatus[] | undefined;
  readonly createdAt?: number | undefined;
  readonly podSandboxStatus?: PodSandboxStatus | undefined;
}

export type ContainerEventType =
  | "CONTAINER_CREATED_EVENT"
  | "CONTAINER_DELETED_EVENT"
  | "CONTAINER_STARTED_EVENT"
  | "CONTAINER_STOPPED_EVENT";

export interface ContainerFilter {
  readonly id?: string | undefined;
  readonly labelSelector?: Readonly<Record<string, string>> | undefined;
  readonly podSandboxId?: string | undefined;
  readonly state?: ContainerStateValue | undefined;
}

export interface ContainerMetadata {
  readonly attempt?: number | undefined;
  readonly name?: string | undefined;
}

export interface ContainerMetrics {
  readonly containerId?: string | undefined;
  readonly metrics?: readonly Metric[] | undefined;
}

export interface ContainerResources {
  readonly linux?: LinuxContainerResources | undefined;
  readonly windows?: WindowsContainerResources | undefined;
}

export type ContainerState = "CONTAINER_CREATED" | "CONTAINER_EXITED" | "CONTAINER_RUNNING" | "CONTAINER_UNKNOWN";

export interface ContainerStateValue {
  readonly state?: ContainerState | undefined;
}

export interface ContainerStats {
  readonly attributes?: ContainerAttributes | undefined;
  readonly cpu?: CpuUsage | undefined;
  readonly io?: IoUsage | undefined;
  readonly memory?: MemoryUsage | undefined;
  readonly swap?: SwapUsage | undefined;
  readonly writableLayer?: FilesystemUsage | undefined;
}

export interface ContainerStatsFilter {
  readonly id?: string | undefined;
  readonly labelSelector?: Readonly<Record<string, string>> | undefined;
  readonly podSandboxId?: string | undefined;
}

export interface ContainerStatsRequest {
  readonly containerId?: string | undefined;
}

export interface ContainerStatsResponse {
  readonly stats?: ContainerStats | undefined;
}

export interface ContainerStatus {
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly createdAt?: number | undefined;
  readonly exitCode?: number | undefined;
  readonly finishedAt?: number | undefined;
  readonly id?: string | undefined;
  readonly image?: ImageSpec | undefined;
  readonly imageId?: string | undefined;
  readonly imageRef?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly logPath?: string | undefined;
  readonly message?: string | undefined;
  readonly metadata?: ContainerMetadata | undefined;
  readonly mounts?: readonly Mount[] | undefined;
  readonly reason?: string | undefined;
  readonly resources?: ContainerResources | undefined;
  readonly startedAt?: number | undefined;
  readonly state?: ContainerState | undefined;
  readonly stopSignal?: Signal | undefined;
  readonly user?: ContainerUser | undefined;
}

export interface ContainerStatusRequest {
  readonly containerId?: string | undefined;
  readonly verbose?: boolean | undefined;
}

export interface ContainerStatusResponse {
  readonly info?: Readonly<Record<string, string>> | undefined;
  readonly status?: ContainerStatus | undefined;
}

export interface ContainerUser {
  readonly linux?: LinuxContainerUser | undefined;
}

export interface CpuUsage {
  readonly psi?: PsiStats | undefined;
  readonly timestamp?: number | undefined;
  readonly usageCoreNanoSeconds?: UInt64Value | undefined;
  readonly usageNanoCores?: UInt64Value | undefined;
}

export interface CreateContainerRequest {
  readonly config?: ContainerConfig | undefined;
  readonly podSandboxId?: string | undefined;
  readonly sandboxConfig?: PodSandboxConfig | undefined;
}

export interface CreateContainerResponse {
  readonly containerId?: string | undefined;
}

export interface DNSConfig {
  readonly options?: readonly string[] | undefined;
  readonly searches?: readonly string[] | undefined;
  readonly servers?: readonly string[] | undefined;
}

export interface Device {
  readonly containerPath?: string | undefined;
  readonly hostPath?: string | undefined;
  readonly permissions?: string | undefined;
}

export interface ExecRequest {
  readonly cmd?: readonly string[] | undefined;
  readonly containerId?: string | undefined;
  readonly stderr?: boolean | undefined;
  readonly stdin?: boolean | undefined;
  readonly stdout?: boolean | undefined;
  readonly tty?: boolean | undefined;
}

export interface ExecResponse {
  readonly url?: string | undefined;
}

export interface ExecSyncRequest {
  readonly cmd?: readonly string[] | undefined;
  readonly containerId?: string | undefined;
  readonly timeout?: number | undefined;
}

export interface ExecSyncResponse {
  readonly exitCode?: number | undefined;
  readonly stderr?: Uint8Array | undefined;
  readonly stdout?: Uint8Array | undefined;
}

export interface FilesystemIdentifier {
  readonly mountpoint?: string | undefined;
}

export interface FilesystemUsage {
  readonly fsId?: FilesystemIdentifier | undefined;
  readonly inodesUsed?: UInt64Value | undefined;
  readonly timestamp?: number | undefined;
  readonly usedBytes?: UInt64Value | undefined;
}

export type GetEventsRequest = Readonly<Record<string, never>>;

export interface HugepageLimit {
  readonly limit?: number | undefined;
  readonly pageSize?: string | undefined;
}

export interface IDMapping {
  readonly containerId?: number | undefined;
  readonly hostId?: number | undefined;
  readonly length?: number | undefined;
}

export interface Image {
  readonly id?: string | undefined;
  readonly pinned?: boolean | undefined;
  readonly repoDigests?: readonly string[] | undefined;
  readonly repoTags?: readonly string[] | undefined;
  readonly size?: number | undefined;
  readonly spec?: ImageSpec | undefined;
  readonly uid?: Int64Value | undefined;
  readonly username?: string | undefined;
}

export interface ImageFilter {
  readonly image?: ImageSpec | undefined;
}

export type ImageFsInfoRequest = Readonly<Record<string, never>>;

export interface ImageFsInfoResponse {
  readonly containerFilesystems?: readonly FilesystemUsage[] | undefined;
  readonly imageFilesystems?: readonly FilesystemUsage[] | undefined;
}

export interface ImageSpec {
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly image?: string | undefined;
  readonly imageRef?: string | undefined;
  readonly runtimeHandler?: string | undefined;
  readonly userSpecifiedImage?: string | undefined;
}

export interface ImageStatusRequest {
  readonly image?: ImageSpec | undefined;
  readonly verbose?: boolean | undefined;
}

export interface ImageStatusResponse {
  readonly image?: Image | undefined;
  readonly info?: Readonly<Record<string, string>> | undefined;
}

export interface Int64Value {
  readonly value?: number | undefined;
}

export interface IoUsage {
  readonly psi?: PsiStats | undefined;
  readonly timestamp?: number | undefined;
}

export interface KeyValue {
  readonly key?: string | undefined;
  readonly value?: Uint8Array | undefined;
}

export interface LinuxContainerConfig {
  readonly resources?: LinuxContainerResources | undefined;
  readonly securityContext?: LinuxContainerSecurityContext | undefined;
}

export interface LinuxContainerResources {
  readonly cpuPeriod?: number | undefined;
  readonly cpuQuota?: number | undefined;
  readonly cpuShares?: number | undefined;
  readonly cpusetCpus?: string | undefined;
  readonly cpusetMems?: string | undefined;
  readonly hugepageLimits?: readonly HugepageLimit[] | undefined;
  readonly memoryLimitInBytes?: number | undefined;
  readonly memorySwapLimitInBytes?: number | undefined;
  readonly oomScoreAdj?: number | undefined;
  readonly unified?: Readonly<Record<string, string>> | undefined;
}

export interface LinuxContainerSecurityContext {
  readonly apparmor?: SecurityProfile | undefined;
  readonly apparmorProfile?: string | undefined;
  readonly capabilities?: Capability | undefined;
  readonly maskedPaths?: readonly string[] | undefined;
  readonly namespaceOptions?: NamespaceOption | undefined;
  readonly noNewPrivs?: boolean | undefined;
  readonly privileged?: boolean | undefined;
  readonly readonlyPaths?: readonly string[] | undefined;
  readonly readonlyRootfs?: boolean | undefined;
  readonly runAsGroup?: Int64Value | undefined;
  readonly runAsUser?: Int64Value | undefined;
  readonly runAsUsername?: string | undefined;
  readonly seccomp?: SecurityProfile | undefined;
  readonly seccompProfilePath?: string | undefined;
  readonly selinuxOptions?: SELinuxOption | undefined;
  readonly supplementalGroups?: readonly number[] | undefined;
  readonly supplementalGroupsPolicy?: SupplementalGroupsPolicy | undefined;
}

export interface LinuxContainerUser {
  readonly gid?: number | undefined;
  readonly supplementalGroups?: readonly number[] | undefined;
  readonly uid?: number | undefined;
}

export interface LinuxPodSandboxConfig {
  readonly cgroupParent?: string | undefined;
  readonly overhead?: LinuxContainerResources | undefined;
  readonly resources?: LinuxContainerResources | undefined;
  readonly securityContext?: LinuxSandboxSecurityContext | undefined;
  readonly sysctls?: Readonly<Record<string, string>> | undefined;
}

export interface LinuxPodSandboxStats {
  readonly containers?: readonly ContainerStats[] | undefined;
  readonly cpu?: CpuUsage | undefined;
  readonly io?: IoUsage | undefined;
  readonly memory?: MemoryUsage | undefined;
  readonly network?: NetworkUsage | undefined;
  readonly process?: ProcessUsage | undefined;
}

export interface LinuxPodSandboxStatus {
  readonly namespaces?: Namespace | undefined;
}

export interface LinuxRuntimeConfiguration {
  readonly cgroupDriver?: CgroupDriver | undefined;
}

export interface LinuxSandboxSecurityContext {
  readonly apparmor?: SecurityProfile | undefined;
  readonly namespaceOptions?: NamespaceOption | undefined;
  readonly privileged?: boolean | undefined;
  readonly readonlyRootfs?: boolean | undefined;
  readonly runAsGroup?: Int64Value | undefined;
  readonly runAsUser?: Int64Value | undefined;
  readonly seccomp?: SecurityProfile | undefined;
  readonly seccompProfilePath?: string | undefined;
  readonly selinuxOptions?: SELinuxOption | undefined;
  readonly supplementalGroups?: readonly number[] | undefined;
  readonly supplementalGroupsPolicy?: SupplementalGroupsPolicy | undefined;
}

export interface ListContainerStatsRequest {
  readonly filter?: ContainerStatsFilter | undefined;
}

export interface ListContainerStatsResponse {
  readonly stats?: readonly ContainerStats[] | undefined;
}

export interface ListContainersRequest {
  readonly filter?: ContainerFilter | undefined;
}

export interface ListContainersResponse {
  readonly containers?: readonly Container[] | undefined;
}

export interface ListImagesRequest {
  readonly filter?: ImageFilter | undefined;
}

export interface ListImagesResponse {
  readonly images?: readonly Image[] | undefined;
}

export type ListMetricDescriptorsRequest = Readonly<Record<string, never>>;

export interface ListMetricDescriptorsResponse {
  readonly descriptors?: readonly MetricDescriptor[] | undefined;
}

export type ListPodSandboxMetricsRequest = Readonly<Record<string, never>>;

export interface ListPodSandboxMetricsResponse {
  readonly podMetrics?: readonly PodSandboxMetrics[] | undefined;
}

export interface ListPodSandboxRequest {
  readonly filter?: PodSandboxFilter | undefined;
}

export interface ListPodSandboxResponse {
  readonly items?: readonly PodSandbox[] | undefined;
}

export interface ListPodSandboxStatsRequest {
  readonly filter?: PodSandboxStatsFilter | undefined;
}

export interface ListPodSandboxStatsResponse {
  readonly stats?: readonly PodSandboxStats[] | undefined;
}

export interface MemoryUsage {
  readonly availableBytes?: UInt64Value | undefined;
  readonly majorPageFaults?: UInt64Value | undefined;
  readonly pageFaults?: UInt64Value | undefined;
  readonly psi?: PsiStats | undefined;
  readonly rssBytes?: UInt64Value | undefined;
  readonly timestamp?: number | undefined;
  readonly usageBytes?: UInt64Value | undefined;
  readonly workingSetBytes?: UInt64Value | undefined;
}

export interface Metric {
  readonly labelValues?: readonly string[] | undefined;
  readonly metricType?: MetricType | undefined;
  readonly name?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly value?: UInt64Value | undefined;
}

export interface MetricDescriptor {
  readonly help?: string | undefined;
  readonly labelKeys?: readonly string[] | undefined;
  readonly name?: string | undefined;
}

export type MetricType = "COUNTER" | "GAUGE";

export interface Mount {
  readonly containerPath?: string | undefined;
  readonly gidMappings?: readonly IDMapping[] | undefined;
  readonly hostPath?: string | undefined;
  readonly image?: ImageSpec | undefined;
  readonly imageSubPath?: string | undefined;
  readonly mountOptions?: readonly string[] | undefined;
  readonly propagation?: MountPropagation | undefined;
  readonly readonly?: boolean | undefined;
  readonly recursiveReadOnly?: boolean | undefined;
  readonly selinuxRelabel?: boolean | undefined;
  readonly uidMappings?: readonly IDMapping[] | undefined;
}

export type MountPropagation = "PROPAGATION_BIDIRECTIONAL" | "PROPAGATION_HOST_TO_CONTAINER" | "PROPAGATION_PRIVATE";

export interface Namespace {
  readonly options?: NamespaceOption | undefined;
}

export type NamespaceMode = "CONTAINER" | "NODE" | "POD" | "TARGET";

export interface NamespaceOption {
  readonly ipc?: NamespaceMode | undefined;
  readonly network?: NamespaceMode | undefined;
  readonly pid?: NamespaceMode | undefined;
  readonly targetId?: string | undefined;
  readonly usernsOptions?: UserNamespace | undefined;
}

export interface NetworkConfig {
  readonly podCidr?: string | undefined;
}

export interface NetworkInterfaceUsage {
  readonly name?: string | undefined;
  readonly rxBytes?: UInt64Value | undefined;
  readonly rxErrors?: UInt64Value | undefined;
  readonly txBytes?: UInt64Value | undefined;
  readonly txErrors?: UInt64Value | undefined;
}

export interface NetworkUsage {
  readonly defaultInterface?: NetworkInterfaceUsage | undefined;
  readonly interfaces?: readonly NetworkInterfaceUsage[] | undefined;
  readonly timestamp?: number | undefined;
}

export interface PodIP {
  readonly ip?: string | undefined;
}

export interface PodSandbox {
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly createdAt?: number | undefined;
  readonly id?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly metadata?: PodSandboxMetadata | undefined;
  readonly runtimeHandler?: string | undefined;
  readonly state?: PodSandboxState | undefined;
}

export interface PodSandboxAttributes {
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly id?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly metadata?: PodSandboxMetadata | undefined;
}

export interface PodSandboxConfig {
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly dnsConfig?: DNSConfig | undefined;
  readonly hostname?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly linux?: LinuxPodSandboxConfig | undefined;
  readonly logDirectory?: string | undefined;
  readonly metadata?: PodSandboxMetadata | undefined;
  readonly portMappings?: readonly PortMapping[] | undefined;
  readonly windows?: WindowsPodSandboxConfig | undefined;
}

export interface PodSandboxFilter {
  readonly id?: string | undefined;
  readonly labelSelector?: Readonly<Record<string, string>> | undefined;
  readonly state?: PodSandboxStateValue | undefined;
}

export interface PodSandboxMetadata {
  readonly attempt?: number | undefined;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
}

export interface PodSandboxMetrics {
  readonly containerMetrics?: readonly ContainerMetrics[] | undefined;
  readonly metrics?: readonly Metric[] | undefined;
  readonly podSandboxId?: string | undefined;
}

export interface PodSandboxNetworkStatus {
  readonly additionalIps?: readonly PodIP[] | undefined;
  readonly ip?: string | undefined;
}

export type PodSandboxState = "SANDBOX_NOTREADY" | "SANDBOX_READY";

export interface PodSandboxStateValue {
  readonly state?: PodSandboxState | undefined;
}

export interface PodSandboxStats {
  readonly attributes?: PodSandboxAttributes | undefined;
  readonly linux?: LinuxPodSandboxStats | undefined;
  readonly windows?: WindowsPodSandboxStats | undefined;
}

export interface PodSandboxStatsFilter {
  readonly id?: string | undefined;
  readonly labelSelector?: Readonly<Record<string, string>> | undefined;
}

export interface PodSandboxStatsRequest {
  readonly podSandboxId?: string | undefined;
}

export interface PodSandboxStatsResponse {
  readonly stats?: PodSandboxStats | undefined;
}

export interface PodSandboxStatus {
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly createdAt?: number | undefined;
  readonly id?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly linux?: LinuxPodSandboxStatus | undefined;
  readonly metadata?: PodSandboxMetadata | undefined;
  readonly network?: PodSandboxNetworkStatus | undefined;
  readonly runtimeHandler?: string | undefined;
  readonly state?: PodSandboxState | undefined;
}

export interface PodSandboxStatusRequest {
  readonly podSandboxId?: string | undefined;
  readonly verbose?: boolean | undefined;
}

export interface PodSandboxStatusResponse {
  readonly containersStatuses?: readonly ContainerStatus[] | undefined;
  readonly info?: Readonly<Record<string, string>> | undefined;
  readonly status?: PodSandboxStatus | undefined;
  readonly timestamp?: number | undefined;
}

export interface PortForwardRequest {
  readonly podSandboxId?: string | undefined;
  readonly port?: readonly number[] | undefined;
}

export interface PortForwardResponse {
  readonly url?: string | undefined;
}

export interface PortMapping {
  readonly containerPort?: number | undefined;
  readonly hostIp?: string | undefined;
  readonly hostPort?: number | undefined;
  readonly protocol?: Protocol | undefined;
}

export interface ProcessUsage {
  readonly processCount?: UInt64Value | undefined;
  readonly timestamp?: number | undefined;
}

export type Protocol = "SCTP" | "TCP" | "UDP";

export interface PsiData {
  readonly Avg10?: number | undefined;
  readonly Avg300?: number | undefined;
  readonly Avg60?: number | undefined;
  readonly Total?: number | undefined;
}

export interface PsiStats {
  readonly Full?: PsiData | undefined;
  readonly Some?: PsiData | undefined;
}

export interface PullImageRequest {
  readonly auth?: AuthConfig | undefined;
  readonly image?: ImageSpec | undefined;
  readonly sandboxConfig?: PodSandboxConfig | undefined;
}

export interface PullImageResponse {
  readonly imageRef?: string | undefined;
}

export interface RemoveContainerRequest {
  readonly containerId?: string | undefined;
}

export type RemoveContainerResponse = Readonly<Record<string, never>>;

export interface RemoveImageRequest {
  readonly image?: ImageSpec | undefined;
}

export type RemoveImageResponse = Readonly<Record<string, never>>;

export interface RemovePodSandboxRequest {
  readonly podSandboxId?: string | undefined;
}

export type RemovePodSandboxResponse = Readonly<Record<string, never>>;

export interface ReopenContainerLogRequest {
  readonly containerId?: string | undefined;
}

export type ReopenContainerLogResponse = Readonly<Record<string, never>>;

export interface RestorePodRequest {
  readonly checkpointPath?: string | undefined;
  readonly config?: PodSandboxConfig | undefined;
  readonly containerConfigs?: readonly ContainerConfig[] | undefined;
  readonly options?: Readonly<Record<string, string>> | undefined;
  readonly runtimeHandler?: string | undefined;
}

export interface RestorePodResponse {
  readonly podSandboxId?: string | undefined;
  readonly restoredContainers?: readonly RestoredContainer[] | undefined;
}

export interface RestoredContainer {
  readonly containerId?: string | undefined;
  readonly name?: string | undefined;
}

export interface RunPodSandboxRequest {
  readonly config?: PodSandboxConfig | undefined;
  readonly runtimeHandler?: string | undefined;
}

export interface RunPodSandboxResponse {
  readonly podSandboxId?: string | undefined;
}

export interface RuntimeCondition {
  readonly message?: string | undefined;
  readonly reason?: string | undefined;
  readonly status?: boolean | undefined;
  readonly type?: string | undefined;
}

export interface RuntimeConfig {
  readonly networkConfig?: NetworkConfig | undefined;
}

export type RuntimeConfigRequest = Readonly<Record<string, never>>;

export interface RuntimeConfigResponse {
  readonly linux?: LinuxRuntimeConfiguration | undefined;
}

export interface RuntimeFeatures {
  readonly mountOptions?: boolean | undefined;
  readonly supplementalGroupsPolicy?: boolean | undefined;
  readonly userNamespacesHostNetwork?: boolean | undefined;
}

export interface RuntimeHandler {
  readonly features?: RuntimeHandlerFeatures | undefined;
  readonly name?: string | undefined;
}

export interface RuntimeHandlerFeatures {
  readonly recursiveReadOnlyMounts?: boolean | undefined;
  readonly userNamespaces?: boolean | undefined;
}

export interface RuntimeStatus {
  readonly conditions?: readonly RuntimeCondition[] | undefined;
}

export interface SELinuxOption {
  readonly level?: string | undefined;
  readonly role?: string | undefined;
  readonly type?: string | undefined;
  readonly user?: string | undefined;
}

export interface SecurityProfile {
  readonly localhostRef?: string | undefined;
  readonly profileType?: ProfileType | undefined;
}

export type ProfileType = "Localhost" | "RuntimeDefault" | "Unconfined";

export type Signal =
  | "SIGNAL_RUNTIME_DEFAULT"
  | "SIGNAL_SIGABRT"
  | "SIGNAL_SIGALRM"
  | "SIGNAL_SIGBUS"
  | "SIGNAL_SIGCHLD"
  | "SIGNAL_SIGCLD"
  | "SIGNAL_SIGCONT"
  | "SIGNAL_SIGFPE"
  | "SIGNAL_SIGHUP"
  | "SIGNAL_SIGILL"
  | "SIGNAL_SIGINT"
  | "SIGNAL_SIGIO"
  | "SIGNAL_SIGIOT"
  | "SIGNAL_SIGKILL"
  | "SIGNAL_SIGPIPE"
  | "SIGNAL_SIGPOLL"
  | "SIGNAL_SIGPROF"
  | "SIGNAL_SIGPWR"
  | "SIGNAL_SIGQUIT"
  | "SIGNAL_SIGRTMAX"
  | "SIGNAL_SIGRTMAXMINUS1"
  | "SIGNAL_SIGRTMAXMINUS10"
  | "SIGNAL_SIGRTMAXMINUS11"
  | "SIGNAL_SIGRTMAXMINUS12"
  | "SIGNAL_SIGRTMAXMINUS13"
  | "SIGNAL_SIGRTMAXMINUS14"
  | "SIGNAL_SIGRTMAXMINUS2"
  | "SIGNAL_SIGRTMAXMINUS3"
  | "SIGNAL_SIGRTMAXMINUS4"
  | "SIGNAL_SIGRTMAXMINUS5"
  | "SIGNAL_SIGRTMAXMINUS6"
  | "SIGNAL_SIGRTMAXMINUS7"
  | "SIGNAL_SIGRTMAXMINUS8"
  | "SIGNAL_SIGRTMAXMINUS9"
  | "SIGNAL_SIGRTMIN"
  | "SIGNAL_SIGRTMINPLUS1"
  | "SIGNAL_SIGRTMINPLUS10"
  | "SIGNAL_SIGRTMINPLUS11"
  | "SIGNAL_SIGRTMINPLUS12"
  | "SIGNAL_SIGRTMINPLUS13"
  | "SIGNAL_SIGRTMINPLUS14"
  | "SIGNAL_SIGRTMINPLUS15"
  | "SIGNAL_SIGRTMINPLUS2"
  | "SIGNAL_SIGRTMINPLUS3"
  | "SIGNAL_SIGRTMINPLUS4"
  | "SIGNAL_SIGRTMINPLUS5"
  | "SIGNAL_SIGRTMINPLUS6"
  | "SIGNAL_SIGRTMINPLUS7"
  | "SIGNAL_SIGRTMINPLUS8"
  | "SIGNAL_SIGRTMINPLUS9"
  | "SIGNAL_SIGSEGV"
  | "SIGNAL_SIGSTKFLT"
  | "SIGNAL_SIGSTOP"
  | "SIGNAL_SIGSYS"
  | "SIGNAL_SIGTERM"
  | "SIGNAL_SIGTRAP"
  | "SIGNAL_SIGTSTP"
  | "SIGNAL_SIGTTIN"
  | "SIGNAL_SIGTTOU"
  | "SIGNAL_SIGURG"
  | "SIGNAL_SIGUSR1"
  | "SIGNAL_SIGUSR2"
  | "SIGNAL_SIGVTALRM"
  | "SIGNAL_SIGWINCH"
  | "SIGNAL_SIGXCPU"
  | "SIGNAL_SIGXFSZ";

export interface StartContainerRequest {
  readonly containerId?: string | undefined;
}

export type StartContainerResponse = Readonly<Record<string, never>>;

export interface StatusRequest {
  readonly verbose?: boolean | undefined;
}

export interface StatusResponse {
  readonly features?: RuntimeFeatures | undefined;
  readonly info?: Readonly<Record<string, string>> | undefined;
  readonly runtimeHandlers?: readonly RuntimeHandler[] | undefined;
  readonly status?: RuntimeStatus | undefined;
}

export interface StopContainerRequest {
  readonly containerId?: string | undefined;
  readonly timeout?: number | undefined;
}

export type StopContainerResponse = Readonly<Record<string, never>>;

export interface StopPodSandboxRequest {
  readonly podSandboxId?: string | undefined;
}

export type StopPodSandboxResponse = Readonly<Record<string, never>>;

export interface StreamContainerStatsRequest {
  readonly filter?: ContainerStatsFilter | undefined;
}

export interface StreamContainerStatsResponse {
  readonly containerStats?: readonly ContainerStats[] | undefined;
}

export interface StreamContainersRequest {
  readonly filter?: ContainerFilter | undefined;
}

export interface StreamContainersResponse {
  readonly containers?: readonly Container[] | undefined;
}

export interface StreamImagesRequest {
  readonly filter?: ImageFilter | undefined;
}

export interface StreamImagesResponse {
  readonly images?: readonly Image[] | undefined;
}

export type StreamPodSandboxMetricsRequest = Readonly<Record<string, never>>;

export interface StreamPodSandboxMetricsResponse {
  readonly podSandboxMetrics?: readonly PodSandboxMetrics[] | undefined;
}

export interface StreamPodSandboxStatsRequest {
  readonly filter?: PodSandboxStatsFilter | undefined;
}

export interface StreamPodSandboxStatsResponse {
  readonly podSandboxStats?: readonly PodSandboxStats[] | undefined;
}

export interface StreamPodSandboxesRequest {
  readonly filter?: PodSandboxFilter | undefined;
}

export interface StreamPodSandboxesResponse {
  readonly podSandboxes?: readonly PodSandbox[] | undefined;
}

export type SupplementalGroupsPolicy = "Merge" | "Strict";

export interface SwapUsage {
  readonly swapAvailableBytes?: UInt64Value | undefined;
  readonly swapUsageBytes?: UInt64Value | undefined;
  readonly timestamp?: number | undefined;
}

export interface UInt64Value {
  readonly value?: number | undefined;
}

export interface UpdateContainerResourcesRequest {
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly containerId?: string | undefined;
  readonly linux?: LinuxContainerResources | undefined;
  readonly windows?: WindowsContainerResources | undefined;
}

export type UpdateContainerResourcesResponse = Readonly<Record<string, never>>;

export interface UpdatePodSandboxResourcesRequest {
  readonly overhead?: LinuxContainerResources | undefined;
  readonly podSandboxId?: string | undefined;
  readonly resources?: LinuxContainerResources | undefined;
}

export type UpdatePodSandboxResourcesResponse = Readonly<Record<string, never>>;

export interface UpdateRuntimeConfigRequest {
  readonly runtimeConfig?: RuntimeConfig | undefined;
}

export type UpdateRuntimeConfigResponse = Readonly<Record<string, never>>;

export interface UserNamespace {
  readonly gids?: readonly IDMapping[] | undefined;
  readonly mode?: NamespaceMode | undefined;
  readonly uids?: readonly IDMapping[] | undefined;
}

export interface VersionRequest {
  readonly version?: string | undefined;
}

export interface VersionResponse {
  readonly runtimeApiVersion?: string | undefined;
  readonly runtimeName?: string | undefined;
  readonly runtimeVersion?: string | undefined;
  readonly version?: string | undefined;
}

export interface WindowsContainerConfig {
  readonly resources?: WindowsContainerResources | undefined;
  readonly securityContext?: WindowsContainerSecurityContext | undefined;
}

export interface WindowsContainerResources {
  readonly affinityCpus?: readonly WindowsCpuGroupAffinity[] | undefined;
  readonly cpuCount?: number | undefined;
  readonly cpuMaximum?: number | undefined;
  readonly cpuShares?: number | undefined;
  readonly memoryLimitInBytes?: number | undefined;
  readonly rootfsSizeInBytes?: number | undefined;
}

export interface WindowsContainerSecurityContext {
  readonly credentialSpec?: string | undefined;
  readonly hostProcess?: boolean | undefined;
  readonly runAsUsername?: string | undefined;
}

export interface WindowsContainerStats {
  readonly attributes?: ContainerAttributes | undefined;
  readonly cpu?: WindowsCpuUsage | undefined;
  readonly memory?: WindowsMemoryUsage | undefined;
  readonly writableLayer?: WindowsFilesystemUsage | undefined;
}

export interface WindowsCpuGroupAffinity {
  readonly cpuGroup?: number | undefined;
  readonly cpuMask?: number | undefined;
}

export interface WindowsCpuUsage {
  readonly timestamp?: number | undefined;
  readonly usageCoreNanoSeconds?: UInt64Value | undefined;
  readonly usageNanoCores?: UInt64Value | undefined;
}

export interface WindowsFilesystemUsage {
  readonly fsId?: FilesystemIdentifier | undefined;
  readonly timestamp?: number | undefined;
  readonly usedBytes?: UInt64Value | undefined;
}

export interface WindowsMemoryUsage {
  readonly availableBytes?: UInt64Value | undefined;
  readonly commitMemoryBytes?: UInt64Value | undefined;
  readonly pageFaults?: UInt64Value | undefined;
  readonly timestamp?: number | undefined;
  readonly workingSetBytes?: UInt64Value | undefined;
}

export interface WindowsNamespaceOption {
  readonly network?: NamespaceMode | undefined;
}

export interface WindowsNetworkInterfaceUsage {
  readonly name?: string | undefined;
  readonly rxBytes?: UInt64Value | undefined;
  readonly rxPacketsDropped?: UInt64Value | undefined;
  readonly txBytes?: UInt64Value | undefined;
  readonly txPacketsDropped?: UInt64Value | undefined;
}

export interface WindowsNetworkUsage {
  readonly defaultInterface?: WindowsNetworkInterfaceUsage | undefined;
  readonly interfaces?: readonly WindowsNetworkInterfaceUsage[] | undefined;
  readonly timestamp?: number | undefined;
}

export interface WindowsPodSandboxConfig {
  readonly securityContext?: WindowsSandboxSecurityContext | undefined;
}

export interface WindowsPodSandboxStats {
  readonly containers?: readonly WindowsContainerStats[] | undefined;
  readonly cpu?: WindowsCpuUsage | undefined;
  readonly memory?: WindowsMemoryUsage | undefined;
  readonly network?: WindowsNetworkUsage | undefined;
  readonly process?: WindowsProcessUsage | undefined;
}

export interface WindowsProcessUsage {
  readonly processCount?: UInt64Value | undefined;
  readonly timestamp?: number | undefined;
}

export interface WindowsSandboxSecurityContext {
  readonly credentialSpec?: string | undefined;
  readonly hostProcess?: boolean | undefined;
  readonly namespaceOptions?: WindowsNamespaceOption | undefined;
  readonly runAsUsername?: string | undefined;
}
