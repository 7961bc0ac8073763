import type { Container } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import type * as cri from "#cri/protocol/messages.ts";
import { annotation, label } from "../pods/names.ts";
import { expand } from "./expansion.ts";
import { containerResources } from "./resources.ts";
import { podLabels } from "./sandbox-config.ts";
import { containerSecurity, type ImageUser } from "./security.ts";

export interface ContainerConfigInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly restartCount: number;
  readonly imageRef: string;
  readonly imageUser: ImageUser;
  readonly environment: ReadonlyMap<string, string>;
  readonly mounts: readonly cri.Mount[];
  readonly nodeMemoryBytes: number;
  /** Of the container whose process namespace an ephemeral container joins. */
  readonly targetId?: string | undefined;
}

/** What CRI is told of one run of a container. */
export function containerConfig(input: ContainerConfigInput): cri.ContainerConfig {
  const { pod, container, environment } = input;
  const lookup = (name: string) => environment.get(name);
  const security = containerSecurity(pod, container, input.imageUser);
  const target = input.targetId && {
    namespaceOptions: { ...security.namespaceOptions, pid: "TARGET" as const, targetId: input.targetId },
  };
  const encoder = new TextEncoder();
  return {
    metadata: { name: container.name, attempt: input.restartCount },
    image: { image: input.imageRef, userSpecifiedImage: container.image },
    command: (container.command ?? []).map(word => expand(word, lookup)),
    args: (container.args ?? []).map(word => expand(word, lookup)),
    workingDir: container.workingDir ?? "",
    envs: Array.from(environment, ([key, value]) => ({ key, value: encoder.encode(value) })),
    mounts: input.mounts,
    labels: { ...podLabels(pod), [label.containerName]: container.name },
    annotations: containerAnnotations(pod, container, input.restartCount),
    logPath: `${container.name}/${input.restartCount}.log`,
    stdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    tty: container.tty ?? false,
    linux: {
      resources: containerResources(pod, container, input.nodeMemoryBytes),
      securityContext: { ...security, ...target },
    },
  };
}

function containerAnnotations(pod: Pod, container: Container, restartCount: number): Record<string, string> {
  const grace = pod.spec.terminationGracePeriodSeconds;
  return {
    [annotation.hash]: containerHash(container),
    [annotation.restartCount]: String(restartCount),
    [annotation.terminationMessagePath]: container.terminationMessagePath ?? "",
    [annotation.terminationMessagePolicy]: container.terminationMessagePolicy ?? "File",
    ...(grace === undefined ? {} : { [annotation.terminationGracePeriod]: String(grace) }),
  };
}

/** Changes exactly when a running container has to be made anew: with its name or image. */
export function containerHash(container: Container): string {
  const text = `${container.name}\n${container.image ?? ""}`;
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash.toString(16);
}
