import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { AuthSettings, OidcSettings } from "../../server/auth-settings.ts";
import { getStore } from "../../server/store/client.ts";
import { createTestDatabase, type TestDatabase } from "../../server/testing/database.ts";
import { type Issuer, startIssuer } from "../../server/testing/issuer.ts";
import { GET as finish } from "./auth/oidc/callback/route.ts";
import { GET as begin } from "./auth/oidc/route.ts";

vi.hoisted(() => {
  process.env.SLUICE_LOG_LEVEL = "silent";
});

const PUBLIC = "http://localhost:3000";
const tls = (name: string) => fileURLToPath(new URL(`../../server/demo/tls/demo-only-${name}`, import.meta.url));
const CA_FILE = tls("ca.pem");
const FAILED = "/login?error=issuer";
let database: TestDatabase;
let issuer: Issuer;
let directory: string;

/** An issuer with a certificate of a private authority, whose tokens and keys are at another origin. */
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  directory = mkdtempSync(join(tmpdir(), "sluice-issuers-"));
  writeFileSync(join(directory, "secret"), "a-secret-of-this-test");
  issuer = await startIssuer({
    clientId: "sluice",
    clientSecret: "a-secret-of-this-test",
    redirectUri: `${PUBLIC}/api/auth/oidc/callback`,
    people: { "id-1": { name: "ada", groups: ["platform"] } },
    tls: { certFile: tls("server.pem"), keyFile: tls("server.key"), caFile: CA_FILE },
    hasBackOrigin: true,
  });
});
afterAll(async () => {
  delete process.env.SLUICE_AUTH;
  await issuer?.stop();
  rmSync(directory, { recursive: true, force: true });
  await getStore().close();
  await database.drop();
});

function setAuth(oidc: Pick<OidcSettings, "caFile" | "origins">): void {
  const settings: AuthSettings = {
    publicUrl: PUBLIC,
    hasLocal: false,
    oidc: {
      issuer: issuer.url,
      clientId: "sluice",
      clientSecretFile: join(directory, "secret"),
      outboundCIDRs: [],
      scopes: ["profile"],
      nameClaim: null,
      groupsClaim: "groups",
      label: null,
      ...oidc,
    },
    proxy: null,
    groups: [{ group: "platform", roles: ["admin"], clusters: "all", teams: "all" }],
    trustedProxies: [],
    sessionIdleSeconds: 3600,
    sessionSeconds: 7200,
  };
  process.env.SLUICE_AUTH = JSON.stringify(settings);
}

const ask = (handler: (request: Request) => Promise<Response>, url: string, cookie = "") =>
  handler(new Request(url, { headers: { host: "localhost:3000", cookie } }));
const cookieOf = (response: Response, name: string) =>
  response.headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith(`${name}=`))
    ?.split(";")[0];

async function leave() {
  const response = await ask(begin, `${PUBLIC}/api/auth/oidc?next=%2F`);
  return { location: response.headers.get("location") ?? "", flow: cookieOf(response, "sluice_oidc") ?? "" };
}

it("does not go to an issuer whose certificate nobody it trusts has signed", async () => {
  setAuth({ caFile: null, origins: [issuer.backUrl ?? ""] });
  expect((await leave()).location).toBe(FAILED);
});

it("trusts the authority in caFile, but takes no tokens from an origin that is not listed", async () => {
  expect(issuer.backUrl).not.toBe(null);
  setAuth({ caFile: CA_FILE, origins: [] });
  const { location, flow } = await leave();
  expect(location.startsWith(issuer.url)).toBe(true);
  const back = await ask(finish, (await issuer.signIn(location, "id-1")).href, flow);
  expect(back.headers.get("location")).toMatch(/^\/login\?error=issuer/);
  expect(cookieOf(back, "sluice_session")).toBeUndefined();
});

it("signs in with both: the authority in caFile, the origin of tokens and keys in origins", async () => {
  setAuth({ caFile: CA_FILE, origins: [issuer.backUrl ?? ""] });
  const { location, flow } = await leave();
  const back = await ask(finish, (await issuer.signIn(location, "id-1")).href, flow);
  expect(back.headers.get("location")).toBe("/");
  expect(cookieOf(back, "sluice_session")).toMatch(/^sluice_session=[\w-]{43}$/);
});
