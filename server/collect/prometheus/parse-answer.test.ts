import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseInstant, parseRange, parseSampleValue } from "./parse-answer.ts";
import { PrometheusError } from "./prometheus-error.ts";

const recorded = (name: string): string => readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8");
const JSON_TYPE = "application/json";
function failure(run: () => unknown): PrometheusError {
  try {
    run();
  } catch (error) {
    if (error instanceof PrometheusError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

describe("sample values", () => {
  it.each([
    ["1.5e-3", 0.0015],
    ["0", 0],
    ["+Inf", Number.POSITIVE_INFINITY],
    ["-Inf", Number.NEGATIVE_INFINITY],
    ["NaN", null],
    ["", "malformed"],
    ["seven", "malformed"],
    [7, "malformed"],
  ])("%s", (text, expected) => {
    expect(parseSampleValue(text)).toBe(expected);
  });
});

describe("answers of a live Prometheus", () => {
  it("NaN is no value and is counted, infinity stays", () => {
    const answer = parseInstant(200, JSON_TYPE, recorded("query-nan-inf"));
    expect(answer).toMatchObject({ noValueCount: 1, malformedCount: 0, partial: null });
    expect(answer.data).toEqual([{ labels: {}, value: Number.POSITIVE_INFINITY }]);
  });
  it("an empty vector is an answer, a scalar is one sample", () => {
    expect(parseInstant(200, JSON_TYPE, recorded("empty-vector")).data).toEqual([]);
    expect(parseInstant(200, JSON_TYPE, recorded("query-scalar")).data).toEqual([{ labels: {}, value: 1 }]);
  });
  it("a remark on the query is not missing data", () => {
    expect(parseInstant(200, JSON_TYPE, recorded("warning-or-info")).partial).toBeNull();
  });
  it("reads a range with its moments", () => {
    const [series] = parseRange(200, JSON_TYPE, recorded("query-range-node-pressure")).data;
    expect(series?.labels.node).toBe("real-node-a");
    expect(series?.points).toHaveLength(31);
    expect(series?.points[0]).toEqual([1795319243, 0.09451901739130435]);
  });
  it.each(["error-parse", "error-too-many-points"])("%s is a fault of the query, told without quoting it", (name) => {
    const error = failure(() => parseInstant(400, JSON_TYPE, recorded(name)));
    expect(error).toMatchObject({ reason: "malformed", isQueryFault: true });
    expect(error.message).not.toContain("1:10");
  });
});

describe("other answers", () => {
  const warned = (...warnings: string[]) =>
    JSON.stringify({ status: "success", data: { resultType: "vector", result: [] }, warnings });
  const api = (errorType: string, error = "x") => JSON.stringify({ status: "error", errorType, error });

  it.each([
    ["a store that is missing", warned("No StoreAPIs matched for this query"), /incomplete/],
    ["a cut at a limit", warned("results truncated due to limit"), /limit/],
    ["both kinds of remark", warned("PromQL info: x", "store gone"), /incomplete/],
  ])("%s makes it partial", (_, text, expected) => {
    expect(parseInstant(200, JSON_TYPE, text).partial).toMatch(expected);
  });
  it.each([
    ["its own time limit", 503, api("timeout"), "timed-out", "raise-limits"],
    [
      "too many samples",
      422,
      api("execution", "query processing would load too many samples"),
      "malformed",
      "raise-limits",
    ],
    ["an execution error", 422, api("execution", "found duplicate series"), "malformed", "see-detail"],
    [
      "agent mode",
      422,
      api("execution", "unavailable with Prometheus Agent"),
      "not-configured",
      "configure-prometheus",
    ],
    ["a wrong token", 401, "no", "forbidden", "check-token"],
    ["a token without rights", 403, api("unavailable"), "forbidden", "check-token"],
    ["a redirect", 302, "", "unreachable", "check-address"],
    ["a wrong path", 404, "404 page not found", "unreachable", "check-address"],
    ["a login page", 200, "<!doctype html><title>Sign in</title>", "malformed", "check-address"],
    ["a proxy's page", 502, "<html>bad gateway</html>", "unreachable", "wait"],
    ["a proxy that waited too long", 504, "<html>", "timed-out", "raise-limits"],
    ["too many requests", 429, "slow down", "unreachable", "wait"],
  ])("%s", (_, status, text, reason, fix) => {
    const type = text.startsWith("<") ? "text/html" : JSON_TYPE;
    expect(failure(() => parseInstant(status, type, text))).toMatchObject({ reason, fix: { code: fix } });
  });
  it("a broken-off answer is malformed, a broken item is skipped", () => {
    expect(failure(() => parseInstant(200, JSON_TYPE, '{"status":"success","data":{"res')).message).toMatch(
      /broke off/,
    );
    const items = [{ metric: { a: "b" }, value: [1, "2"] }, { metric: {}, value: [1] }, 7];
    const text = JSON.stringify({ status: "success", data: { resultType: "vector", result: items } });
    expect(parseInstant(200, JSON_TYPE, text)).toMatchObject({ malformedCount: 2, data: [{ value: 2 }] });
  });
});
