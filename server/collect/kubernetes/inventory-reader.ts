import type { SourceRecord } from "../../domain/coverage.ts";
import { known, notExposed, type Reading } from "../../domain/reading.ts";
import type { ApiResourceFacts, ApiWriterFacts } from "../../domain/snapshot.ts";
import { pathOfList, type ResourceCall, rbacOfList } from "./api-calls.ts";
import { ApiWriterFinder, endingVersionsOf } from "./api-writers.ts";
import { versionsToAsk } from "./discovery.ts";
import type { HttpSource } from "./http-source.ts";
import { type ListAnswer, readList } from "./list.ts";
import type { ItemScanner } from "./list-page.ts";
import { SourceError } from "./source-error.ts";
import { asSourceError, failedReading, failedRecord, type OnProgress, okRecord } from "./source-records.ts";

export type InventoryReaderOptions = {
  readonly source: HttpSource;
  /** What discovery found; `null` when it could not be read – then each reader tries its versions in turn. */
  readonly resources: readonly ApiResourceFacts[] | null;
  readonly now: () => Date;
  readonly signal: AbortSignal | undefined;
  readonly pageSize: number | undefined;
  readonly onProgress: OnProgress | undefined;
};
export type ListExtras<T> = {
  readonly scanner?: ItemScanner<T>;
  readonly accept?: string;
  readonly fieldSelector?: string;
  readonly maxItems?: number;
  /** The items are only worth something for another part: keeps the record, names it so. */
  readonly sourceSuffix?: string;
};

/** Reads lists of one cluster in one read: version choice, records and progress in one place. */
export class InventoryReader {
  readonly #options: InventoryReaderOptions;
  readonly #sources: SourceRecord[] = [];
  readonly #writers: ApiWriterFacts[] = [];

  constructor(options: InventoryReaderOptions) {
    this.#options = options;
  }

  get sources(): readonly SourceRecord[] {
    return this.#sources;
  }

  /** Who wrote objects of the lists read so far through API versions that end. */
  get writers(): readonly ApiWriterFacts[] {
    return this.#writers;
  }

  add(record: SourceRecord): void {
    this.#sources.push(record);
  }

  /** `project` must have no effect besides its answer: a list that expires is read again from the start. */
  async list<T>(
    call: ResourceCall,
    project: (raw: unknown) => T | null,
    extras: ListExtras<T> = {},
  ): Promise<Reading<readonly T[]>> {
    const { now, onProgress } = this.#options;
    const startedAt = now();
    const versions = versionsToAsk(call, this.#options.resources);
    const first = versions[0] ?? call.versions[0] ?? "v1";
    const source = `GET ${pathOfList(call.group, first, call.resource)}${extras.sourceSuffix ?? ""}`;
    if (versions.length === 0) {
      this.add(
        okRecord(source, "api-resource", startedAt, startedAt, {
          status: "not-served",
          detail: "discovery does not name it",
          queryCount: 0,
        }),
      );
      return notExposed(startedAt, `${call.group}/${call.resource} is not served`);
    }
    onProgress?.({ source, state: "started", objectCount: 0 });
    try {
      const { answer, version } = await this.#readServed(call, versions, project, extras, source);
      const endedAt = now();
      const partial = partialWords(answer);
      this.#writers.push(...answer.writers);
      this.add(
        okRecord(
          `GET ${pathOfList(call.group, version, call.resource)}${extras.sourceSuffix ?? ""}`,
          "api-resource",
          startedAt,
          endedAt,
          {
            status: partial === null ? "ok" : "partial",
            reason: partial === null ? null : "partial",
            detail: partial ?? (answer.wasRestarted ? "the list expired once and was read again" : null),
            fix: partial === null ? null : { code: "see-detail" },
            objectCount: answer.items.length,
            skippedCount: answer.skippedCount,
            receivedBytes: answer.receivedBytes,
            queryCount: answer.pageCount,
          },
        ),
      );
      onProgress?.({ source, state: "done", objectCount: answer.items.length });
      return partial === null ? known(answer.items, endedAt) : known(answer.items, endedAt, partial);
    } catch (thrown) {
      const error = asSourceError(thrown);
      this.add(failedRecord(source, "api-resource", startedAt, now(), error));
      onProgress?.({ source, state: "done", objectCount: 0 });
      return failedReading(error, now());
    }
  }

  async #readServed<T>(
    call: ResourceCall,
    versions: readonly string[],
    project: (raw: unknown) => T | null,
    extras: ListExtras<T>,
    source: string,
  ): Promise<{ answer: ListAnswer<T>; version: string }> {
    let notServed: SourceError | null = null;
    for (const version of versions) {
      try {
        const answer = await readList(this.#options.source, {
          path: pathOfList(call.group, version, call.resource),
          rbac: { ...rbacOfList(call), verbs: ["list"] },
          project,
          findWriters: endingVersionsOf(call).length === 0 ? undefined : () => new ApiWriterFinder(call),
          signal: this.#options.signal,
          onPage: (objectCount) => this.#options.onProgress?.({ source, state: "progress", objectCount }),
          ...(this.#options.pageSize === undefined ? {} : { pageSize: this.#options.pageSize }),
          ...(extras.scanner === undefined ? {} : { scanner: extras.scanner }),
          ...(extras.accept === undefined ? {} : { accept: extras.accept }),
          ...(extras.fieldSelector === undefined ? {} : { fieldSelector: extras.fieldSelector }),
          ...(extras.maxItems === undefined ? {} : { maxItems: extras.maxItems }),
        });
        return { answer, version };
      } catch (error) {
        if (!(error instanceof SourceError) || error.status !== 404) throw error;
        notServed = error;
      }
    }
    throw notServed ?? new SourceError("malformed", "no version to ask for");
  }
}

function partialWords(answer: ListAnswer<unknown>): string | null {
  if (answer.skippedCount > 0) return `${answer.skippedCount} items could not be read`;
  return answer.isCut ? `only the first ${answer.items.length} were read` : null;
}
