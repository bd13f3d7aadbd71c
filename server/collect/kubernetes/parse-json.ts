/**
 * Field readers for objects of the Kubernetes API. They never throw: what is missing or of another type is the empty
 * answer of that reader, because one odd field must not cost the whole object. Only `requireText` refuses.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

const EMPTY_OBJECT: JsonObject = Object.freeze({});
const EMPTY_LIST: readonly unknown[] = Object.freeze([]);

/** An item that cannot be read at all; the list counts and skips it. */
export class MalformedItem extends Error {}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
export function objectAt(parent: JsonObject, key: string): JsonObject {
  const value = parent[key];
  return isObject(value) ? value : EMPTY_OBJECT;
}
export function objectOrNull(parent: JsonObject, key: string): JsonObject | null {
  const value = parent[key];
  return isObject(value) ? value : null;
}
export function listAt(parent: JsonObject, key: string): readonly unknown[] {
  const value = parent[key];
  return Array.isArray(value) ? value : EMPTY_LIST;
}
export function objectsAt(parent: JsonObject, key: string): readonly JsonObject[] {
  const value = listAt(parent, key);
  return value.length === 0 ? [] : value.filter(isObject);
}
export function textAt(parent: JsonObject, key: string): string {
  const value = parent[key];
  return typeof value === "string" ? value : "";
}
/** An empty string counts as absent, as in the API's own `omitempty`. */
export function textOrNull(parent: JsonObject, key: string): string | null {
  const value = parent[key];
  return typeof value === "string" && value !== "" ? value : null;
}
export function textsAt(parent: JsonObject, key: string): readonly string[] {
  return listAt(parent, key).filter((item): item is string => typeof item === "string");
}
export function numberOrNull(parent: JsonObject, key: string): number | null {
  const value = parent[key];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
export function isTrue(parent: JsonObject, key: string): boolean {
  return parent[key] === true;
}
export function booleanOrNull(parent: JsonObject, key: string): boolean | null {
  const value = parent[key];
  return typeof value === "boolean" ? value : null;
}
export function requireText(parent: JsonObject, key: string): string {
  const value = parent[key];
  if (typeof value !== "string" || value === "") throw new MalformedItem(`${key} is missing`);
  return value;
}
export function requireObject(value: unknown): JsonObject {
  if (!isObject(value)) throw new MalformedItem("not an object");
  return value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** Position behind the object or list that begins at `from`. Errors: SyntaxError when it does not end. */
export function endOfObject(json: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < json.byteLength; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) {
      at += 1;
      while (at < json.byteLength && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth += 1;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  throw new SyntaxError("an object does not end");
}
