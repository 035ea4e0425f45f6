// A certified OpenID provider (oidc-provider) that plays Pro Santé Connect on loopback, for the tests.
// Usage: node provider.mjs CONFIG.json   where CONFIG is {"clients": […], "people": {id: userinfo claims}, "seconds": life of an access token}
// It prints its address. Beside the protocol: POST /control/rotate renews its keys, GET /interaction/<uid>?person=<id> signs somebody in.
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

URL.parse ??= (text, base) => { try { return new URL(text, base); } catch { return null; } }; // Debian's Node is 18

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const DISCOVERY = "/.well-known/wallet-openid-configuration";
let generation = 0, provider = null, issuer = "";

function key(type, options, alg) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg, kid: `${alg}-${generation}` };
}

function renew() {
  generation += 1;
  const jwks = { keys: [key("rsa", { modulusLength: 2048 }, "RS256"), key("ec", { namedCurve: "P-256" }, "ES256")] };
  provider = new Provider(issuer, {
    jwks,
    clients: config.clients,
    acrValues: ["eidas1"],
    scopes: ["openid", "scope_all", "offline_access"],
    claims: { openid: ["sub"], acr: null, scope_all: [...new Set(Object.values(config.people).flatMap(Object.keys))] },
    conformIdTokenClaims: true,
    responseTypes: ["code"],
    pkce: { required: () => true },
    clientAuthMethods: ["client_secret_post", "client_secret_basic", "private_key_jwt"],
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    cookies: { keys: ["a-key-of-the-tests"] },
    ttl: { AccessToken: config.seconds ?? 120, IdToken: 120, AuthorizationCode: 60, Session: 3600, Grant: 3600, RefreshToken: 1800, Interaction: 600 },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      jwtUserinfo: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, id) => config.people[id] && { accountId: id, claims: () => ({ ...config.people[id], sub: id }) },
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope("openid scope_all");
      await grant.save();
      return grant;
    },
  });
  provider.on("server_error", (_ctx, error) => console.error(error));
}

async function choose(request, response, url) {
  const person = url.searchParams.get("person");
  if (!config.people[person]) {
    const rows = Object.keys(config.people).map((id) => `<li><a href="?person=${id}">${id}</a></li>`).join("");
    return response.setHeader("Content-Type", "text/html; charset=utf-8").end(`<ul>${rows}</ul>`);
  }
  return provider.interactionFinished(request, response, { login: { accountId: person, acr: "eidas1", amr: ["mfa"] } });
}

const server = createServer((request, response) => {
  const url = new URL(request.url, issuer);
  if (url.pathname === "/control/rotate") { renew(); return response.end(); }
  if (url.pathname.startsWith("/interaction/")) return choose(request, response, url);
  if (url.pathname === DISCOVERY) request.url = "/.well-known/openid-configuration";
  return provider.callback()(request, response);
});
server.listen(0, "127.0.0.1", () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  renew();
  console.log(issuer);
});
