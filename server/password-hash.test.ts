import { describe, expect, it } from "vitest";
import { hashPassword, verifyPassword } from "./password-hash.ts";

describe("a password hash", () => {
  it("fits its password alone, differs each time, and does not show it", async () => {
    const [first, second] = await Promise.all([
      hashPassword("correct horse battery"),
      hashPassword("correct horse battery"),
    ]);
    expect(first).toMatch(/^scrypt\$15\$8\$3\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}$/);
    expect(first).not.toBe(second);
    expect(await verifyPassword("correct horse battery", first)).toBe(true);
    expect(await verifyPassword("correct horse batterz", first)).toBe(false);
  });
  it("takes the same letters however they were composed", async () => {
    expect(await verifyPassword("cafe\u0301 cafe\u0301 cafe\u0301", await hashPassword("café café café"))).toBe(true);
  });
  it.each([
    null,
    "",
    "plain",
    "scrypt$15$8$3$AAAA$AAAA",
    "scrypt$30$8$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "scrypt$x$8$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  ])("%s lets nobody in", async (hash) => {
    expect(await verifyPassword("", hash)).toBe(false);
    expect(await verifyPassword("plain", hash)).toBe(false);
  });
  it("is worked out a few at a time, and all are", async () => {
    const hash = await hashPassword("correct horse battery");
    const answers = await Promise.all(
      Array.from({ length: 9 }, (_, i) => verifyPassword(i === 5 ? "correct horse battery" : "no", hash)),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
  });
});
