import { expect, it } from "vitest";
import { contentSecurityPolicy } from "./security-headers.ts";

const policy = (isDevelopment: boolean) =>
  new Map(
    contentSecurityPolicy({ nonce: "abc", isDevelopment })
      .split("; ")
      .map((directive) => {
        const [name = "", ...sources] = directive.split(" ");
        return [name, sources] as const;
      }),
  );

it("runs scripts by nonce alone and lets nobody frame a page", () => {
  const directives = policy(false);
  expect(directives.get("script-src")).toEqual(["'self'", "'nonce-abc'", "'strict-dynamic'"]);
  expect(directives.get("style-src")).toEqual(["'self'", "'nonce-abc'"]);
  expect(directives.get("connect-src")).toEqual(["'self'"]);
  expect(directives.get("frame-ancestors")).toEqual(["'none'"]);
  expect(directives.get("object-src")).toEqual(["'none'"]);
  expect(directives.get("base-uri")).toEqual(["'none'"]);
});

it("allows eval in development only, where React needs it", () => {
  expect(policy(true).get("script-src")).toContain("'unsafe-eval'");
  expect(policy(false).get("script-src")).not.toContain("'unsafe-eval'");
});
