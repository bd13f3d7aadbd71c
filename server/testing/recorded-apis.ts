import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";
import { celErrorOf } from "../domain/gpu/device-selector.ts";
import type { ManifestDocument } from "../domain/manifests/manifest-types.ts";
import { checkSchema, type SchemaSet } from "../domain/manifests/schema-check.ts";

type OpenApi = { readonly kinds: Readonly<Record<string, string>>; readonly schemas: SchemaSet };
const VERSIONS: Readonly<Record<string, string>> = { "1.31": "1.31.14", "1.34": "1.34.9", "1.36": "1.36.2" };
const loaded = new Map<string, OpenApi>();

/** The recorded schemas of a live API server of that minor. */
function openApiOf(minor: string): OpenApi {
  const version = VERSIONS[minor];
  if (version === undefined) throw new Error(`no API of ${minor} was recorded`);
  const known = loaded.get(minor);
  if (known !== undefined) return known;
  const file = new URL(`../domain/manifests/fixtures/openapi-${version}.json.gz`, import.meta.url);
  const api = JSON.parse(gunzipSync(readFileSync(file)).toString("utf8")) as OpenApi;
  loaded.set(minor, api);
  return api;
}

/**
 * Everything wrong with a document of API objects or flags, against the recorded API of a minor; every CEL expression in it is compiled.
 * `as` stands for a version that was not recorded and has the shape of one that was.
 */
export function documentErrors(
  document: ManifestDocument,
  minor: string,
  as: Readonly<Record<string, string>> = {},
): string[] {
  if (document.format === "flags") {
    const lines = document.text.trim().split("\n");
    return lines.filter((line) => !/^#|^--[a-z-]+=\S+$/.test(line)).map((line) => `not a flag: ${line}`);
  }
  const api = openApiOf(minor);
  return parseAllDocuments(document.text).flatMap((parsed) => {
    if (parsed.errors.length > 0) return parsed.errors.map((error) => error.message);
    const value = parsed.toJS() as { apiVersion: string; kind: string };
    const name = api.kinds[`${as[value.apiVersion] ?? value.apiVersion} ${value.kind}`];
    const schema = name === undefined ? undefined : api.schemas[name];
    if (schema === undefined) return [`${value.apiVersion} ${value.kind} is not in the API of ${minor}`];
    const cel = celIn(value).flatMap((expression) => celErrorOf(expression) ?? []);
    return [...checkSchema(value, schema, api.schemas, document.format === "patch"), ...cel];
  });
}

/** Every value of a field `expression`, however deep. */
export function celIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(celIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, own]) =>
    key === "expression" && typeof own === "string" ? [own] : celIn(own),
  );
}
