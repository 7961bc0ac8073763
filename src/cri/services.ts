import type * as cri from "./protocol/messages.ts";

/**
 * The two services of CRI v1 as the kubelet calls them. Implementations: `cri/grpc/client.ts` (any runtime over a unix
 * socket), `cri/linux` (ours, behind `cri/grpc/server.ts`), `simulation/runtime` (in memory). One suite runs over all.
 *
 * Each call answers what `api.proto` says of it; errors are {@link CriError}. `context.cause` crosses gRPC as metadata
 * (`traceparent`, `baggage`), so that the runtime's spans belong to the write that led to the call.
 */
export interface RuntimeService {
  version(request: cri.VersionRequest, context: CallContext): Promise<cri.VersionResponse>;
  status(request: cri.StatusRequest, context: CallContext): Promise<cri.StatusResponse>;
  runPodSandbox(request: cri.RunPodSandboxRequest, context: CallContext): Promise<cri.RunPodSandboxResponse>;
  stopPodSandbox(request: cri.StopPodSandboxRequest, context: CallContext): Promise<cri.StopPodSandboxResponse>;
  removePodSandbox(request: cri.RemovePodSandboxRequest, context: CallContext): Promise<cri.RemovePodSandboxResponse>;
  podSandboxStatus(request: cri.PodSandboxStatusRequest, context: CallContext): Promise<cri.PodSandboxStatusResponse>;
  listPodSandbox(request: cri.ListPodSandboxRequest, context: CallContext): Promise<cri.ListPodSandboxResponse>;
  createContainer(request: cri.CreateContainerRequest, context: CallContext): Promise<cri.CreateContainerResponse>;
  startContainer(request: cri.StartContainerRequest, context: CallContext): Promise<cri.StartContainerResponse>;
  stopContainer(request: cri.StopContainerRequest, context: CallContext): Promise<cri.StopContainerResponse>;
  removeContainer(request: cri.RemoveContainerRequest, context: CallContext): Promise<cri.RemoveContainerResponse>;
  listContainers(request: cri.ListContainersRequest, context: CallContext): Promise<cri.ListContainersResponse>;
  containerStatus(request: cri.ContainerStatusRequest, context: CallContext): Promise<cri.ContainerStatusResponse>;
  updateContainerResources(
    request: cri.UpdateContainerResourcesRequest,
    context: CallContext,
  ): Promise<cri.UpdateContainerResourcesResponse>;
  reopenContainerLog(
    request: cri.ReopenContainerLogRequest,
    context: CallContext,
  ): Promise<cri.ReopenContainerLogResponse>;
  execSync(request: cri.ExecSyncRequest, context: CallContext): Promise<cri.ExecSyncResponse>;
  /** The answer's URL is a one-time address of the runtime's streaming server (WebSocket and SPDY). */
  exec(request: cri.ExecRequest, context: CallContext): Promise<cri.ExecResponse>;
  attach(request: cri.AttachRequest, context: CallContext): Promise<cri.AttachResponse>;
  portForward(request: cri.PortForwardRequest, context: CallContext): Promise<cri.PortForwardResponse>;
  containerStats(request: cri.ContainerStatsRequest, context: CallContext): Promise<cri.ContainerStatsResponse>;
  listContainerStats(
    request: cri.ListContainerStatsRequest,
    context: CallContext,
  ): Promise<cri.ListContainerStatsResponse>;
  podSandboxStats(request: cri.PodSandboxStatsRequest, context: CallContext): Promise<cri.PodSandboxStatsResponse>;
  listPodSandboxStats(
    request: cri.ListPodSandboxStatsRequest,
    context: CallContext,
  ): Promise<cri.ListPodSandboxStatsResponse>;
  updateRuntimeConfig(
    request: cri.UpdateRuntimeConfigRequest,
    context: CallContext,
  ): Promise<cri.UpdateRuntimeConfigResponse>;
  runtimeConfig(request: cri.RuntimeConfigRequest, context: CallContext): Promise<cri.RuntimeConfigResponse>;
  /** Started, stopped, deleted: the kubelet's evented PLEG. Ends when the signal aborts or the runtime goes away. */
  getContainerEvents(request: cri.GetEventsRequest, context: CallContext): AsyncIterable<cri.ContainerEventResponse>;
}

export interface ImageService {
  listImages(request: cri.ListImagesRequest, context: CallContext): Promise<cri.ListImagesResponse>;
  imageStatus(request: cri.ImageStatusRequest, context: CallContext): Promise<cri.ImageStatusResponse>;
  pullImage(request: cri.PullImageRequest, context: CallContext): Promise<cri.PullImageResponse>;
  removeImage(request: cri.RemoveImageRequest, context: CallContext): Promise<cri.RemoveImageResponse>;
  imageFsInfo(request: cri.ImageFsInfoRequest, context: CallContext): Promise<cri.ImageFsInfoResponse>;
}

export interface CallContext {
  readonly cause?: import("#base/cause.ts").Cause;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** gRPC status codes that CRI callers tell apart. */
export type CriErrorCode =
  | "NotFound"
  | "AlreadyExists"
  | "InvalidArgument"
  | "FailedPrecondition"
  | "ResourceExhausted"
  | "DeadlineExceeded"
  | "Cancelled"
  | "Unimplemented"
  | "Unavailable"
  | "Unknown";

export class CriError extends Error {
  override readonly name = "CriError";
  readonly code: CriErrorCode;
  constructor(code: CriErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export function isCriNotFound(error: unknown): error is CriError {
  return error instanceof CriError && error.code === "NotFound";
}

export function isCriDeadlineExceeded(error: unknown): error is CriError {
  return error instanceof CriError && error.code === "DeadlineExceeded";
}
