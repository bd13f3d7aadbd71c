import { uniform } from "./random.ts";

/**
 * A physical quantity over time with an exact integral. Counters are integrals of rates, so a counter can be read at
 * any moment in constant time: no stored samples, no step-by-step replay, and a rate computed from two counter
 * readings is the mean of the signal between them.
 *
 * Unit: whatever the owner says (cores, bytes, share of time, bytes per second). Time is in epoch seconds.
 */
export interface Signal {
  at(seconds: number): number;
  /** Integral from a fixed origin; only differences mean something. */
  integral(seconds: number): number;
}

const MINUTE = 60;
const HOUR = 3600;
export const DAY = 86_400;
/** Integrals count from here (2026-01-01T00:00:00Z), which keeps doubles precise. */
const ORIGIN = 1_767_225_600;

/**
 * All waves share these periods, so the sum of any number of waves is again one wave of the same size, and the sines
 * of one moment are computed once for every series. The first four are the rhythm of people, the rest is texture with
 * periods that have no common multiple worth noticing.
 */
const PERIODS = [
  DAY,
  DAY / 2,
  7 * DAY,
  3.5 * DAY,
  31.7 * HOUR,
  11.3 * HOUR,
  5.9 * HOUR,
  3.7 * HOUR,
  2.3 * HOUR,
  97 * MINUTE,
  53 * MINUTE,
  37 * MINUTE,
  17 * MINUTE,
  7.3 * MINUTE,
] as const;
const FREQUENCIES = PERIODS.map((period) => (2 * Math.PI) / period);
const SIZE = PERIODS.length;

/** Moments are revisited by thousands of series in one query; 30 days of one-minute samples fit. */
const BASIS_CACHE_LIMIT = 50_000;
const basisCache = new Map<number, Float64Array>();

/** cos and sin of every period at a moment: [cos 0, sin 0, cos 1, sin 1, …]. */
function basisAt(seconds: number): Float64Array {
  const known = basisCache.get(seconds);
  if (known !== undefined) return known;
  const basis = new Float64Array(2 * SIZE);
  const elapsed = seconds - ORIGIN;
  for (let index = 0; index < SIZE; index += 1) {
    const angle = (FREQUENCIES[index] ?? 0) * elapsed;
    basis[2 * index] = Math.cos(angle);
    basis[2 * index + 1] = Math.sin(angle);
  }
  if (basisCache.size >= BASIS_CACHE_LIMIT) basisCache.clear();
  basisCache.set(seconds, basis);
  return basis;
}

class Wave implements Signal {
  readonly mean: number;
  readonly coefficients: Float64Array | null;
  /** The same for the integral, factor by factor of the basis. */
  private integrals: Float64Array | null = null;

  constructor(mean: number, coefficients: Float64Array | null) {
    this.mean = mean;
    this.coefficients = coefficients;
  }

  at(seconds: number): number {
    const { coefficients } = this;
    return coefficients === null ? this.mean : this.mean + dot(coefficients, basisAt(seconds));
  }

  integral(seconds: number): number {
    const { coefficients } = this;
    const value = this.mean * (seconds - ORIGIN);
    if (coefficients === null) return value;
    this.integrals ??= integralCoefficients(coefficients);
    return value + dot(this.integrals, basisAt(seconds));
  }
}

/** Unrolled by two: this is the innermost loop of every query. */
function dot(left: Float64Array, right: Float64Array): number {
  let even = 0;
  let odd = 0;
  for (let index = 0; index < 2 * SIZE; index += 2) {
    // Both arrays have this length; the casts keep the check for holes out of the loop.
    even += (left[index] as number) * (right[index] as number);
    odd += (left[index + 1] as number) * (right[index + 1] as number);
  }
  return even + odd;
}

/** ∫ c·cos(ωt) + s·sin(ωt) = (c/ω)·sin(ωt) − (s/ω)·cos(ωt). */
function integralCoefficients(coefficients: Float64Array): Float64Array {
  const result = new Float64Array(2 * SIZE);
  for (let index = 0; index < SIZE; index += 1) {
    const frequency = FREQUENCIES[index] ?? Number.NaN;
    result[2 * index] = -(coefficients[2 * index + 1] ?? 0) / frequency;
    result[2 * index + 1] = (coefficients[2 * index] ?? 0) / frequency;
  }
  return result;
}

/** The same value for ever. */
export function constant(value: number): Signal {
  return new Wave(value, null);
}

export const ZERO: Signal = constant(0);

export type Rhythm = {
  /** Part of the mean that follows the day (0–0.6): people awake at `peakHour` UTC. */
  readonly daily?: number;
  /** Part of the mean that follows the week (0–0.3): quieter at weekends. */
  readonly weekly?: number;
  /** Part of the mean that is texture (0–0.4). */
  readonly noise?: number;
  readonly peakHour?: number;
};

/**
 * A load that follows people: mean × (1 + daily + weekly + texture). The parts together stay below 1, so the signal
 * never turns negative and needs no clamp (a clamp would break the exact integral).
 */
export function load(seed: number, name: string, mean: number, rhythm: Rhythm = {}): Signal {
  const { daily = 0.35, weekly = 0.1, noise = 0.2, peakHour = 15 } = rhythm;
  const coefficients = new Float64Array(2 * SIZE);
  const set = (index: number, amplitude: number, angle: number) => {
    coefficients[2 * index] = amplitude * Math.cos(angle) * mean;
    coefficients[2 * index + 1] = amplitude * Math.sin(angle) * mean;
  };
  set(0, daily * 0.8, (2 * Math.PI * peakHour) / 24);
  set(1, daily * 0.2, 2 * Math.PI * uniform(seed, `${name}/half`));
  // 2026-01-01 was a Thursday: the week's high point is Wednesday noon, 6.5 days after the origin.
  set(2, weekly * 0.7, (2 * Math.PI * 6.5) / 7);
  set(3, weekly * 0.3, 2 * Math.PI * uniform(seed, `${name}/half-week`));
  const textures = SIZE - 4;
  for (let index = 4; index < SIZE; index += 1) {
    const share = 0.5 + uniform(seed, `${name}/amplitude/${index}`);
    set(index, (noise * share) / (1.5 * textures), 2 * Math.PI * uniform(seed, `${name}/phase/${index}`));
  }
  return new Wave(mean, coefficients);
}

/** A straight piece: the signal goes from `start` to `end` between two moments and is 0 elsewhere. */
export type Piece = { readonly from: number; readonly to: number; readonly start: number; readonly end: number };

class Pieces implements Signal {
  readonly pieces: readonly Piece[];
  readonly before: Float64Array;

  constructor(pieces: readonly Piece[]) {
    this.pieces = [...pieces].sort((left, right) => left.from - right.from);
    this.before = new Float64Array(this.pieces.length + 1);
    this.pieces.forEach((piece, index) => {
      const area = ((piece.start + piece.end) / 2) * (piece.to - piece.from);
      this.before[index + 1] = (this.before[index] ?? 0) + area;
    });
  }

  /** Index of the last piece that begins at or before a moment, −1 when none does. */
  private lastBegun(seconds: number): number {
    let low = 0;
    let high = this.pieces.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.pieces[middle]?.from ?? Number.POSITIVE_INFINITY) <= seconds) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  at(seconds: number): number {
    const piece = this.pieces[this.lastBegun(seconds)];
    if (piece === undefined || seconds >= piece.to) return 0;
    return piece.start + ((piece.end - piece.start) * (seconds - piece.from)) / (piece.to - piece.from);
  }

  integral(seconds: number): number {
    const index = this.lastBegun(seconds);
    const piece = this.pieces[index];
    if (piece === undefined) return 0;
    const until = Math.min(seconds, piece.to);
    const height = piece.start + ((piece.end - piece.start) * (until - piece.from)) / (piece.to - piece.from);
    return (this.before[index] ?? 0) + ((piece.start + height) / 2) * (until - piece.from);
  }
}

/** Pieces that do not overlap, added to nothing. */
export function pieces(list: readonly Piece[]): Signal {
  return new Pieces(list);
}

/** Rise, plateau and fall at each moment of a list. */
export function bursts(
  starts: readonly number[],
  shape: {
    readonly height: number;
    readonly riseSeconds: number;
    readonly holdSeconds: number;
    readonly fallSeconds: number;
  },
): Signal {
  return new Pieces(
    starts.flatMap((start) => {
      const top = start + shape.riseSeconds;
      const end = top + shape.holdSeconds;
      return [
        { from: start, to: top, start: 0, end: shape.height },
        { from: top, to: end, start: shape.height, end: shape.height },
        { from: end, to: end + shape.fallSeconds, start: shape.height, end: 0 },
      ].filter((piece) => piece.to > piece.from);
    }),
  );
}

/** Every `everySeconds` between two moments, the first at `from`. */
export function momentsEvery(from: number, to: number, everySeconds: number): number[] {
  const moments: number[] = [];
  for (let moment = from; moment < to; moment += everySeconds) moments.push(moment);
  return moments;
}

class Stepped implements Signal {
  readonly base: Signal;
  readonly steps: readonly { readonly from: number; readonly factor: number }[];
  readonly first: number;

  constructor(base: Signal, first: number, steps: readonly { readonly from: number; readonly factor: number }[]) {
    this.base = base;
    this.first = first;
    this.steps = steps;
  }

  at(seconds: number): number {
    let factor = this.first;
    for (const step of this.steps) if (seconds >= step.from) factor = step.factor;
    return factor === 0 ? 0 : factor * this.base.at(seconds);
  }

  integral(seconds: number): number {
    let value = 0;
    let factor = this.first;
    let since: number | null = null;
    for (const step of this.steps) {
      if (seconds < step.from) break;
      value += factor * (this.base.integral(step.from) - (since === null ? 0 : this.base.integral(since)));
      factor = step.factor;
      since = step.from;
    }
    return value + factor * (this.base.integral(seconds) - (since === null ? 0 : this.base.integral(since)));
  }
}

/** A signal whose size changes at moments: × `first` before the first step, then × each step's factor. */
export function stepped(
  base: Signal,
  first: number,
  steps: readonly { readonly from: number; readonly factor: number }[],
): Signal {
  return new Stepped(base, first, steps);
}

class Scaled implements Signal {
  readonly base: Signal;
  readonly factor: number;

  constructor(base: Signal, factor: number) {
    this.base = base;
    this.factor = factor;
  }

  at(seconds: number): number {
    return this.factor * this.base.at(seconds);
  }

  integral(seconds: number): number {
    return this.factor * this.base.integral(seconds);
  }
}

export function scaled(base: Signal, factor: number): Signal {
  if (base instanceof Wave) return new Wave(base.mean * factor, base.coefficients?.map((one) => one * factor) ?? null);
  if (base instanceof Sum) return sum(base.parts.map((part) => scaled(part, factor)));
  return new Scaled(base, factor);
}

class Sum implements Signal {
  readonly parts: readonly Signal[];

  constructor(parts: readonly Signal[]) {
    this.parts = parts;
  }

  at(seconds: number): number {
    let value = 0;
    for (const part of this.parts) value += part.at(seconds);
    return value;
  }

  integral(seconds: number): number {
    let value = 0;
    for (const part of this.parts) value += part.integral(seconds);
    return value;
  }
}

/** Waves melt into one, so that a node's load costs as little to read as a container's. */
export function sum(signals: readonly Signal[]): Signal {
  const others: Signal[] = [];
  let mean = 0;
  let coefficients: Float64Array | null = null;
  for (const signal of signals.flatMap((one) => (one instanceof Sum ? one.parts : [one]))) {
    if (!(signal instanceof Wave)) {
      others.push(signal);
      continue;
    }
    mean += signal.mean;
    if (signal.coefficients === null) continue;
    coefficients ??= new Float64Array(2 * SIZE);
    for (let index = 0; index < coefficients.length; index += 1) {
      coefficients[index] = (coefficients[index] ?? 0) + (signal.coefficients[index] ?? 0);
    }
  }
  const wave = new Wave(mean, coefficients);
  if (others.length === 0) return wave;
  return new Sum(mean === 0 && coefficients === null ? others : [wave, ...others]);
}

/** Exists only between two moments (a pod that came and went); the integral stands still outside. */
export function during(base: Signal, from: number, to: number): Signal {
  if (from === Number.NEGATIVE_INFINITY && to === Number.POSITIVE_INFINITY) return base;
  return {
    at: (seconds) => (seconds >= from && seconds < to ? base.at(seconds) : 0),
    integral: (seconds) => {
      const start = Number.isFinite(from) ? from : ORIGIN;
      const until = Math.min(Math.max(seconds, start), to);
      return base.integral(until) - base.integral(start);
    },
  };
}

/**
 * A counter over a signal: the integral since the last moment at which the counting process started.
 *
 * Shape: a function of epoch seconds. Unit: unit of the signal × seconds. `resets` is sorted, oldest first.
 */
export function counter(signal: Signal, resets: readonly number[], factor = 1): (seconds: number) => number {
  const bases = resets.map((reset) => signal.integral(reset));
  return (seconds) => {
    let index = resets.length - 1;
    while (index > 0 && (resets[index] ?? 0) > seconds) index -= 1;
    return Math.max(0, factor * (signal.integral(seconds) - (bases[index] ?? 0)));
  };
}
