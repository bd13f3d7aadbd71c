import type { Fix, SourceRecord } from "../../domain/coverage.ts";
import type { UnknownReason } from "../../domain/reading.ts";
import type { CatalogueQuery } from "./catalogue-types.ts";
import type { PrometheusClient, QueryAnswer } from "./client.ts";
import type { InstantSample } from "./parse-answer.ts";
import { type PlannedQuery, partIdOf, planQueries, splitQuery } from "./plan-queries.ts";
import type { Presence } from "./presence.ts";
import { PrometheusError } from "./prometheus-error.ts";
import type { QueryBudget } from "./query-budget.ts";
import { sayUnverified } from "./unverified.ts";

export type QueryRows = {
  readonly byPart: ReadonlyMap<string, readonly InstantSample[]>;
  /** By part: the smallest row that a `topk` kept, when it cut something off. */
  readonly cutAt: ReadonlyMap<string, number>;
};

type Tally = {
  objectCount: number;
  skippedCount: number;
  receivedBytes: number;
  queryCount: number;
  durationSeconds: number;
  partial: string | null;
  failures: PrometheusError[];
  unsentCount: number;
  succeededCount: number;
};

/** The queries of one read: sends what was planned, falls back to halves, keeps the books. */
export class QueryRun {
  readonly #client: PrometheusClient;
  readonly #budget: QueryBudget;
  readonly #atSeconds: number;
  readonly #signal: AbortSignal | undefined;
  readonly #records = new Map<string, SourceRecord>();

  constructor(client: PrometheusClient, budget: QueryBudget, atSeconds: number, signal: AbortSignal | undefined) {
    this.#client = client;
    this.#budget = budget;
    this.#atSeconds = atSeconds;
    this.#signal = signal;
  }

  get records(): readonly SourceRecord[] {
    return [...this.#records.values()];
  }

  /** Rows that could not be attributed, added to a query's record. */
  noteSkippedRows(id: string, count: number): void {
    const record = this.#records.get(`query:${id}`);
    if (record !== undefined && count > 0) {
      this.#records.set(record.source, { ...record, skippedCount: record.skippedCount + count });
    }
  }

  /** Probes: all of the expressions or nothing. */
  async askPlain(id: string, expressions: readonly string[]): Promise<readonly InstantSample[] | null> {
    const tally = newTally();
    const rows: InstantSample[] = [];
    for (const expr of expressions) {
      const answer = await this.#send(expr, tally);
      if (answer === null) break;
      rows.push(...answer.data);
    }
    this.#record(id, tally, null);
    return tally.succeededCount === expressions.length ? rows : null;
  }

  /** The rows of a catalogue query; `null` when nothing of it could be asked or answered. */
  async ask(
    query: CatalogueQuery,
    presence: Presence,
    nodeCount: number,
    values: Readonly<Record<string, string>> = {},
  ): Promise<QueryRows | null> {
    const plan = planQueries(query, presence, nodeCount, values);
    if (plan.queries.length === 0) {
      const isHeavy = plan.tooHeavy.length > 0;
      this.#put(query.id, newTally(), isHeavy ? "skipped" : "not-served", {
        reason: isHeavy ? "partial" : null,
        detail: isHeavy
          ? "it would read more than 5 million samples and cannot be divided by node"
          : `no series: needs ${query.needs.en}`,
        fix: isHeavy ? { code: "raise-limits" } : { code: "enable-exporter", hint: query.needs.en },
      });
      return null;
    }
    const tally = newTally();
    const byPart = new Map<string, InstantSample[]>();
    const cutAt = new Map<string, number>();
    for (const part of plan.queries.flatMap((planned) => planned.parts)) byPart.set(part.part.id, []);
    await Promise.all(plan.queries.map((planned) => this.#sendPlanned(query, planned, tally, byPart, cutAt)));
    const missing = plan.tooHeavy.length === 0 ? null : `${plan.tooHeavy.length} figures would read too many samples`;
    this.#record(query.id, tally, missing, sayUnverified(plan.queries.map(({ promql }) => promql)));
    return tally.succeededCount > 0 ? { byPart, cutAt } : null;
  }

  async #sendPlanned(
    query: CatalogueQuery,
    planned: PlannedQuery,
    tally: Tally,
    byPart: Map<string, InstantSample[]>,
    cutAt: Map<string, number>,
  ): Promise<void> {
    const halves = splitQuery(query, planned);
    const answer = await this.#send(planned.promql, tally, halves !== null && this.#budget.left >= 2);
    if (answer === "split" && halves !== null) {
      // One part that the server cannot evaluate must not take the others with it.
      await Promise.all(halves.map((half) => this.#sendPlanned(query, half, tally, byPart, cutAt)));
      return;
    }
    if (answer === null || answer === "split") return;
    const perPart = new Map<string, InstantSample[]>();
    for (const row of answer.data) {
      const id = partIdOf(row.labels);
      const rows = perPart.get(id);
      if (rows === undefined) perPart.set(id, [row]);
      else rows.push(row);
    }
    for (const [id, rows] of perPart) {
      byPart.set(id, [...(byPart.get(id) ?? []), ...rows]);
      if (planned.topRows !== null && rows.length >= planned.topRows) {
        const lowest = rows.reduce((low, row) => Math.min(low, row.value), Number.POSITIVE_INFINITY);
        cutAt.set(id, Math.max(cutAt.get(id) ?? 0, lowest));
      }
    }
  }

  async #send(promql: string, tally: Tally): Promise<QueryAnswer<InstantSample> | null>;
  async #send(promql: string, tally: Tally, canSplit: boolean): Promise<QueryAnswer<InstantSample> | null | "split">;
  async #send(promql: string, tally: Tally, canSplit = false): Promise<QueryAnswer<InstantSample> | null | "split"> {
    if (this.#budget.left <= 0) {
      tally.unsentCount += 1;
      return null;
    }
    try {
      const answer = await this.#client.instant(promql, this.#atSeconds, {
        budget: this.#budget,
        signal: this.#signal,
      });
      tally.queryCount += 1;
      tally.succeededCount += 1;
      tally.objectCount += answer.data.length;
      tally.skippedCount += answer.noValueCount + answer.malformedCount;
      tally.receivedBytes += answer.receivedBytes;
      tally.durationSeconds += answer.durationSeconds;
      tally.partial ??= answer.partial;
      return answer;
    } catch (error) {
      if (!(error instanceof PrometheusError)) throw error;
      if (error.reason === "partial") {
        // The budget went to others while this one waited its turn.
        tally.unsentCount += 1;
        return null;
      }
      tally.queryCount += 1;
      if (error.isQueryFault && canSplit) return "split";
      tally.failures.push(error);
      return null;
    }
  }

  /** `note`: what a reader should know of an answer that is complete. */
  #record(id: string, tally: Tally, missing: string | null, note: string | null = null): void {
    const [failure] = tally.failures;
    if (tally.succeededCount === 0 && failure !== undefined) {
      this.#put(id, tally, "failed", { reason: failure.reason, detail: failure.message, fix: failure.fix });
      return;
    }
    if (tally.succeededCount === 0) {
      this.#put(id, tally, "skipped", {
        reason: "partial",
        detail: `the read may send ${this.#budget.maxQueries} queries and has; this one waits for the next read`,
        fix: { code: "wait" },
      });
      return;
    }
    const unsent = tally.unsentCount === 0 ? null : `${tally.unsentCount} of its queries did not fit into the read`;
    const detail = failure?.message ?? unsent ?? missing ?? tally.partial;
    if (detail === null) this.#put(id, tally, "ok", { reason: null, detail: note, fix: null });
    else {
      const fix = failure?.fix ?? (unsent === null && missing === null ? null : { code: "raise-limits" as const });
      this.#put(id, tally, "partial", { reason: "partial", detail, fix });
    }
  }

  #put(
    id: string,
    tally: Tally,
    status: SourceRecord["status"],
    why: { readonly reason: UnknownReason | null; readonly detail: string | null; readonly fix: Fix | null },
  ): void {
    this.#records.set(`query:${id}`, {
      source: `query:${id}`,
      kind: "query",
      status,
      ...why,
      objectCount: tally.objectCount,
      expectedCount: null,
      skippedCount: tally.skippedCount,
      receivedBytes: tally.receivedBytes,
      queryCount: tally.queryCount,
      durationSeconds: tally.durationSeconds,
    });
  }
}

function newTally(): Tally {
  return {
    objectCount: 0,
    skippedCount: 0,
    receivedBytes: 0,
    queryCount: 0,
    durationSeconds: 0,
    partial: null,
    failures: [],
    unsentCount: 0,
    succeededCount: 0,
  };
}
