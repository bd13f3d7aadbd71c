// A real OpenID Connect issuer in a process of its own. Anybody may sign in there by typing a name; which groups a name is in comes
// from ISSUER_PEOPLE. Settings by environment; prints {"issuer":"http://127.0.0.1:PORT"} once it listens;
// with ISSUER_CERT and ISSUER_KEY over TLS, with ISSUER_SPLIT its tokens and keys come from a second port ("back").
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import Provider from "oidc-provider";

const {
  ISSUER_CLIENT_ID,
  ISSUER_CLIENT_SECRET,
  ISSUER_REDIRECT,
  ISSUER_PEOPLE,
  ISSUER_CERT,
  ISSUER_KEY,
  ISSUER_SPLIT,
} = process.env;
const people = JSON.parse(ISSUER_PEOPLE ?? "{}");
const scheme = ISSUER_CERT ? "https" : "http";

const answer = (request, response) => handler(request, response);
const open = () =>
  ISSUER_CERT
    ? createTlsServer({ cert: readFileSync(ISSUER_CERT), key: readFileSync(ISSUER_KEY) }, answer)
    : createServer(answer);
const listen = (server) =>
  new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve(`${scheme}://127.0.0.1:${server.address().port}`)),
  );
let handler = (_request, response) => response.writeHead(503).end();

/** As large issuers do it: tokens and keys under another origin than the issuer's own. */
function splitOrigins(own, back) {
  return (request, response) => {
    if (!request.url.startsWith("/.well-known/openid-configuration")) return own(request, response);
    const end = response.end.bind(response);
    response.end = (body) => {
      const known = JSON.parse(String(body));
      for (const field of ["token_endpoint", "jwks_uri"]) known[field] = `${back}${new URL(known[field]).pathname}`;
      const text = JSON.stringify(known);
      response.setHeader("content-length", Buffer.byteLength(text));
      return end(text);
    };
    return own(request, response);
  };
}

const server = open();
Promise.all([listen(server), ISSUER_SPLIT ? listen(open()) : null]).then(([issuer, back]) => {
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: ISSUER_CLIENT_ID,
        client_secret: ISSUER_CLIENT_SECRET,
        redirect_uris: [ISSUER_REDIRECT],
        response_types: ["code"],
        grant_types: ["authorization_code"],
        token_endpoint_auth_method: "client_secret_basic",
      },
    ],
    claims: { openid: ["sub"], profile: ["preferred_username", "groups"], email: ["email"] },
    features: { devInteractions: { enabled: true } },
    pkce: { required: () => true },
    cookies: { keys: ["of this process alone"] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: people[id]?.name ?? id, groups: people[id]?.groups ?? [] }),
    }),
  });
  handler = back === null ? provider.callback() : splitOrigins(provider.callback(), back);
  process.stdout.write(`${JSON.stringify({ issuer, back })}\n`);
});
// Ends with the process that started it.
process.stdin.resume().once("end", () => process.exit(0));
