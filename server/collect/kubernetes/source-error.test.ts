import { describe, expect, it } from "vitest";
import { fromStatus, fromTransportError } from "./source-error.ts";

const coded = (code: string): Error => Object.assign(new Error("details with a secret"), { code });

describe("what a failed request means", () => {
  it.each([
    ["ECONNREFUSED", "unreachable", "check-address", true],
    ["UND_ERR_CONNECT_TIMEOUT", "timed-out", "check-address", true],
    ["CERT_HAS_EXPIRED", "unreachable", "check-certificate", false],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "unreachable", "check-certificate", false],
    ["Z_BUF_ERROR", "malformed", "see-detail", false],
    ["HPE_INVALID_CONSTANT", "malformed", "check-address", false],
    ["UND_ERR_INVALID_ARG", "not-configured", "see-detail", false],
  ])("%s", (code, reason, fix, isRetryable) => {
    const error = fromTransportError(new Error("outer", { cause: coded(code) }), undefined);
    expect(error).toMatchObject({ reason, fix: { code: fix }, isRetryable });
    expect(error.message).not.toContain("secret");
  });

  it.each([
    [401, "forbidden", "check-token", false],
    [403, "forbidden", "grant-rbac", false],
    [404, "malformed", "see-detail", false],
    [410, "malformed", "see-detail", false],
    [429, "unreachable", "wait", true],
    [500, "unreachable", "wait", true],
    [503, "unreachable", "wait", true],
    [504, "timed-out", "wait", true],
    [302, "malformed", "check-address", false],
  ])("status %i", (status, reason, fix, isRetryable) => {
    expect(fromStatus(status, null, undefined)).toMatchObject({ status, reason, fix: { code: fix }, isRetryable });
  });

  it("lets a fault of this program through as what it is", () => {
    const bug = new TypeError("x is not a function");
    expect(() => fromTransportError(bug, undefined)).toThrow(bug);
  });

  it("hands the caller's own reason back when the caller gave up", () => {
    const abort = new AbortController();
    const reason = new Error("shutting down");
    abort.abort(reason);
    expect(() => fromTransportError(coded("ECONNRESET"), abort.signal)).toThrow(reason);
  });
});
