interface AnyCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string | undefined;
}

/** The condition of that type in any list of conditions. */
export function findCondition<C extends { readonly type: string }>(
  conditions: readonly C[] | undefined,
  type: string,
): C | undefined {
  return conditions?.find(condition => condition.type === type);
}

/** Since when a condition has its status: what it said before when that was the same, else `now`. */
export function transitionTime(known: AnyCondition | undefined, status: string, now: string): string {
  return (known?.status === status && known.lastTransitionTime) || now;
}
