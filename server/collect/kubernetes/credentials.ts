import { readFile } from "node:fs/promises";
import type { Credential, CredentialSource } from "./http-source.ts";
import { SourceError } from "./source-error.ts";

/** Bound tokens rotate about once an hour; the file is small, so it is simply read again now and then. */
const TOKEN_FILE_MAX_AGE_MS = 20_000;

export function fixedCredentials(credential: Credential): CredentialSource {
  return { current: async () => credential, renew: async () => false };
}

export function bearer(token: string): Credential {
  return { headers: { authorization: `Bearer ${token}` } };
}

export function basic(username: string, password: string): Credential {
  return { headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` } };
}

/** A token in a file that somebody else rotates. After a 401 it is read at once, and tried again only if it changed. */
export function tokenFileCredentials(file: string, now: () => number = Date.now): CredentialSource {
  let token: string | null = null;
  let readAtMs = 0;
  const read = async (): Promise<string> => {
    try {
      token = (await readFile(file, "utf8")).trim();
    } catch (error) {
      throw new SourceError("forbidden", "the token file cannot be read", {
        fix: { code: "check-token" },
        cause: error,
      });
    }
    if (token === "") throw new SourceError("forbidden", "the token file is empty", { fix: { code: "check-token" } });
    readAtMs = now();
    return token;
  };
  return {
    async current() {
      return bearer(token === null || now() - readAtMs > TOKEN_FILE_MAX_AGE_MS ? await read() : token);
    },
    async renew() {
      const before = token;
      return (await read()) !== before;
    },
  };
}
