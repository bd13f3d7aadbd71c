/** Queries that one read may send (design: 20), shared by everything that reads Prometheus in that read. */
export const QUERIES_PER_READ = 20;

export class QueryBudget {
  readonly maxQueries: number;
  #used = 0;
  constructor(maxQueries: number = QUERIES_PER_READ) {
    this.maxQueries = maxQueries;
  }
  get used(): number {
    return this.#used;
  }
  get left(): number {
    return this.maxQueries - this.#used;
  }
  /** True when one more query may be sent; it then counts as sent. */
  take(): boolean {
    if (this.#used >= this.maxQueries) return false;
    this.#used += 1;
    return true;
  }
}
