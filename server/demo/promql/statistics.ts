/** A sum that keeps the low-order part that addition would lose (Kahan–Babuška–Neumaier, as Prometheus uses). */
export class CompensatedSum {
  sum = 0;
  compensation = 0;

  add(value: number): void {
    const total = this.sum + value;
    if (Math.abs(this.sum) >= Math.abs(value)) this.compensation += this.sum - total + value;
    else this.compensation += value - total + this.sum;
    this.sum = total;
  }

  get total(): number {
    return Number.isFinite(this.sum) ? this.sum + this.compensation : this.sum;
  }
}

/** Order in which Prometheus sorts values: NaN before all numbers. */
export function compareNanFirst(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  if (Number.isNaN(b)) return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** φ-quantile by linear interpolation; −Inf/+Inf outside 0..1, NaN for NaN or no values. Sorts `values` in place. */
export function quantile(phi: number, values: number[]): number {
  if (values.length === 0 || Number.isNaN(phi)) return Number.NaN;
  if (phi < 0) return -Infinity;
  if (phi > 1) return Infinity;
  values.sort(compareNanFirst);
  const rank = phi * (values.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(values.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return (values[lower] ?? 0) * (1 - weight) + (values[upper] ?? 0) * weight;
}

/** Running mean and variance (Welford). */
export class Spread {
  count = 0;
  mean = 0;
  #squares = 0;

  add(value: number): void {
    this.count += 1;
    const delta = value - this.mean;
    this.mean += delta / this.count;
    this.#squares += delta * (value - this.mean);
  }

  get variance(): number {
    return this.#squares / this.count;
  }
}

/** Running mean that survives infinities the way Prometheus' avg does: one infinity wins, two opposite ones are NaN. */
export class Mean {
  #count = 0;
  #mean = 0;

  add(value: number): void {
    this.#count += 1;
    const isInfinite = Math.abs(this.#mean) === Infinity;
    if (isInfinite && (Number.isFinite(value) || value === this.#mean)) return;
    this.#mean += value / this.#count - this.#mean / this.#count;
  }

  get value(): number {
    return this.#mean;
  }
}

/** Least-squares line through (time, value), with time in seconds from `originMs`. */
export function linearRegression(
  timesMs: ArrayLike<number>,
  values: ArrayLike<number>,
  from: number,
  to: number,
  originMs: number,
): { slope: number; intercept: number } {
  const first = values[from] ?? 0;
  const count = to - from;
  const sumX = new CompensatedSum();
  const sumY = new CompensatedSum();
  const sumXY = new CompensatedSum();
  const sumX2 = new CompensatedSum();
  let isConstant = true;
  for (let index = from; index < to; index += 1) {
    const value = values[index] ?? 0;
    if (value !== first) isConstant = false;
    const x = ((timesMs[index] ?? 0) - originMs) / 1000;
    sumX.add(x);
    sumY.add(value);
    sumXY.add(x * value);
    sumX2.add(x * x);
  }
  if (isConstant) {
    return Number.isFinite(first) ? { slope: 0, intercept: first } : { slope: Number.NaN, intercept: Number.NaN };
  }
  const covariance = sumXY.total - (sumX.total * sumY.total) / count;
  const variance = sumX2.total - (sumX.total * sumX.total) / count;
  const slope = covariance / variance;
  return { slope, intercept: sumY.total / count - (slope * sumX.total) / count };
}
