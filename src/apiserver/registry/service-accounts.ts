import { tokenRequestType } from "#api/authentication.k8s.io/v1/token-request.ts";
import { type ServiceAccount, serviceAccounts } from "#api/core/v1/service-account.ts";
import { badRequest } from "#api/status.ts";
import { grantToken, type TokenRequestDeps } from "../authn/token-request.ts";
import { readTyped, respondTyped } from "../endpoints/review.ts";
import { admitSubresource } from "./admit-subresource.ts";
import type { Registry } from "./registry.ts";

/** POST serviceaccounts/<name>/token answers with a token that nothing stores. */
export function serviceAccountRegistry(deps: TokenRequestDeps): Registry<ServiceAccount> {
  return {
    definition: serviceAccounts,
    returnsDeletedObject: true,
    subresources: {
      async token({ exchange, store, representation }) {
        const request = await readTyped(exchange, tokenRequestType);
        const { namespace, name } = exchange.info;
        const said = request.metadata;
        if ((said.name && said.name !== name) || (said.namespace && said.namespace !== namespace)) {
          throw badRequest("the name or namespace of the token request does not match the one on the URL");
        }
        const { object } = await store.get({ namespace, name });
        await admitSubresource(store, exchange, request, exchange.query.has("dryRun"));
        return respondTyped(exchange, 201, tokenRequestType, grantToken(deps, object, request), representation);
      },
    },
  };
}
