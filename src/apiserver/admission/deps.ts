import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import type { ClusterAuthorizer } from "../authz/authorizer.ts";
import type { Caches } from "../authz/caches.ts";

/** What admission plugins decide with. */
export interface AdmissionDeps {
  readonly caches: Caches;
  readonly clock: Clock;
  readonly random: Random;
  readonly authorizer: ClusterAuthorizer;
}
