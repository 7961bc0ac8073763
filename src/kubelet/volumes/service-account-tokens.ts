import { type TokenRequest, tokenRequestType } from "#api/authentication.k8s.io/v1/token-request.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import type { ServiceAccountTokenProjection } from "#api/core/v1/projected-volume-sources.ts";
import { serviceAccounts } from "#api/core/v1/service-account.ts";
import { type Clock, parseTime } from "#base/clock.ts";
import type { Client } from "#client/client.ts";

export interface TokenSource {
  /** A token bound to the pod; the same one until four fifths of its life are over. */
  token(pod: Pod, projection: ServiceAccountTokenProjection): Promise<string>;
}

interface Held {
  readonly token: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

const defaultSeconds = 3600;
const oldestMs = 24 * 3_600_000;

export class ServiceAccountTokens implements TokenSource {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #held = new Map<string, Map<string, Held>>();

  constructor(deps: { readonly client: Client; readonly clock: Clock }) {
    this.#client = deps.client;
    this.#clock = deps.clock;
  }

  async token(
    pod: Pod,
    { audience = "", expirationSeconds = defaultSeconds }: ServiceAccountTokenProjection,
  ): Promise<string> {
    const uid = pod.metadata.uid ?? "";
    const key = `${audience}/${expirationSeconds}`;
    const held = this.#held.get(uid)?.get(key);
    if (held !== undefined && !this.#isStale(held)) return held.token;
    const fresh = await this.#request(pod, audience, expirationSeconds);
    const ofPod = this.#held.get(uid) ?? new Map<string, Held>();
    this.#held.set(uid, ofPod.set(key, fresh));
    return fresh.token;
  }

  /** True when one of the pod's tokens is to be replaced. */
  isDue(podUid: string): boolean {
    return [...(this.#held.get(podUid)?.values() ?? [])].some(held => this.#isStale(held));
  }

  forget(podUid: string): void {
    this.#held.delete(podUid);
  }

  #isStale({ issuedAtMs, expiresAtMs }: Held): boolean {
    const age = this.#clock.now() - issuedAtMs;
    return age > (expiresAtMs - issuedAtMs) * 0.8 || age > oldestMs;
  }

  async #request(pod: Pod, audience: string, expirationSeconds: number): Promise<Held> {
    const { name, namespace, uid } = pod.metadata;
    const account = pod.spec.serviceAccountName || "default";
    const issuedAtMs = this.#clock.now();
    const answer = await this.#client.createSubresource<TokenRequest, TokenRequest>(
      serviceAccounts,
      { namespace, name: account },
      "token",
      tokenRequestType,
      {
        metadata: {},
        spec: {
          audiences: audience === "" ? [] : [audience],
          expirationSeconds,
          boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid },
        },
      },
    );
    const token = answer.status?.token ?? "";
    return { token, issuedAtMs, expiresAtMs: parseTime(answer.status?.expirationTimestamp ?? "") };
  }
}
