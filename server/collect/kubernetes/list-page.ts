import { parseJson } from "./http-source.ts";
import { isObject, type JsonObject, listAt, objectAt, textAt, textOrNull } from "./parse-json.ts";
import { malformed } from "./source-error.ts";

export type PageHead = { readonly continueToken: string | null; readonly resourceVersion: string };
export type ParsedPage = PageHead & { readonly items: readonly unknown[] };
export type SplitPage = PageHead & { readonly texts: readonly string[] };

/** Reads the items of a page one after the other from its bytes. */
export type ItemScanner<T> = {
  /** The item whose JSON begins at `from`. Errors: SyntaxError when it is not JSON; MalformedItem when it is to be skipped. */
  scan(json: Buffer, from: number): T;
  /** Position behind the item scanned last, also after a MalformedItem. */
  readonly end: number;
};

const ITEMS = ',"items":[';
const FIRST_ITEM = '{"metadata":{';
const BETWEEN_ITEMS = '},{"metadata":{';
const TAIL = /^\]\}\s*$/;

/**
 * The page as one JSON text per item, or `null` when it is not written the way API servers write lists.
 *
 * Items that are parsed one by one die young: parsing a page of 500 pods as one value makes the collector copy all of it again
 * and again. A wrong cut cannot go unnoticed: a piece that ends inside an item has unclosed brackets and does not parse, and the
 * caller then takes the whole page. (Inside a JSON string every quote is escaped, so the pattern occurs only between values.)
 */
export function splitPage(bytes: Buffer): SplitPage | null {
  const text = bytes.toString("utf8");
  const itemsAt = text.indexOf(ITEMS);
  const first = itemsAt + ITEMS.length;
  if (itemsAt === -1 || !text.startsWith(FIRST_ITEM, first)) return null;
  const end = text.lastIndexOf("]");
  if (end <= first || !TAIL.test(text.slice(end))) return null;
  const head = headOf(`${text.slice(0, itemsAt)}}`);
  if (head === null) return null;
  const texts: string[] = [];
  for (let from = first; ; ) {
    const cut = text.indexOf(BETWEEN_ITEMS, from);
    if (cut === -1) {
      texts.push(text.slice(from, end));
      return { ...head, texts };
    }
    texts.push(text.slice(from, cut + 1));
    from = cut + 2;
  }
}

const HEAD_BYTES = 4096;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;

/** What stands in front of the items, and where the first one begins; `null` as `splitPage`. */
export function cutHead(bytes: Buffer): (PageHead & { readonly firstItemAt: number }) | null {
  const start = bytes.toString("latin1", 0, HEAD_BYTES);
  const itemsAt = start.indexOf(ITEMS);
  const firstItemAt = itemsAt + ITEMS.length;
  if (itemsAt === -1 || bytes[firstItemAt] !== OPEN_OBJECT) return null;
  const head = headOf(`${bytes.toString("utf8", 0, itemsAt)}}`);
  return head === null ? null : { ...head, firstItemAt };
}

/** Where the item behind the one that ends at `end` begins; `null` behind the last. Errors: SyntaxError. */
export function nextItemAt(bytes: Buffer, end: number): number | null {
  if (bytes[end] === COMMA) return end + 1;
  if (TAIL.test(bytes.toString("latin1", end, end + HEAD_BYTES))) return null;
  throw new SyntaxError("the list does not end behind its items");
}

/** Errors: SourceError `malformed`. */
export function parsePage(bytes: Buffer): ParsedPage {
  const body = parseJson(bytes);
  // Go writes an empty list as null.
  if (!isObject(body) || (!Array.isArray(body.items) && body.items !== null))
    throw malformed("the answer is not a list");
  return { ...headOfObject(body), items: listAt(body, "items") };
}

function headOf(json: string): PageHead | null {
  try {
    const body: unknown = JSON.parse(json);
    return isObject(body) ? headOfObject(body) : null;
  } catch {
    return null;
  }
}

function headOfObject(body: JsonObject): PageHead {
  const metadata = objectAt(body, "metadata");
  return { continueToken: textOrNull(metadata, "continue"), resourceVersion: textAt(metadata, "resourceVersion") };
}
