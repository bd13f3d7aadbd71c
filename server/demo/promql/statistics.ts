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

/**
 * φ-quantile by linear interpolation; −Inf/+Inf outside 0..1, NaN for NaN or no values; NaN values count as the
 * smallest. Reorders `values`.
 */
export function quantile(phi: number, values: Float64Array): number {
  if (values.length === 0 || Number.isNaN(phi)) return Number.NaN;
  if (phi < 0) return -Infinity;
  if (phi > 1) return Infinity;
  const nans = moveNansFirst(values);
  const rank = phi * (values.length - 1);
  const lower = Math.floor(rank);
  const upper = Math.min(values.length - 1, lower + 1);
  const weight = rank - lower;
  if (lower >= nans) select(values, nans, lower);
  if (upper > lower && upper >= nans) moveSmallestTo(values, upper);
  return (values[lower] ?? 0) * (1 - weight) + (values[upper] ?? 0) * weight;
}

function moveNansFirst(values: Float64Array): number {
  let nans = 0;
  for (let index = 0; index < values.length; index += 1) {
    if (!Number.isNaN(values[index])) continue;
    swap(values, index, nans);
    nans += 1;
  }
  return nans;
}

/** Hoare's selection: afterwards values[target] is what sorting from `from` on would put there, smaller ones before. */
function select(values: Float64Array, from: number, target: number): void {
  let low = from;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1] ?? 0;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] ?? 0) < pivot) left += 1;
      while ((values[right] ?? 0) > pivot) right -= 1;
      if (left > right) break;
      swap(values, left, right);
      left += 1;
      right -= 1;
    }
    if (target <= right) high = right;
    else if (target >= left) low = left;
    else return;
  }
}

function moveSmallestTo(values: Float64Array, from: number): void {
  let smallest = from;
  for (let index = from + 1; index < values.length; index += 1) {
    if ((values[index] ?? 0) < (values[smallest] ?? 0)) smallest = index;
  }
  swap(values, from, smallest);
}

function swap(values: Float64Array, a: number, b: number): void {
  const held = values[a] ?? 0;
  values[a] = values[b] ?? 0;
  values[b] = held;
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
