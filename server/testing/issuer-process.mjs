// A real OpenID Connect issuer in a process of its own. Anybody may sign in there by typing a name; which groups a name is in comes
// from ISSUER_PEOPLE. Settings by environment; prints {"issuer":"http://127.0.0.1:PORT"} once it listens.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const { ISSUER_CLIENT_ID, ISSUER_CLIENT_SECRET, ISSUER_REDIRECT, ISSUER_PEOPLE } = process.env;
const people = JSON.parse(ISSUER_PEOPLE ?? "{}");

const server = createServer((request, response) => handler(request, response));
let handler = (_request, response) => response.writeHead(503).end();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
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
  handler = provider.callback();
  process.stdout.write(`${JSON.stringify({ issuer })}\n`);
});
// Ends with the process that started it.
process.stdin.resume().once("end", () => process.exit(0));
