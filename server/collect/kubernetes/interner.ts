import { hash } from "node:crypto";
import type { Labels } from "../../domain/snapshot.ts";
import type { JsonObject } from "./parse-json.ts";

const LONG_KEY = 1024; // statuses stay below and need no digest, templates are above

/**
 * Shares equal values of one read. 150,000 pods repeat a few thousand names, label sets, templates and moments; kept once,
 * the snapshot of the largest cluster fits beside a page being parsed (measured: see the memory note in project-pod.ts).
 */
export class Interner {
  readonly #texts = new Map<string, string>();
  readonly #values = new Map<string, unknown>();
  readonly #moments = new Map<string, Date | null>();
  readonly #labelSets = new Map<string, Labels>();

  text(value: string): string {
    const known = this.#texts.get(value);
    if (known !== undefined) return known;
    this.#texts.set(value, value);
    return value;
  }

  textOrNull(value: string | null): string | null {
    return value === null ? null : this.text(value);
  }

  /** One object for all values with the same JSON. Long texts are keyed by digest, because keys live as long as the values. */
  share<T>(value: T): T {
    const json = JSON.stringify(value);
    const key = json.length > LONG_KEY ? hash("sha1", json, "base64") : json;
    const known = this.#values.get(key);
    if (known !== undefined) return known as T; // same JSON, same projected shape: every caller shares one type per shape
    this.#values.set(key, value);
    return value;
  }

  /** String map with shared keys, values and whole sets. `dropped` names keys that differ on every object. */
  labels(source: JsonObject, dropped?: ReadonlySet<string>): Labels {
    let key = "";
    for (const name in source) {
      const value = source[name];
      if (typeof value === "string" && dropped?.has(name) !== true) key += `${name}\u0000${value}\u0001`;
    }
    const known = this.#labelSets.get(key);
    if (known !== undefined) return known;
    const labels: Record<string, string> = {};
    for (const name in source) {
      const value = source[name];
      if (typeof value === "string" && dropped?.has(name) !== true) labels[this.text(name)] = this.text(value);
    }
    this.#labelSets.set(key, labels);
    return labels;
  }

  /** RFC 3339 text as a Date, or `null` when absent or unreadable. */
  moment(value: unknown): Date | null {
    if (typeof value !== "string") return null;
    const known = this.#moments.get(value);
    if (known !== undefined) return known;
    const epochMs = Date.parse(value);
    const moment = Number.isNaN(epochMs) ? null : new Date(epochMs);
    this.#moments.set(value, moment);
    return moment;
  }
}
