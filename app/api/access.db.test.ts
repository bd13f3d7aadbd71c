import { randomBytes, scryptSync } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { AuthSettings } from "#server/auth-settings.ts";
import { prepareSignIn } from "#server/command/prepare-sign-in.ts";
import { OPERATIONS } from "#server/contract/api.ts";
import { Session } from "#server/contract/auth.ts";
import { Problem } from "#server/contract/problem.ts";
import { mayDo, rightOf } from "#server/contract/rights.ts";
import { TokenChange } from "#server/contract/tokens.ts";
import { UserChange, UserList } from "#server/contract/users.ts";
import type { Role } from "#server/contract/viewer.ts";
import { markPeer, PEER_HEADER } from "#server/http/peer.ts";
import { getStore } from "#server/store/client.ts";
import { createTestDatabase, type TestDatabase } from "#server/testing/database.ts";
import { storeCluster } from "#server/testing/fleet.ts";

vi.hoisted(() => {
  process.env.SLUICE_LOG_LEVEL = "silent";
});

const SETTINGS: AuthSettings = {
  publicUrl: null,
  hasLocal: true,
  oidc: null,
  proxy: { from: ["10.1.0.0/16"], userHeader: "X-Forwarded-User", groupsHeader: "X-Forwarded-Groups" },
  groups: [
    { group: "ops", roles: ["operator"], clusters: "all", teams: "all" },
    { group: "shop", roles: ["viewer"], clusters: "all", teams: ["shop"] },
  ],
  trustedProxies: ["10.2.0.1"],
  sessionIdleSeconds: 3600,
  sessionSeconds: 7200,
};
const PASSWORD = "correct horse battery";
/** A hash as people bring it in sluice.yaml, with little work in it: here passwords are checked by the dozen. */
function hashPassword(password: string): string {
  const salt = randomBytes(16);
  const key = scryptSync(password, salt, 32, { N: 2 ** 10, r: 8, p: 1 });
  return `scrypt$10$8$1$${salt.toString("base64url")}$${key.toString("base64url")}`;
}
const setAuth = (settings: Partial<AuthSettings> | null) => {
  if (settings === null) delete process.env.SLUICE_AUTH;
  else process.env.SLUICE_AUTH = JSON.stringify({ ...SETTINGS, ...settings });
};

type Handler = (
  request: Request,
  context: { readonly params: Promise<Readonly<Record<string, string>>> },
) => Promise<Response>;
const routes: { readonly path: string; readonly method: string; readonly handler: Handler }[] = [];
for (const entry of readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })) {
  if (!entry.endsWith("route.ts") || entry.startsWith("[...path]")) continue;
  const file = pathToFileURL(join(import.meta.dirname, entry)).href;
  const module: Record<string, Handler> = await import(/* @vite-ignore */ file);
  const path = `/api/${entry.replace(/\/route\.ts$/, "").replaceAll(/\[(\w+)\]/g, "{$1}")}`;
  for (const [method, handler] of Object.entries(module)) routes.push({ path, method, handler });
}
type Call = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly search?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly from?: string;
};

function handlerOf(method: string, path: string): Handler {
  const found = routes.find((route) => route.method === method && route.path === path);
  if (found === undefined) throw new Error(`no route ${method} ${path}`);
  return found.handler;
}
function call(method: string, path: string, { headers = {}, body, form, search = "", params = {}, from }: Call = {}) {
  const text =
    form === undefined ? (body === undefined ? undefined : JSON.stringify(body)) : String(new URLSearchParams(form));
  const request = new Request(`http://localhost:3000${path.replaceAll(/[{}]/g, "")}${search}`, {
    method,
    headers: {
      host: "localhost:3000",
      [PEER_HEADER]: markPeer(from ?? "192.0.2.7"),
      ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });
  return handlerOf(method, path)(request, { params: Promise.resolve(params) });
}
const problemOf = async (response: Response) => Problem.parse(await response.json());
const signIn = (name: string, password: string, rest: Omit<Call, "form"> & { next?: string } = {}) =>
  call("POST", "/api/auth/local", { ...rest, form: { name, password, next: rest.next ?? "/" } });
const cookieOf = (response: Response): string => /^[^;]*/.exec(response.headers.get("set-cookie") ?? "")?.[0] ?? "";
async function signedIn(name: string, password = PASSWORD, from?: string): Promise<string> {
  const response = await signIn(name, password, from === undefined ? {} : { from });
  expect(response.headers.get("location")).toBe("/");
  return cookieOf(response);
}
const sessionOf = async (headers: Readonly<Record<string, string>>, from?: string) =>
  Session.parse(
    await (await call("GET", "/api/v1/session", { headers, ...(from === undefined ? {} : { from }) })).json(),
  );

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  const { pool } = getStore();
  const teams = ["shop", "zorro"].map((team) => ({ team, namespace: `${team}-space`, podCount: 2 }));
  await storeCluster(pool, { name: "prod-eu", teams }, new Date(Date.now() - 20_000));
  setAuth({});
  const passwordHash = hashPassword(PASSWORD);
  const user = (name: string, roles: Role[], teams: "all" | string[] = "all") => ({
    name,
    passwordHash,
    roles,
    clusters: "all" as const,
    teams,
  });
  const users = [
    user("root", ["admin"]),
    user("reader", ["viewer"]),
    user("operator", ["operator"]),
    user("money", ["finance"]),
    user("shopper", ["viewer"], ["shop"]),
    user("part-admin", ["admin"], ["shop"]),
  ];
  expect(await prepareSignIn(pool, SETTINGS, users)).toBeNull();
});
afterEach(() => setAuth({}));
afterAll(async () => {
  setAuth(null);
  await getStore().close();
  await database.drop();
});

describe("without auth", () => {
  it("the loopback interface may do everything, and nothing but loopback", async () => {
    setAuth(null);
    expect((await sessionOf({})).viewer).toMatchObject({ name: "loopback", via: "loopback" });
    process.env.HOST = "0.0.0.0";
    try {
      expect(await problemOf(await call("GET", "/api/v1/clusters"))).toMatchObject({
        status: 401,
        code: "unauthenticated",
      });
      expect((await sessionOf({})).viewer).toBeNull();
    } finally {
      delete process.env.HOST;
    }
  });
  it("a text that this program did not write opens nothing", async () => {
    process.env.SLUICE_AUTH = '{"hasLocal":false}';
    expect((await call("GET", "/api/v1/clusters")).status).toBe(500);
  });
});

describe("a stranger", () => {
  const open = new Set(["getHealth", "getReadiness", "getSession"]);
  it.each(OPERATIONS.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
    "%s: 401, but for probes and the question who one is",
    async (_name, { id, method, path }) => {
      const response = await call(method, path, method === "GET" ? {} : { body: {} });
      if (open.has(id)) return expect([200, 503]).toContain(response.status);
      const problem = await problemOf(response);
      expect(problem).toMatchObject({ status: 401, code: "unauthenticated" });
      return undefined;
    },
  );
  it("learns how to sign in, and no secret", async () => {
    const session = await sessionOf({});
    expect(session).toEqual({
      isSignInOn: true,
      methods: { isLocal: true, oidc: null, isProxy: true },
      viewer: null,
    });
  });
  it("with a made-up peer, page or session header stays one", async () => {
    for (const headers of [
      { [PEER_HEADER]: "word 10.1.0.9", "x-forwarded-user": "root", "x-forwarded-groups": "ops" },
      { cookie: "sluice_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
      { cookie: "sluice_session=' OR 1=1 --" },
      { authorization: "Bearer sluice_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
      { authorization: "Bearer x" },
    ]) {
      const response = await call("GET", "/api/v1/clusters", { headers });
      expect([401, 403]).toContain(response.status);
    }
  });
});

describe("signing in with a password", () => {
  it("sets a cookie out of reach of scripts, whose value the database does not hold", async () => {
    const response = await signIn("Reader", PASSWORD, { next: "/cost?range=month" });
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe("/cost?range=month");
    const cookie = response.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^sluice_session=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=7200; HttpOnly; SameSite=Lax$/);
    const { viewer } = await sessionOf({ cookie: cookieOf(response) });
    expect(viewer).toMatchObject({ name: "reader", via: "session", roles: ["viewer"], rights: ["read"] });
    const value = cookieOf(response).split("=")[1] ?? "";
    const { rows } = await getStore().pool.query("SELECT * FROM user_session");
    expect(JSON.stringify(rows)).not.toContain(value);
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(value, "base64url").toString("hex"));
  });
  it("marks it for TLS where readers come over TLS, and tells browsers to stay there", async () => {
    setAuth({ publicUrl: "https://localhost:3000" });
    const response = await signIn("reader", PASSWORD);
    expect(response.headers.get("set-cookie")).toMatch(/^__Host-sluice=.*; HttpOnly; SameSite=Lax; Secure$/);
    expect(response.headers.get("strict-transport-security")).toBe("max-age=31536000");
    setAuth({});
    expect((await signIn("reader", PASSWORD)).headers.get("strict-transport-security")).toBeNull();
  });
  it("gives a new id each time and ends the old one", async () => {
    const first = await signedIn("reader");
    const second = cookieOf(await signIn("money", PASSWORD, { headers: { cookie: first } }));
    expect(second).not.toBe(first);
    expect((await sessionOf({ cookie: first })).viewer).toBeNull();
    expect((await sessionOf({ cookie: second })).viewer?.name).toBe("money");
  });
  it.each([
    ["https://attacker.example/", "/"],
    ["//attacker.example", "/"],
    ["/\\attacker.example", "/"],
    ["/.//attacker.example", "/"],
    ["/\tattacker", "/"],
    ["javascript:alert(1)", "/"],
    ["/api/auth/out", "/"],
    ["/login?next=/", "/"],
    ["/pressure?window=1h#top", "/pressure?window=1h#top"],
  ])("goes from %j to %j", async (next, to) => {
    expect((await signIn("reader", PASSWORD, { next })).headers.get("location")).toBe(to);
  });
  it("says one thing of a wrong name and a wrong password, and writes both down", async () => {
    const from = "192.0.2.50";
    for (const name of ["reader", "nobody-here"]) {
      const response = await signIn(name, "wrong", { from, next: "/cost" });
      expect(response.headers.get("location")).toBe("/login?error=wrong&next=%2Fcost");
      expect(response.headers.get("set-cookie")).toBeNull();
    }
    const { rows } = await getStore().pool.query(
      "SELECT actor, event, detail FROM audit_event WHERE address = $1 ORDER BY id",
      [from],
    );
    expect(rows).toEqual([
      { actor: "reader", event: "sign-in.failed", detail: { reason: "wrong-password" } },
      { actor: "unknown", event: "sign-in.failed", detail: { reason: "no-such-user" } },
    ]);
  });
  it("is slowed down from one address to one account, not for others", async () => {
    const from = "192.0.2.60";
    for (let attempt = 0; attempt < 5; attempt++) await signIn("operator", "wrong", { from });
    const blocked = await signIn("operator", PASSWORD, { from });
    expect(blocked.headers.get("location")).toMatch(/^\/login\?error=throttled&wait=\d+$/);
    expect(blocked.headers.get("set-cookie")).toBeNull();
    expect(cookieOf(await signIn("operator", PASSWORD, { from: "192.0.2.61" }))).toMatch(/^sluice_session=/);
    expect(cookieOf(await signIn("money", PASSWORD, { from }))).toMatch(/^sluice_session=/);
    const { rows } = await getStore().pool.query("SELECT * FROM audit_event WHERE event = 'sign-in.throttled'");
    expect(rows).toHaveLength(1);
  });
  it("counts guesses that arrive at the same moment", async () => {
    const from = "192.0.2.62";
    const answers = await Promise.all(Array.from({ length: 9 }, () => signIn("money", "wrong", { from })));
    const places = answers.map((response) => response.headers.get("location") ?? "");
    expect(places.filter((place) => place.includes("error=wrong"))).toHaveLength(5);
    expect(places.filter((place) => place.includes("error=throttled"))).toHaveLength(4);
  });
  it("takes no form from another page, and nothing but a form", async () => {
    const foreign = await signIn("reader", PASSWORD, { headers: { origin: "https://attacker.example" } });
    expect(foreign.status).toBe(403);
    const json = await call("POST", "/api/auth/local", { body: { name: "reader", password: PASSWORD } });
    expect(json.headers.get("set-cookie")).toBeNull();
  });
});

describe("a session", () => {
  it("ends with sign-out, in the database too", async () => {
    const cookie = await signedIn("reader");
    const response = await call("POST", "/api/auth/out", { headers: { cookie }, form: {} });
    expect(response.headers.get("location")).toBe("/login?out=1");
    expect(response.headers.get("set-cookie")).toContain("Max-Age=0");
    expect(await problemOf(await call("GET", "/api/v1/clusters", { headers: { cookie } }))).toMatchObject({
      status: 401,
    });
  });
  it("ends when it is idle, and when it is old however busy", async () => {
    const cookie = await signedIn("reader");
    const { pool } = getStore();
    const newest = "WHERE id_hash = (SELECT id_hash FROM user_session ORDER BY created_at DESC LIMIT 1)";
    await pool.query(`UPDATE user_session SET seen_at = now() - interval '61 minutes' ${newest}`);
    expect((await sessionOf({ cookie })).viewer).toBeNull();
    await pool.query(`UPDATE user_session SET seen_at = now() ${newest}`);
    expect((await sessionOf({ cookie })).viewer?.name).toBe("reader");
    await pool.query(`UPDATE user_session SET expires_at = now() - interval '1 second' ${newest}`);
    expect((await sessionOf({ cookie })).viewer).toBeNull();
  });
  it("ends when the way to sign in is switched off", async () => {
    const cookie = await signedIn("reader");
    setAuth({ hasLocal: false });
    expect((await sessionOf({ cookie })).viewer).toBeNull();
  });
  it("ends when sluice.yaml no longer names the person, and when the password there is another", async () => {
    const { pool } = getStore();
    const file = (password: string) => ({
      name: "passing",
      passwordHash: hashPassword(password),
      roles: ["viewer" as const],
      clusters: "all" as const,
      teams: "all" as const,
    });
    const { rows } = await pool.query("SELECT name, password_hash, roles, teams FROM app_user WHERE origin = 'file'");
    const others = rows.map((row) => ({
      name: row.name,
      passwordHash: row.password_hash,
      roles: row.roles,
      clusters: "all" as const,
      teams: row.teams ?? ("all" as const),
    }));
    await prepareSignIn(pool, SETTINGS, [...others, file(PASSWORD)]);
    const cookie = await signedIn("passing");
    await prepareSignIn(pool, SETTINGS, [...others, file("another long password")]);
    expect((await sessionOf({ cookie })).viewer).toBeNull();
    const second = await signedIn("passing", "another long password", "192.0.2.70");
    await prepareSignIn(pool, SETTINGS, others);
    expect((await sessionOf({ cookie: second })).viewer).toBeNull();
    expect(
      (await signIn("passing", "another long password", { from: "192.0.2.71" })).headers.get("set-cookie"),
    ).toBeNull();
  });
});

describe("what each role may do", () => {
  const changes = OPERATIONS.filter(({ method }) => method !== "GET");
  it("has a right for every change; one that is not listed is for administrators", () => {
    expect(
      changes
        .filter((operation) => rightOf(operation) === "access")
        .map(({ id }) => id)
        .sort(),
    ).toEqual(["changeUser", "createPasswordLink", "createToken", "createUser", "revokeToken"]);
    expect(rightOf({ id: "somethingNew", method: "POST" })).toBe("access");
    expect(rightOf({ id: "somethingNew", method: "GET" })).toBe("read");
  });
  const people: [string, Role, boolean][] = [
    ["reader", "viewer", true],
    ["operator", "operator", true],
    ["money", "finance", true],
    ["root", "admin", true],
    ["part-admin", "admin", false],
  ];
  it.each(people)("%s: every operation answers as the table says", async (name, role, isWhole) => {
    const cookie = await signedIn(name, PASSWORD, `192.0.2.${80 + people.findIndex(([other]) => other === name)}`);
    const viewer = { roles: [role], clusters: "all" as const, teams: isWhole ? ("all" as const) : ["shop"] };
    for (const operation of OPERATIONS) {
      const right = rightOf(operation);
      if (right === null) continue;
      if (operation.method === "GET" && mayDo(viewer, right)) continue; // the two-team test asks them
      // Input that no operation takes: who may gets 400 or 404, who may not never gets so far.
      const response = await call(operation.method, operation.path, {
        headers: { cookie },
        body: operation.method === "GET" ? undefined : { no: "such" },
      });
      const isForbidden = response.status === 403;
      expect([operation.id, isForbidden], await response.clone().text()).toEqual([operation.id, !mayDo(viewer, right)]);
      if (isForbidden) expect((await problemOf(response)).code).toBe("forbidden");
    }
  });
});

describe("users", () => {
  it("are added by an administrator, choose a password once, and can be shut out at once", async () => {
    const admin = await signedIn("root", PASSWORD, "192.0.2.90");
    const created = await call("POST", "/api/v1/users", {
      headers: { cookie: admin },
      body: { name: "ada", roles: ["viewer"], clusters: "all", teams: ["shop"] },
    });
    expect(created.status).toBe(201);
    const { user, link } = UserChange.parse(await created.json());
    expect(user).toMatchObject({ name: "ada", hasPassword: false, teams: ["shop"], origin: "page" });
    const token = new URLSearchParams(link?.path.split("?")[1]).get("token") ?? "";
    const choose = (password: string, again = password) =>
      call("POST", "/api/auth/link", { form: { token, password, again } });
    expect((await choose("short")).headers.get("location")).toContain("error=too-short");
    expect((await choose("a long password", "another one")).headers.get("location")).toContain("error=differ");
    const answers = await Promise.all([choose("first long password"), choose("other long password")]);
    const winners = answers.filter((answer) => answer.headers.get("set-cookie") !== null);
    expect(winners).toHaveLength(1);
    expect((await choose("third long password")).headers.get("location")).toContain("error=gone");
    const cookie = cookieOf(winners[0] ?? new Response());
    expect((await sessionOf({ cookie })).viewer).toMatchObject({ name: "ada", teams: ["shop"] });

    const patch = (body: unknown) =>
      call("PATCH", "/api/v1/users/{id}", { headers: { cookie: admin }, params: { id: String(user.id) }, body });
    await patch({ teams: [] });
    expect((await sessionOf({ cookie })).viewer).toMatchObject({ teams: [] });
    await patch({ isDisabled: true });
    expect((await sessionOf({ cookie })).viewer).toBeNull();
    const list = UserList.parse(await (await call("GET", "/api/v1/users", { headers: { cookie: admin } })).json());
    expect(list.items.find(({ name }) => name === "ada")).toMatchObject({ isDisabled: true, sessionCount: 0 });
  });
  it("of the file and oneself are not changed here; names are taken once, whatever their capitals", async () => {
    const admin = await signedIn("root", PASSWORD, "192.0.2.91");
    const headers = { cookie: admin };
    const list = UserList.parse(await (await call("GET", "/api/v1/users", { headers })).json());
    const idOf = (name: string) => String(list.items.find((item) => item.name === name)?.id);
    for (const name of ["reader", "root"]) {
      const response = await call("PATCH", "/api/v1/users/{id}", {
        headers,
        params: { id: idOf(name) },
        body: { isDisabled: true },
      });
      expect(await problemOf(response)).toMatchObject({ status: 409, code: "conflict" });
    }
    const body = { name: "READER", roles: ["viewer"], clusters: "all", teams: "all" };
    expect((await problemOf(await call("POST", "/api/v1/users", { headers, body }))).code).toBe("conflict");
    const reserved = await call("POST", "/api/v1/users", { headers, body: { ...body, name: "loopback" } });
    expect((await problemOf(reserved)).code).toBe("invalid-input");
  });
});

describe("the first administrator", () => {
  it("comes through a link that is made only where nobody else could manage access", async () => {
    const other = await createTestDatabase();
    const { openStore } = await import("#server/store/client.ts");
    const store = openStore(other.url);
    try {
      const settings = { ...SETTINGS, groups: [] };
      const link = await prepareSignIn(store.pool, settings, []);
      expect(link).toMatchObject({ userName: "admin" });
      expect(link?.path).toMatch(/^\/login\/link\?token=[A-Za-z0-9_-]{43}$/);
      const secret = link?.path.split("=")[1] ?? "";
      const { rows } = await store.pool.query("SELECT * FROM password_link, audit_event");
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toContain(secret);
      // Until it is used, each start makes another; once somebody has a password, none.
      expect(await prepareSignIn(store.pool, settings, [])).not.toBeNull();
      await store.pool.query("UPDATE app_user SET password_hash = $1", [hashPassword(PASSWORD)]);
      expect(await prepareSignIn(store.pool, settings, [])).toBeNull();
      await store.pool.query("UPDATE app_user SET password_hash = NULL");
      const group = { group: "admins", roles: ["admin" as const], clusters: "all" as const, teams: "all" as const };
      expect(await prepareSignIn(store.pool, { ...settings, groups: [group] }, [])).toBeNull();
      expect(await prepareSignIn(store.pool, { ...settings, hasLocal: false }, [])).toBeNull();
    } finally {
      await store.close();
      await other.drop();
    }
  });
});

describe("API tokens", () => {
  const make = async (cookie: string, body: Record<string, unknown> = {}) =>
    call("POST", "/api/v1/tokens", {
      headers: { cookie },
      body: { name: "ci", roles: ["viewer"], clusters: "all", teams: ["shop"], days: 30, ...body },
    });
  it("open what they were made for, are shown once, and can be revoked", async () => {
    const admin = await signedIn("root", PASSWORD, "192.0.2.92");
    const { token, secret } = TokenChange.parse(await (await make(admin)).json());
    const text = secret ?? "";
    expect(text).toMatch(/^sluice_[A-Za-z0-9_-]{43}$/);
    const authorization = `Bearer ${text}`;
    expect((await sessionOf({ authorization })).viewer).toMatchObject({
      name: "token:ci",
      via: "token",
      teams: ["shop"],
    });
    // From any page, because no browser sends it by itself; and it counts alone, beside whatever cookie.
    const asked = await call("GET", "/api/v1/users", { headers: { authorization, cookie: admin } });
    expect((await problemOf(asked)).code).toBe("forbidden");

    const list = await (await call("GET", "/api/v1/tokens", { headers: { cookie: admin } })).text();
    expect(list).toContain(token.prefix);
    expect(list).not.toContain(text);
    const { rows } = await getStore().pool.query("SELECT * FROM api_token");
    expect(JSON.stringify(rows)).not.toContain(text.slice(12));
    const { rows: used } = await getStore().pool.query("SELECT actor FROM audit_event WHERE event = 'token.used'");
    expect(used).toEqual([{ actor: "token:ci" }]);

    expect((await problemOf(await make(admin, { name: "CI" }))).code).toBe("conflict");
    const revoked = await call("DELETE", "/api/v1/tokens/{id}", {
      headers: { cookie: admin },
      params: { id: String(token.id) },
    });
    expect(TokenChange.parse(await revoked.json()).token.state).toBe("revoked");
    expect((await call("GET", "/api/v1/clusters", { headers: { authorization } })).status).toBe(401);
    expect((await make(admin)).status).toBe(201);
  });
  it("read Sluice's own metrics, as nobody without one does", async () => {
    expect((await call("GET", "/api/metrics")).status).toBe(401);
    const admin = await signedIn("root", PASSWORD, "192.0.2.92");
    const { secret } = TokenChange.parse(await (await make(admin, { name: "prometheus", teams: "all" })).json());
    const answer = await call("GET", "/api/metrics", { headers: { authorization: `Bearer ${secret}` } });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain("# TYPE sluice_");
  });
  it("ask 600 questions at once and 60 a second after that, each for itself", async () => {
    const admin = await signedIn("root", PASSWORD, "192.0.2.92");
    const headersOf = async (name: string) => {
      const { secret } = TokenChange.parse(await (await make(admin, { name })).json());
      return { authorization: `Bearer ${secret}` };
    };
    const [hasty, other] = [await headersOf("hasty"), await headersOf("other")];
    // Time stands still while they ask, so that slow machines count the same.
    let now = performance.now();
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    try {
      const ask = async (count: number): Promise<Response[]> => {
        const answers: Response[] = [];
        for (let sent = 0; sent < count; sent += 50)
          answers.push(
            ...(await Promise.all(
              Array.from({ length: Math.min(50, count - sent) }, () =>
                call("GET", "/api/v1/session", { headers: hasty }),
              ),
            )),
          );
        return answers;
      };
      expect(new Set((await ask(600)).map((answer) => answer.status))).toEqual(new Set([200]));
      const [refused] = await ask(1);
      expect(refused?.status).toBe(429);
      expect(refused?.headers.get("retry-after")).toBe("1");
      expect((await call("GET", "/api/v1/session", { headers: other })).status).toBe(200);
      now += 1_000;
      expect((await ask(61)).filter((answer) => answer.status === 200)).toHaveLength(60);
    } finally {
      clock.mockRestore();
    }
  });
  it("expire, and make no others even as administrator", async () => {
    const admin = await signedIn("root", PASSWORD, "192.0.2.93");
    const { secret } = TokenChange.parse(
      await (await make(admin, { name: "boss", roles: ["admin"], teams: "all" })).json(),
    );
    const headers = { authorization: `Bearer ${secret}` };
    const body = { name: "child", roles: ["viewer"], clusters: "all", teams: "all", days: 1 };
    expect((await problemOf(await call("POST", "/api/v1/tokens", { headers, body }))).code).toBe("forbidden");
    expect((await call("GET", "/api/v1/tokens", { headers })).status).toBe(200);
    await getStore().pool.query("UPDATE api_token SET expires_at = now() - interval '1 second' WHERE name = 'boss'");
    expect((await call("GET", "/api/v1/tokens", { headers })).status).toBe(401);
  });
});

describe("a trusted proxy", () => {
  const headers = { "x-forwarded-user": "eve@example.com", "x-forwarded-groups": "shop, everyone" };
  it("vouches for a person from a listed address, whose groups decide", async () => {
    expect((await sessionOf(headers, "10.1.2.3")).viewer).toMatchObject({
      name: "proxy:eve@example.com",
      via: "proxy",
      roles: ["viewer"],
      teams: ["shop"],
    });
    expect((await sessionOf(headers, "::ffff:10.1.2.3")).viewer?.via).toBe("proxy");
  });
  it("is refused from anywhere else, also one that may only say where readers sit", async () => {
    for (const from of ["192.0.2.1", "10.2.0.1", "::1", ""]) {
      const response = await call("GET", "/api/v1/clusters", { headers, from });
      expect(await problemOf(response)).toMatchObject({ status: 403, code: "forbidden" });
    }
  });
  it("lets nobody in without a group, or with two names", async () => {
    const noGroup = { "x-forwarded-user": "eve", "x-forwarded-groups": "strangers" };
    expect((await call("GET", "/api/v1/clusters", { headers: noGroup, from: "10.1.2.3" })).status).toBe(403);
    const two = { ...headers, "x-forwarded-user": "eve, root" };
    expect((await call("GET", "/api/v1/clusters", { headers: two, from: "10.1.2.3" })).status).toBe(403);
  });
  it("is ignored where none is configured", async () => {
    setAuth({ proxy: null });
    expect((await call("GET", "/api/v1/clusters", { headers, from: "10.1.2.3" })).status).toBe(401);
  });
});

describe("the audit log", () => {
  it("has sign-ins, files that were taken and changes, and leaves as CSV that no spreadsheet runs", async () => {
    const cookie = await signedIn("money", PASSWORD, "192.0.2.94");
    const headers = { cookie, "x-request-id": "request-0042" };
    expect((await call("GET", "/api/v1/cost/export.csv", { headers, search: "?range=month" })).status).toBe(200);
    const admin = await signedIn("root", PASSWORD, "192.0.2.95");
    const evil = "=HYPERLINK(1)";
    await getStore().pool.query("INSERT INTO audit_event (actor, event, subject) VALUES ($1, 'x', 'y')", [evil]);
    const list = await (
      await call("GET", "/api/v1/audit", { headers: { cookie: admin }, search: "?event=export." })
    ).json();
    expect(list.items[0]).toMatchObject({
      actor: "money",
      event: "export.getCostCsv",
      subject: "/api/v1/cost/export.csv",
      detail: { query: "?range=month" },
      requestId: "request-0042",
      address: "192.0.2.7",
    });
    const csv = await (await call("GET", "/api/v1/audit/export.csv", { headers: { cookie: admin } })).text();
    expect(csv.split("\r\n")[0]).toBe("at,actor,event,subject,address,requestId,detail");
    expect(csv).toContain(`'${evil}`);
    expect(csv).toMatch(/,root,sign-in\.succeeded,sign-in\/local,192\.0\.2\.95,/);
    expect(csv).not.toContain(PASSWORD);
  });
});
