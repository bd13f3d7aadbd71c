import { parseJson } from "./http-source.ts";
import { isObject, type JsonObject, listAt, objectAt, textAt, textOrNull } from "./parse-json.ts";
import { malformed } from "./source-error.ts";

export type PageHead = { readonly continueToken: string | null; readonly resourceVersion: string };
export type ParsedPage = PageHead & { readonly items: readonly unknown[] };
export type SplitPage = PageHead & { readonly texts: readonly string[] };

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
