import { executionError, PromqlError } from "./promql-error.ts";

export interface BudgetLimits {
  /** Samples held at once, as Prometheus' --query.max-samples. */
  readonly maxSamples: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

const SLICE_MS = 12;

/** What one query may cost, what it has cost, and a chance for the event loop to do something else meanwhile. */
export class Budget {
  totalQueryableSamples = 0;
  peakSamples = 0;
  readonly #limits: BudgetLimits;
  #held = 0;
  #sliceEndsAt: number;

  constructor(limits: BudgetLimits) {
    this.#limits = limits;
    this.#sliceEndsAt = limits.now() + SLICE_MS;
  }

  /** Samples that the query reads, each window in full, as Prometheus counts totalQueryableSamples. */
  read(samples: number): void {
    this.totalQueryableSamples += samples;
  }

  /** Samples of a column that now exists; none is let go before the query ends. */
  hold(samples: number): void {
    this.#held += samples;
    this.peakSamples = Math.max(this.peakSamples, this.#held);
    if (this.#held > this.#limits.maxSamples) {
      throw executionError("query processing would load too many samples into memory in query execution");
    }
  }

  /** True when it is time to `await pause()`. */
  get isSliceOver(): boolean {
    return this.#limits.now() >= this.#sliceEndsAt;
  }

  async pause(): Promise<void> {
    const { signal, now, deadlineMs } = this.#limits;
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (signal?.aborted) throw new PromqlError("canceled", "query was canceled in expression evaluation");
    if (now() > deadlineMs) throw new PromqlError("timeout", "query timed out in expression evaluation");
    this.#sliceEndsAt = now() + SLICE_MS;
  }
}
