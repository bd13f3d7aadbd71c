import { describe, expect, it } from "vitest";
import { RateLimiter } from "./rate-limit.ts";

describe("the rate limit", () => {
  it("lets a burst through, then refuses with the time to wait, then fills again", () => {
    let now = 0;
    const limiter = new RateLimiter({ burst: 3, perSecond: 0.5 }, () => now);
    for (let index = 0; index < 3; index += 1) limiter.take("reader");
    expect(() => limiter.take("reader")).toThrow(
      expect.objectContaining({ code: "too-many-requests", context: { retryAfterSeconds: "2" } }),
    );
    now = 2;
    limiter.take("reader");
    expect(() => limiter.take("reader")).toThrow();
  });
  it("counts each name by itself", () => {
    const limiter = new RateLimiter({ burst: 1, perSecond: 1 }, () => 0);
    limiter.take("a");
    limiter.take("b");
    expect(() => limiter.take("a")).toThrow();
  });
});
