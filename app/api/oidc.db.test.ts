import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { AuthSettings, OidcSettings } from "#server/auth-settings.ts";
import { Session } from "#server/contract/auth.ts";
import { createLogger } from "#server/log.ts";
import { getStore } from "#server/store/client.ts";
import { createTestDatabase, type TestDatabase } from "#server/testing/database.ts";
import { type Issuer, startIssuer } from "#server/testing/issuer.ts";
import { GET as finish } from "./auth/oidc/callback/route.ts";
import { GET as begin } from "./auth/oidc/route.ts";
import { GET as session } from "./v1/session/route.ts";

vi.hoisted(() => {
  process.env.SLUICE_LOG_LEVEL = "silent";
});

const PUBLIC = "http://localhost:3000";
const CALLBACK = `${PUBLIC}/api/auth/oidc/callback`;
const SECRET = "planted-client-secret-4711";
let database: TestDatabase;
let issuer: Issuer;
let directory: string;

function setAuth(oidc: Partial<OidcSettings> = {}): void {
  const settings: AuthSettings = {
    publicUrl: PUBLIC,
    hasLocal: false,
    oidc: {
      issuer: issuer.url,
      clientId: "sluice",
      clientSecretFile: join(directory, "secret"),
      caFile: null,
      origins: [],
      outboundCIDRs: [],
      scopes: ["profile"],
      nameClaim: null,
      groupsClaim: "groups",
      label: null,
      ...oidc,
    },
    proxy: null,
    groups: [
      { group: "platform", roles: ["admin"], clusters: "all", teams: "all" },
      { group: "shop", roles: ["viewer"], clusters: ["prod-eu"], teams: ["shop"] },
    ],
    trustedProxies: [],
    sessionIdleSeconds: 3600,
    sessionSeconds: 7200,
  };
  process.env.SLUICE_AUTH = JSON.stringify(settings);
}

beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  directory = mkdtempSync(join(tmpdir(), "sluice-oidc-"));
  writeFileSync(join(directory, "secret"), `${SECRET}\n`);
  issuer = await startIssuer({
    clientId: "sluice",
    clientSecret: SECRET,
    redirectUri: CALLBACK,
    people: {
      "id-1": { name: "ada", groups: ["shop", "everyone"] },
      "id-2": { name: "bob", groups: ["everyone"] },
      "id-3": { name: "ada", groups: ["platform"] },
      "id-4": { name: "loopback", groups: ["platform"] },
    },
  });
  setAuth();
});
afterAll(async () => {
  delete process.env.SLUICE_AUTH;
  await issuer?.stop();
  rmSync(directory, { recursive: true, force: true });
  await getStore().close();
  await database.drop();
});

const ask = (handler: (request: Request) => Promise<Response>, url: string, cookie = "") =>
  handler(new Request(url, { headers: { host: "localhost:3000", cookie } }));
const cookiesOf = (response: Response) =>
  Object.fromEntries(
    response.headers.getSetCookie().map((cookie): [string, string] => {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      return [name, value];
    }),
  );
async function leave(next = "/cost") {
  const response = await ask(begin, `${PUBLIC}/api/auth/oidc?next=${encodeURIComponent(next)}`);
  return { location: response.headers.get("location") ?? "", flow: cookiesOf(response).sluice_oidc ?? "" };
}
/** Through the issuer and back, as `login`. */
async function signIn(login: string) {
  const { location, flow } = await leave();
  const back = await issuer.signIn(location, login);
  return ask(finish, back.href, `sluice_oidc=${flow}`);
}
async function viewerOf(response: Response) {
  const cookie = `sluice_session=${cookiesOf(response).sluice_session}`;
  const request = new Request(`${PUBLIC}/api/v1/session`, { headers: { host: "localhost:3000", cookie } });
  return Session.parse(await (await session(request, { params: Promise.resolve({}) })).json()).viewer;
}

describe("signing in through a real issuer", () => {
  it("leaves with state, nonce and a PKCE challenge, and nothing of them in the open", async () => {
    const { location, flow } = await leave();
    const query = new URL(location).searchParams;
    expect(Object.fromEntries(query)).toMatchObject({
      client_id: "sluice",
      redirect_uri: CALLBACK,
      response_type: "code",
      scope: "openid profile",
      code_challenge_method: "S256",
    });
    const kept = JSON.parse(Buffer.from(flow, "base64url").toString("utf8"));
    expect(query.get("state")).toBe(kept.state);
    expect(location).not.toContain(kept.verifier);
    expect(location).not.toContain(SECRET);
  });
  it("brings a person whose groups give role and scope", async () => {
    const response = await signIn("id-1");
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe("/cost");
    expect(await viewerOf(response)).toMatchObject({
      name: "ada",
      via: "session",
      roles: ["viewer"],
      clusters: ["prod-eu"],
      teams: ["shop"],
      rights: ["read"],
    });
  });
  it("keeps two people of one name apart, and names that mean something here", async () => {
    expect((await viewerOf(await signIn("id-3")))?.name).toMatch(/^ada [0-9a-f]{6}$/);
    expect((await viewerOf(await signIn("id-1")))?.name).toBe("ada");
    expect((await viewerOf(await signIn("id-4")))?.name).toBe("loopback_");
    const { rows } = await getStore().pool.query("SELECT count(*)::int AS n FROM app_user");
    expect(rows).toEqual([{ n: 3 }]);
  });
  it("lets nobody in whose groups give nothing, and writes that down", async () => {
    const response = await signIn("id-2");
    expect(response.headers.get("location")).toBe("/login?error=no-role");
    expect(cookiesOf(response).sluice_session).toBeUndefined();
    const { rows } = await getStore().pool.query(
      "SELECT actor, detail FROM audit_event WHERE event = 'sign-in.refused'",
    );
    expect(rows).toEqual([{ actor: "bob", detail: { reason: "no-group" } }]);
  });
  it("takes a code once, with its own state, from the browser that left", async () => {
    const { location, flow } = await leave();
    const back = await issuer.signIn(location, "id-1");
    const other = await leave();
    for (const cookie of ["", `sluice_oidc=${other.flow}`, "sluice_oidc=AAAA"]) {
      const refused = await ask(finish, back.href, cookie);
      expect(refused.headers.get("location")).toBe("/login?error=issuer-refused");
      expect(cookiesOf(refused).sluice_session).toBeUndefined();
    }
    expect(cookiesOf(await ask(finish, back.href, `sluice_oidc=${flow}`)).sluice_session).toMatch(/^[\w-]{43}$/);
    const again = await ask(finish, back.href, `sluice_oidc=${flow}`);
    expect(again.headers.get("location")).toBe("/login?error=issuer-refused");
  });
  it("refuses another nonce, another verifier and a flow that is too old", async () => {
    for (const change of [{ nonce: "n".repeat(43) }, { verifier: "v".repeat(43) }, { until: Date.now() - 1 }]) {
      const { location, flow } = await leave();
      const back = await issuer.signIn(location, "id-1");
      const kept = JSON.parse(Buffer.from(flow, "base64url").toString("utf8"));
      const forged = Buffer.from(JSON.stringify({ ...kept, ...change })).toString("base64url");
      const refused = await ask(finish, back.href, `sluice_oidc=${forged}`);
      expect([Object.keys(change), refused.headers.get("location")]).toEqual([
        Object.keys(change),
        "/login?error=issuer-refused",
      ]);
    }
  });
  it("says so when the person gives up there", async () => {
    const { location, flow } = await leave();
    const state = new URL(location).searchParams.get("state");
    const url = `${CALLBACK}?error=access_denied&state=${state}&iss=${encodeURIComponent(issuer.url)}`;
    expect((await ask(finish, url, `sluice_oidc=${flow}`)).headers.get("location")).toBe("/login?error=issuer-refused");
    const { rows } = await getStore().pool.query(
      "SELECT detail FROM audit_event WHERE event = 'sign-in.failed' ORDER BY id DESC LIMIT 1",
    );
    expect(rows).toEqual([{ detail: { reason: "issuer-said-access_denied" } }]);
  });
  it("ends what a changed table of groups no longer gives, without signing in again", async () => {
    const response = await signIn("id-1");
    const settings = JSON.parse(process.env.SLUICE_AUTH ?? "{}");
    process.env.SLUICE_AUTH = JSON.stringify({ ...settings, groups: [] });
    expect(await viewerOf(response)).toBeNull();
    setAuth();
    expect((await viewerOf(response))?.roles).toEqual(["viewer"]);
  });
  it("asks no other host than the issuer's, and tells when it does not answer", async () => {
    setAuth({ issuer: "http://127.0.0.1:9" });
    expect((await leave()).location).toBe("/login?error=issuer&next=%2Fcost");
    setAuth();
  });
  it("leaves no trace of the client secret, in the database or in the log", async () => {
    const { pool } = getStore();
    for (const table of ["app_user", "user_session", "audit_event", "password_link", "sign_in_throttle"]) {
      const { rows } = await pool.query(`SELECT t::text AS row FROM ${table} t`);
      expect(JSON.stringify(rows)).not.toContain(SECRET);
    }
    const lines: string[] = [];
    const log = createLogger({ target: { write: (line) => lines.push(line) } });
    log.warn({ clientSecret: SECRET, err: Object.assign(new Error("x"), { client_secret: SECRET }) }, "planted");
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain(SECRET);
  });
});
