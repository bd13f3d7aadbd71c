import { describe, expect, it } from "vitest";
import { AppError } from "./errors.ts";
import { createLogger, prettyLine, redact, redactText } from "./log.ts";

function recorded(format: "json" | "pretty" = "json") {
  const lines: string[] = [];
  return { lines, log: createLogger({ level: "debug", format, target: { write: (line) => void lines.push(line) } }) };
}

describe("redaction", () => {
  it.each([
    ["password"],
    ["promToken"],
    ["client_secret"],
    ["Authorization"],
    ["apiKey"],
    ["kubeconfig"],
    ["client-key-data"],
  ])("hides a field named %s", (name) => {
    expect(JSON.stringify(redact({ a: [{ [name]: "hunter2" }] }))).not.toContain("hunter2");
  });
  it.each([["tokenFile"], ["tokens"], ["monkey"], ["passwordFile"]])("keeps a field named %s", (name) => {
    expect(redact({ [name]: "kept" })).toEqual({ [name]: "kept" });
  });
  it("keeps the difference between no secret and a hidden one", () => {
    expect(redact({ password: null })).toEqual({ password: null });
  });
  it("takes user and password out of URLs and header texts", () => {
    expect(redactText("postgres://sluice:hunter2@127.0.0.1:5432/sluice failed")).toBe(
      "postgres://[redacted]@127.0.0.1:5432/sluice failed",
    );
    expect(redactText("Authorization: Bearer abcdef123456")).not.toContain("abcdef123456");
  });
});

describe("log", () => {
  it("writes events with fields, without secrets in fields, sentence, error or child bindings", () => {
    const { lines, log } = recorded();
    const error = new AppError("cluster-unreachable", "GET https://u:hunter2@api/ failed", { clusterId: "a" });
    log
      .child({ token: "hunter2" })
      .error({ clusterId: "a", durationSeconds: 2, err: error }, "read failed for http://x:hunter2@h/");
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain("hunter2");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      level: "error",
      clusterId: "a",
      durationSeconds: 2,
      err: { code: "cluster-unreachable", context: { clusterId: "a" } },
    });
  });
  it("is readable at a terminal", () => {
    const { lines, log } = recorded("pretty");
    log.warn({ source: "prometheus" }, "slow answer");
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d ! slow answer {2}\(source=prometheus\)\n$/);
  });
  it("passes through what is not an event", () => {
    expect(prettyLine("plain\n")).toBe("plain\n");
  });
});
