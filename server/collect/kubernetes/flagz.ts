import { rbacOfPath } from "./api-calls.ts";
import type { HttpSource, ReadOptions } from "./http-source.ts";
import { isObject, objectOrNull, textAt } from "./parse-json.ts";
import { malformed, SourceError } from "./source-error.ts";

const VERSIONS = ["v1beta1", "v1alpha1"] as const;

export type Flagz = { readonly flags: ReadonlyMap<string, string>; readonly receivedBytes: number };

/**
 * `/flagz` in its structured form (1.35+; newest version first), or `null` where the component does not offer it. The text
 * form is made not to be parsed – its separator is random – and is never asked for.
 */
export async function readFlagz(source: HttpSource, path: string, options: ReadOptions): Promise<Flagz | null> {
  for (const version of VERSIONS) {
    try {
      const answer = await source.readJson(path, {
        rbac: rbacOfPath("/flagz"),
        retries: 0,
        ...options,
        accept: `application/json;g=config.k8s.io;v=${version};as=Flagz`,
      });
      return { flags: parseFlagz(answer.body), receivedBytes: answer.receivedBytes };
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      if (error.status === 404) return null; // the gate is off, or the component is older than the page
      if (error.status !== 406) throw error;
    }
  }
  return null;
}

function parseFlagz(body: unknown): ReadonlyMap<string, string> {
  const flags = isObject(body) && textAt(body, "kind") === "Flagz" ? objectOrNull(body, "flags") : null;
  if (flags === null) throw malformed("the answer is not a structured flag page");
  const kept = new Map<string, string>();
  for (const name in flags) {
    const value = flags[name];
    if (typeof value === "string") kept.set(name, value);
  }
  return kept;
}
