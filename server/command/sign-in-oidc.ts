import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import * as oidc from "openid-client";
import { z } from "zod";
import type { AuthSettings, OidcSettings } from "../auth-settings.ts";
import { safeNext } from "../contract/auth.ts";
import { AppError, isAppError, messageOf } from "../errors.ts";
import { log } from "../log.ts";
import { grantOfGroups } from "../query/group-grant.ts";
import { getStore } from "../store/client.ts";
import { inTransaction } from "../store/db.ts";
import { insertAuditEvent } from "../store/sql/write-audit.ts";
import { type IssuerUser, upsertIssuerUser } from "../store/sql/write-users.ts";
import { issuerFetch } from "./issuer-fetch.ts";
import { type OpenedSession, openSession, type SignInRequest } from "./open-session.ts";

export const CALLBACK_PATH = "/api/auth/oidc/callback";
export const FLOW_SECONDS = 600;
const REDISCOVER_MS = 3_600_000;
const MAX_GROUPS = 1000;

/** What the browser keeps between leaving and coming back, in a cookie that scripts cannot read. */
const Flow = z.object({
  state: z.string().min(20).max(100),
  nonce: z.string().min(20).max(100),
  verifier: z.string().min(43).max(128),
  next: z.string().max(2000),
  until: z.number(),
});

// On globalThis, because Next loads this module once per bundle.
type Discovered = { readonly key: string; readonly at: number; readonly client: Promise<oidc.Configuration> };
const shared = globalThis as typeof globalThis & { sluiceIssuer?: Discovered };

/** Where to send the browser, and what it has to bring back. Errors: `source-unavailable`, `not-found` without an issuer. */
export async function beginOidc(
  settings: AuthSettings,
  next: string,
  now = new Date(),
): Promise<{ readonly url: string; readonly flow: string }> {
  const { issuer, callback } = issuerOf(settings);
  const client = await discover(issuer);
  const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
  const url = oidc.buildAuthorizationUrl(client, {
    redirect_uri: callback,
    scope: ["openid", ...issuer.scopes.filter((scope) => scope !== "openid")].join(" "),
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  });
  const flow = { state, nonce, verifier, next: safeNext(next), until: now.getTime() + FLOW_SECONDS * 1000 };
  return { url: url.href, flow: Buffer.from(JSON.stringify(flow)).toString("base64url") };
}

/**
 * The way back: code against tokens, their signature, issuer, audience, nonce and times (`openid-client` checks them), then the
 * person and a session. Errors: `unauthenticated` for whatever does not fit, `forbidden` for a person whose groups allow nothing,
 * `source-unavailable` for an issuer that does not answer.
 */
export async function finishOidc(
  settings: AuthSettings,
  { search, flow: flowText }: { readonly search: string; readonly flow: string | null },
  request: SignInRequest,
  now = new Date(),
): Promise<{ readonly session: OpenedSession; readonly next: string }> {
  const { issuer, callback } = issuerOf(settings);
  const flow = readFlow(flowText, now);
  if (flow === null) throw new AppError("unauthenticated", "This sign-in was not begun here, or too long ago.");
  let person: IssuerUser;
  try {
    person = await identify(await discover(issuer), issuer, new URL(`${callback}${search}`), flow);
  } catch (error) {
    await noteRefusal(request, "unknown", reasonOf(error));
    throw toAppError(error);
  }
  const { pool } = getStore();
  if (grantOfGroups(settings.groups, person.groups).roles.length === 0) {
    await noteRefusal(request, person.name, "no-group");
    throw new AppError("forbidden", "None of your groups was given a role here.", { why: "no-role" });
  }
  const session = await inTransaction(pool, async (client) => {
    const user = (await upsertIssuerUser(client, person)) ?? (await upsertIssuerUser(client, withOwnName(person)));
    if (user === null) throw new AppError("conflict", "Another person has this name.");
    if (user.isDisabled) return null;
    return openSession(client, settings, user, "oidc", request, now);
  });
  if (session === null) {
    await noteRefusal(request, person.name, "disabled");
    throw new AppError("forbidden", "You were shut out of Sluice.", { why: "disabled" });
  }
  return { session, next: safeNext(flow.next) };
}

async function identify(
  client: oidc.Configuration,
  settings: OidcSettings,
  currentUrl: URL,
  flow: z.infer<typeof Flow>,
): Promise<IssuerUser> {
  const tokens = await oidc.authorizationCodeGrant(client, currentUrl, {
    pkceCodeVerifier: flow.verifier,
    expectedState: flow.state,
    expectedNonce: flow.nonce,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (claims === undefined) throw new Error("the issuer sent no ID token");
  let all: Readonly<Record<string, unknown>> = claims;
  // Many issuers keep groups and names out of the ID token.
  if (claims[settings.groupsClaim] === undefined && client.serverMetadata().userinfo_endpoint !== undefined) {
    all = { ...(await oidc.fetchUserInfo(client, tokens.access_token, claims.sub)), ...claims };
  }
  const names = [settings.nameClaim, "preferred_username", "email", "name"].flatMap((claim) =>
    claim === null ? [] : [all[claim]],
  );
  const name = names.find((value) => typeof value === "string" && value.trim() !== "");
  return {
    issuer: claims.iss,
    subject: claims.sub,
    name: cleanName(typeof name === "string" ? name : claims.sub),
    groups: groupsIn(all[settings.groupsClaim]),
  };
}

/** Colons and control characters have a meaning in the audit log and on pages. */
function cleanName(name: string): string {
  const clean = name
    .trim()
    .replace(/[^\p{L}\p{N}._@+' -]/gu, "_")
    .slice(0, 120);
  return /^(loopback|system|setup|unknown)$/i.test(clean) ? `${clean}_` : clean;
}

/** Somebody else has the name: a short, steady mark of the person makes it another. */
function withOwnName(person: IssuerUser): IssuerUser {
  const mark = createHash("sha256").update(`${person.issuer} ${person.subject}`).digest("hex").slice(0, 6);
  return { ...person, name: `${person.name} ${mark}` };
}

function groupsIn(claim: unknown): string[] {
  const list: unknown[] = Array.isArray(claim) ? claim : typeof claim === "string" ? [claim] : [];
  return list.filter((group): group is string => typeof group === "string" && group.length <= 500).slice(0, MAX_GROUPS);
}

function issuerOf(settings: AuthSettings): { readonly issuer: OidcSettings; readonly callback: string } {
  const { oidc: issuer, publicUrl } = settings;
  if (issuer === null || publicUrl === null) throw new AppError("not-found", "No issuer is configured.");
  return { issuer, callback: `${publicUrl}${CALLBACK_PATH}` };
}

/** The issuer's own description, asked for once an hour; a failure is not kept. */
async function discover(settings: OidcSettings): Promise<oidc.Configuration> {
  const key = JSON.stringify(settings);
  const known = shared.sluiceIssuer;
  if (known === undefined || known.key !== key || Date.now() - known.at > REDISCOVER_MS) {
    shared.sluiceIssuer = { key, at: Date.now(), client: openClient(settings) };
  }
  try {
    return await (shared.sluiceIssuer?.client ?? openClient(settings));
  } catch (error) {
    delete shared.sluiceIssuer;
    throw toAppError(error);
  }
}

async function openClient(settings: OidcSettings): Promise<oidc.Configuration> {
  const secret = settings.clientSecretFile === null ? null : (await readFile(settings.clientSecretFile, "utf8")).trim();
  const isPlain = settings.issuer.startsWith("http://"); // the configuration takes it for loopback only
  return oidc.discovery(
    new URL(settings.issuer),
    settings.clientId,
    undefined,
    secret === null ? oidc.None() : oidc.ClientSecretBasic(secret),
    { [oidc.customFetch]: issuerFetch(settings), timeout: 10, execute: isPlain ? [oidc.allowInsecureRequests] : [] },
  );
}

function readFlow(text: string | null, now: Date): z.infer<typeof Flow> | null {
  if (text === null || text.length > 6000) return null;
  try {
    const flow = Flow.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
    return flow.until > now.getTime() ? flow : null;
  } catch {
    return null;
  }
}

/** A short word for the audit log; the issuer's own words stay out of it. */
function reasonOf(error: unknown): string {
  if (error instanceof oidc.AuthorizationResponseError) return `issuer-said-${error.error.slice(0, 40)}`;
  if (error instanceof oidc.ResponseBodyError) return `issuer-said-${error.error.slice(0, 40)}`;
  return toAppError(error).code === "source-unavailable" ? "issuer-unavailable" : "answer-not-valid";
}

function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  const isAnswer = error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError;
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  const isNetwork = error instanceof TypeError || code === "OAUTH_TIMEOUT" || code === "OAUTH_RESPONSE_IS_NOT_CONFORM";
  if (!isAnswer && isNetwork) {
    log.warn({ detail: messageOf(error), cause: messageOf((error as Error).cause ?? "") }, "the issuer did not answer");
    return new AppError("source-unavailable", "The issuer did not answer.", {}, error);
  }
  log.info({ detail: messageOf(error), code }, "a sign-in through the issuer was refused");
  return new AppError("unauthenticated", "The issuer's answer was not accepted.", {}, error);
}

async function noteRefusal(request: SignInRequest, actor: string, reason: string): Promise<void> {
  await insertAuditEvent(getStore().pool, {
    actor,
    event: reason === "no-group" || reason === "disabled" ? "sign-in.refused" : "sign-in.failed",
    subject: "sign-in/oidc",
    detail: { reason },
    requestId: request.requestId,
    address: request.address,
  });
}
