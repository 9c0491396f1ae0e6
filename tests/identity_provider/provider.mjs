// A real OpenID Connect provider for tests: a client of its own for each machine, and people who log in by name.
// node provider.mjs AUDIENCE   prints "Issuer http://127.0.0.1:PORT" and serves until it is ended.

import { createServer } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

const audience = process.argv[2];

// who is who: the claims that an access token carries, by account or by client
const claims = {
  "signatory": { roles: ["provider_signatory"], practice_agb: "04001234", person_id: "p1", certificate_serial: "serial-1" },
  "officer": { roles: ["officer"], purchaser: "caresq", name: "O. Inkoper" },
  "claims-system": { roles: ["claims_system"], purchaser: "caresq" },
};

async function key(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: "sig", kid: `${alg}-1` };
}

const server = createServer();
server.listen(0, "127.0.0.1", async () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    jwks: { keys: [await key("RS256"), await key("ES256")] },
    cookies: { keys: ["only for tests"] },
    clients: [
      {
        client_id: "portal",
        token_endpoint_auth_method: "none",
        redirect_uris: ["https://portal.example/callback"],
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
      {
        client_id: "claims-system",
        client_secret: "only for tests",
        redirect_uris: [],
        grant_types: ["client_credentials"],
        response_types: [],
      },
    ],
    pkce: { required: () => true },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, _resource, client) => ({
          scope: "contractspoor",
          audience,
          accessTokenTTL: 300,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: client.clientId === "portal" ? "RS256" : "ES256" } },
        }),
      },
    },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    extraTokenClaims: (_ctx, token) => claims[token.accountId ?? token.clientId] ?? {},
  });
  server.on("request", provider.callback());
  console.log(`Issuer ${issuer}`);
});
