import { AppError } from "../errors.ts";

export type RateLimit = { readonly burst: number; readonly perSecond: number };
type Bucket = { tokens: number; at: number };

/** Enough for a person with a form and a script with a price list; far below what hurts a collector. */
export const WRITE_LIMIT: RateLimit = { burst: 60, perSecond: 1 };
const MAX_KEYS = 10_000;

/** A bucket per key that fills at a steady rate. Per process: two web processes allow twice as much. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #nowSeconds: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limit: RateLimit, nowSeconds: () => number = () => performance.now() / 1000) {
    this.#limit = limit;
    this.#nowSeconds = nowSeconds;
  }

  /** Takes one token. Errors: `too-many-requests` with `retryAfterSeconds`. */
  take(key: string): void {
    const now = this.#nowSeconds();
    const { burst, perSecond } = this.#limit;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + (now - bucket.at) * perSecond);
    if (tokens < 1) {
      const retryAfterSeconds = String(Math.max(1, Math.ceil((1 - tokens) / perSecond)));
      throw new AppError("too-many-requests", "Too many changes in a short time.", { retryAfterSeconds });
    }
    // Oldest first: re-inserting keeps the map in order of use, so a flood of names pushes out idle ones only.
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: tokens - 1, at: now });
    if (this.#buckets.size > MAX_KEYS) {
      const oldest = this.#buckets.keys().next().value;
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
  }
}
