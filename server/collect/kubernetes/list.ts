import { setImmediate } from "node:timers/promises";
import type { RbacRule } from "../../domain/coverage.ts";
import type { ApiWriterFacts } from "../../domain/snapshot.ts";
import type { ApiWriterFinder } from "./api-writers.ts";
import { dropManagedFields } from "./drop-managed-fields.ts";
import type { HttpSource } from "./http-source.ts";
import { cutHead, type ItemScanner, nextItemAt, type PageHead, parsePage, splitPage } from "./list-page.ts";
import { MalformedItem } from "./parse-json.ts";
import { malformed, SourceError } from "./source-error.ts";

export const PAGE_SIZE = 500;
const ITEMS_PER_TURN = 64;
const PAGE_LIMIT = 20_000; // ten million objects: a server that never ends its list is wrong

export type ListOptions<T> = {
  readonly path: string;
  readonly rbac: RbacRule;
  readonly accept?: string;
  readonly fieldSelector?: string;
  readonly pageSize?: number;
  /** Stops after this many kept items; the answer then says `isCut`. */
  readonly maxItems?: number;
  /** `null` = not wanted. MalformedItem = counted and skipped. */
  readonly project: (item: unknown) => T | null;
  /** The same from the page's bytes, where that is quicker. */
  readonly scanner?: ItemScanner<T>;
  /** Makes what looks for writers through versions that end; one for each time that the list is begun. */
  readonly findWriters?: (() => ApiWriterFinder) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onPage?: ((itemCount: number) => void) | undefined;
};
export type ListAnswer<T> = {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly skippedCount: number;
  readonly receivedBytes: number;
  readonly pageCount: number;
  readonly isCut: boolean;
  readonly wasRestarted: boolean;
  readonly writers: readonly ApiWriterFacts[];
};

/**
 * A whole list, page by page; each page is projected and dropped before the next one is asked for.
 *
 * Errors: SourceError. A 410 in the middle (the continue token expired) starts this list again, once, from nothing: what was
 * read before is thrown away, so nothing appears twice. Any other failure loses the list – half a list is not a list.
 */
export async function readList<T>(source: HttpSource, options: ListOptions<T>): Promise<ListAnswer<T>> {
  try {
    return await readPages(source, options, false);
  } catch (error) {
    if (!(error instanceof SourceError) || error.status !== 410) throw error;
  }
  try {
    return await readPages(source, options, true);
  } catch (error) {
    if (!(error instanceof SourceError) || error.status !== 410) throw error;
    throw new SourceError("timed-out", "the list expired twice while it was being read", {
      fix: { code: "wait" },
      cause: error,
    });
  }
}

async function readPages<T>(
  source: HttpSource,
  options: ListOptions<T>,
  wasRestarted: boolean,
): Promise<ListAnswer<T>> {
  const items: T[] = [];
  let skippedCount = 0;
  let receivedBytes = 0;
  let lastToken: string | null = null;
  const finder = options.findWriters?.();
  let coming = fetchPage(source, options, null);
  for (let pageCount = 1; pageCount <= PAGE_LIMIT; pageCount += 1) {
    const fetched = await coming;
    receivedBytes += fetched.receivedBytes;
    // The next page is on its way while this one is taken apart. A bounded list may not need it, so it does not hurry.
    const peeked = options.maxItems === undefined ? peekContinue(fetched.bytes) : null;
    const next = peeked === null ? null : fetchPage(source, options, peeked);
    next?.catch(() => undefined); // awaited above in the next round, or not at all when this page ends the read
    const page = await takePage(emptied(fetched.bytes, finder), options);
    for (const item of page.items) items.push(item);
    skippedCount += page.skippedCount;
    options.onPage?.(items.length);
    const { continueToken, resourceVersion } = page;
    const isFull = options.maxItems !== undefined && items.length >= options.maxItems;
    if (continueToken === null || isFull) {
      const isCut = continueToken !== null;
      return {
        items,
        resourceVersion,
        skippedCount,
        receivedBytes,
        pageCount,
        isCut,
        wasRestarted,
        writers: finder?.writers ?? [],
      };
    }
    if (continueToken === lastToken) throw malformed("the list goes on with the page that it just gave");
    lastToken = continueToken;
    coming = next !== null && peeked === continueToken ? next : fetchPage(source, options, continueToken);
  }
  throw malformed("the list does not end");
}

function emptied(bytes: Buffer, finder: ApiWriterFinder | undefined): Buffer {
  return finder?.isIn(bytes) ? dropManagedFields(bytes, (fields) => finder.add(fields)) : dropManagedFields(bytes);
}

function fetchPage(
  source: HttpSource,
  options: ListOptions<unknown>,
  continueToken: string | null,
): Promise<{ readonly bytes: Buffer; readonly receivedBytes: number }> {
  return source.readBytes(pathOfPage(options, continueToken), {
    rbac: options.rbac,
    ...(options.accept === undefined ? {} : { accept: options.accept }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

const HEAD_BYTES = 4096;
const CONTINUE_IN_HEAD = /^\{[^{[]*"metadata":\{[^{}[\]]*"continue":"([^"\\]+)"[^{}[\]]*\}/;

/** The continue token, where API servers write it: in front of the items. `null` when it is not there; then parsing tells. */
function peekContinue(bytes: Buffer): string | null {
  return CONTINUE_IN_HEAD.exec(bytes.toString("latin1", 0, HEAD_BYTES))?.[1] ?? null;
}

function pathOfPage(options: ListOptions<unknown>, continueToken: string | null): string {
  const query = new URLSearchParams({ limit: String(options.pageSize ?? PAGE_SIZE) });
  if (options.fieldSelector !== undefined) query.set("fieldSelector", options.fieldSelector);
  if (continueToken !== null) query.set("continue", continueToken);
  return `${options.path}?${query}`;
}

type TakenPage<T> = PageHead & { readonly items: readonly T[]; readonly skippedCount: number };

/** Item by item where the page can be cut so, whole otherwise. */
async function takePage<T>(bytes: Buffer, options: ListOptions<T>): Promise<TakenPage<T>> {
  try {
    const scanned = options.scanner === undefined ? null : await scanPage(bytes, options.scanner);
    if (scanned !== null) return scanned;
    const split = splitPage(bytes);
    const projectText = (text: string): T | null => options.project(JSON.parse(text));
    if (split !== null) return { ...split, ...(await projectAll(split.texts, projectText)) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error; // cut in the wrong place, or no JSON at all: the whole page tells
  }
  const page = parsePage(bytes);
  return { ...page, ...(await projectAll(page.items, options.project)) };
}

async function scanPage<T>(bytes: Buffer, scanner: ItemScanner<T>): Promise<TakenPage<T> | null> {
  const head = cutHead(bytes);
  if (head === null) return null;
  const taken = new Taken<T>();
  for (let at: number | null = head.firstItemAt; at !== null; at = nextItemAt(bytes, scanner.end)) {
    const from = at;
    if (taken.isTurnOver) await setImmediate();
    taken.take(() => scanner.scan(bytes, from));
  }
  return { ...head, items: taken.items, skippedCount: taken.skippedCount };
}

async function projectAll<Raw, T>(
  raws: readonly Raw[],
  project: (raw: Raw) => T | null,
): Promise<{ readonly items: readonly T[]; readonly skippedCount: number }> {
  const taken = new Taken<T>();
  for (const raw of raws) {
    if (taken.isTurnOver) await setImmediate();
    taken.take(() => project(raw));
  }
  return taken;
}

/** Items of a page as they are projected, the malformed ones counted. */
class Taken<T> {
  readonly items: T[] = [];
  skippedCount = 0;
  #count = 0;

  /** True now and then: the next page is to arrive and unpack meanwhile. */
  get isTurnOver(): boolean {
    return this.#count % ITEMS_PER_TURN === ITEMS_PER_TURN - 1;
  }

  take(project: () => T | null): void {
    this.#count += 1;
    try {
      const item = project();
      if (item !== null) this.items.push(item);
    } catch (error) {
      if (!(error instanceof MalformedItem)) throw error;
      this.skippedCount += 1;
    }
  }
}
