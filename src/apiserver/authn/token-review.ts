import type { TokenReview } from "#api/authentication.k8s.io/v1/token-review.ts";
import type { AuthenticatorDeps } from "./authenticate.ts";
import { boundObjectsExist, userOfToken } from "./token-validity.ts";

/** Answers a TokenReview: whether the token in it is good for one of the audiences asked for, and whose it is. */
export function reviewToken(deps: AuthenticatorDeps, review: TokenReview): TokenReview {
  const { clock, caches, tokens } = deps;
  const { token = "", audiences } = review.spec;
  const wanted = audiences?.length ? audiences : tokens.apiAudiences;
  const claims = tokens.verify(token, wanted);
  if (claims === undefined || !boundObjectsExist(caches, claims, clock.now())) {
    return { ...review, status: { authenticated: false, error: "invalid bearer token" } };
  }
  const user = userOfToken(claims);
  return {
    ...review,
    status: {
      authenticated: true,
      user: { username: user.name, uid: user.uid, groups: user.groups, extra: user.extra },
      audiences: wanted.filter(audience => claims.aud.includes(audience)),
    },
  };
}
