import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Client } from "#client/client.ts";
import type { EventRecorder } from "#client/events.ts";
import type { ImageService, RuntimeService } from "#cri/services.ts";
import type { Recorder, Span } from "#journey/span.ts";
import type { KubeletHost } from "./host.ts";

/** All that a kubelet uses. Nothing is shared between kubelets but what the caller passes to both. */
export interface KubeletDeps {
  readonly client: Client;
  readonly runtime: RuntimeService;
  readonly images: ImageService;
  readonly host: KubeletHost;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly recorder: Recorder;
  readonly events: EventRecorder;
  /** The process's spans, for `/journey`; without it that path is not found. */
  readonly spans?: SpanSource;
  /** Whether a user may use this path of the kubelet's API; by default the API server is asked. */
  readonly authorize?: (user: KubeletUser, verb: string, path: string) => Promise<boolean>;
}

export interface SpanSource {
  readonly position: number;
  since(position: number): readonly Span[];
}

export interface KubeletUser {
  readonly name: string;
  readonly groups: readonly string[];
}
