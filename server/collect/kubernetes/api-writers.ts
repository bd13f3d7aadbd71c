import type { ApiWriterFacts } from "../../domain/snapshot.ts";
import { findRemovedApi, REMOVED_APIS } from "../../domain/upgrade/removed-apis.ts";
import type { ResourceCall } from "./api-calls.ts";
import { isObject, type JsonObject, textAt, textOrNull } from "./parse-json.ts";

/** Managers kept per list; a cluster has some dozens, and a broken one that invents names must not fill the memory. */
const MAX_MANAGERS = 100;

/** The versions of a resource that some minor drops, as `managedFields` writes them: "resource.k8s.io/v1beta1". */
export function endingVersionsOf({ group, resource }: Pick<ResourceCall, "group" | "resource">): readonly string[] {
  const own = REMOVED_APIS.filter((api) => api.group === group);
  return [
    ...new Set(
      own.flatMap(({ version }) =>
        findRemovedApi(group, version, resource) === null ? [] : [group === "" ? version : `${group}/${version}`],
      ),
    ),
  ];
}

/**
 * Collects who wrote the objects of one list through versions that end. Almost no page holds such a version, which one search for
 * its bytes tells; only then is a list of fields parsed.
 */
export class ApiWriterFinder {
  readonly #call: Pick<ResourceCall, "group" | "resource">;
  readonly #versions: ReadonlySet<string>;
  readonly #needles: readonly Buffer[];
  readonly #found = new Map<string, ApiWriterFacts>();

  constructor(call: Pick<ResourceCall, "group" | "resource">) {
    this.#call = call;
    const versions = endingVersionsOf(call);
    this.#versions = new Set(versions);
    this.#needles = versions.map((version) => Buffer.from(`"apiVersion":"${version}"`));
  }

  get writers(): readonly ApiWriterFacts[] {
    return [...this.#found.values()];
  }

  isIn(bytes: Buffer): boolean {
    return this.#needles.some((needle) => bytes.includes(needle));
  }

  /** The JSON of one object's `managedFields`. What is no JSON tells nothing. */
  add(fields: Buffer): void {
    if (!this.isIn(fields)) return;
    let entries: unknown;
    try {
      entries = JSON.parse(fields.toString("utf8"));
    } catch {
      return;
    }
    if (!Array.isArray(entries)) return;
    const counted = new Set<string>();
    for (const entry of entries) {
      if (!isObject(entry) || !this.#versions.has(textAt(entry, "apiVersion"))) continue;
      this.#count(entry, counted);
    }
  }

  /** One manager may have several entries on an object; it wrote that object once. */
  #count(entry: JsonObject, counted: Set<string>): void {
    const apiVersion = textAt(entry, "apiVersion");
    const manager = textAt(entry, "manager");
    const key = `${apiVersion} ${manager}`;
    const before = this.#found.get(key);
    if (manager === "" || (before === undefined && this.#found.size >= MAX_MANAGERS)) return;
    const { group, resource } = this.#call;
    const at = momentOf(textOrNull(entry, "time"));
    const last = before?.lastWrittenAt ?? null;
    this.#found.set(key, {
      group,
      resource,
      version: apiVersion.slice(apiVersion.indexOf("/") + 1),
      manager,
      objectCount: (before?.objectCount ?? 0) + (counted.has(key) ? 0 : 1),
      lastWrittenAt: last === null || (at !== null && at > last) ? at : last,
    });
    counted.add(key);
  }
}

function momentOf(text: string | null): Date | null {
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : new Date(at);
}
