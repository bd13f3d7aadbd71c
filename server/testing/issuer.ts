import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Agent, type Dispatcher, fetch } from "undici";

export type IssuerOptions = {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  /** Name at the issuer → what its claims say. */
  readonly people: Readonly<Record<string, { readonly name: string; readonly groups: readonly string[] }>>;
  /** Over TLS, with files of a certificate, its key, and the authority that browsers trust. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string; readonly caFile: string };
  /** Tokens and keys come from another origin. */
  readonly hasBackOrigin?: boolean;
};
export type Issuer = {
  readonly url: string;
  /** Where tokens and keys are, if elsewhere. */
  readonly backUrl: string | null;
  /** What a person's browser does there: signs in as `login`, agrees, and comes back. The address it comes back to. */
  readonly signIn: (authorizationUrl: string, login: string) => Promise<URL>;
  readonly stop: () => Promise<void>;
};

const MAX_STEPS = 12;

/** A real issuer (oidc-provider) on a free port, in a process of its own. */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const entry = fileURLToPath(new URL("./issuer-process.mjs", import.meta.url));
  const child = spawn(process.execPath, [entry], {
    stdio: ["pipe", "pipe", "ignore"],
    env: {
      ...process.env,
      ISSUER_CLIENT_ID: options.clientId,
      ISSUER_CLIENT_SECRET: options.clientSecret,
      ISSUER_REDIRECT: options.redirectUri,
      ISSUER_PEOPLE: JSON.stringify(options.people),
      ISSUER_CERT: options.tls?.certFile ?? "",
      ISSUER_KEY: options.tls?.keyFile ?? "",
      ISSUER_SPLIT: options.hasBackOrigin === true ? "1" : "",
    },
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const told = await new Promise<{ issuer: string; back: string | null }>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith('{"issuer"')) resolve(JSON.parse(line) as { issuer: string; back: string | null });
    });
    void gone.then(() => reject(new Error("the issuer ended")));
  });
  const ca = options.tls === undefined ? {} : { ca: readFileSync(options.tls.caFile) };
  const browser = new Agent({ connect: ca });
  return {
    url: told.issuer,
    backUrl: told.back,
    signIn: (authorizationUrl, login) => walk(authorizationUrl, login, options.redirectUri, browser),
    async stop() {
      await browser.close();
      child.stdin.end();
      await gone;
    },
  };
}

/** Follows redirects and posts the two forms, with cookies, until the issuer sends the browser back. */
async function walk(start: string, login: string, redirectUri: string, dispatcher: Dispatcher): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = new URL(start);
  let form: URLSearchParams | null = null;
  for (let step = 0; step < MAX_STEPS; step++) {
    if (url.href.startsWith(redirectUri)) return url;
    const response: Awaited<ReturnType<typeof fetch>> = await fetch(url, {
      dispatcher,
      method: form === null ? "GET" : "POST",
      redirect: "manual",
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(form === null ? {} : { body: form }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    form = null;
    if (location !== null) {
      url = new URL(location, url);
      continue;
    }
    const page = await response.text();
    const prompt = /name="prompt" value="([a-z]+)"/.exec(page)?.[1];
    const action = /action="([^"]+)"/.exec(page)?.[1];
    if (prompt === undefined || action === undefined)
      throw new Error(`the issuer shows ${response.status}: ${page.slice(0, 300)}`);
    form = new URLSearchParams(prompt === "login" ? { prompt, login, password: "any" } : { prompt });
    url = new URL(action, url);
  }
  throw new Error("the issuer never sent the browser back");
}
