import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** Answers of a live control plane; see the README beside them. */
const FOLDER = join(import.meta.dirname, "..", "clusters", "recorded-1.34.9");

/** Unpacked text of one recording ("core-v1-nodes.json"). Throws when there is none of that name. */
export function recordedText(name: string): string {
  const known = texts.get(name);
  if (known !== undefined) return known;
  const text = gunzipSync(readFileSync(join(FOLDER, `${name}.gz`))).toString("utf8");
  texts.set(name, text);
  return text;
}
const texts = new Map<string, string>();

/** The recording as plain JSON objects, as the tests compute their expectations from it. */
export function recordedJson(name: string): RecordedObject {
  return JSON.parse(recordedText(name)) as RecordedObject; // fixtures are ours; a wrong shape fails the test that reads it
}

/** Items of a recorded list. */
export function recordedItems(name: string): readonly RecordedObject[] {
  const { items } = recordedJson(name);
  return Array.isArray(items) ? (items as RecordedObject[]) : [];
}

export type RecordedObject = { readonly [key: string]: unknown };

export type RecordedList = { readonly file: string; readonly path: string };

/** Lists by API path: `apps_v1_deployments.json` is `/apis/apps/v1/deployments`, `core-v1-pods.json` is `/api/v1/pods`. */
export function recordedLists(): readonly RecordedList[] {
  const lists: RecordedList[] = [];
  for (const entry of readdirSync(FOLDER)) {
    const file = entry.replace(/\.gz$/, "");
    const core = /^core-v1-([a-z]+)\.json$/.exec(file);
    const grouped = /^([a-z0-9.]+)_(v[0-9a-z]+)_([a-z]+)\.json$/.exec(file);
    if (core !== null) lists.push({ file, path: `/api/v1/${core[1]}` });
    else if (grouped !== null) lists.push({ file, path: `/apis/${grouped[1]}/${grouped[2]}/${grouped[3]}` });
  }
  return lists;
}
