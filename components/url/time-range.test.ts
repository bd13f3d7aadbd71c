import { describe, expect, it } from "vitest";
import { scopeHref } from "../layout/scope-href.ts";
import { resolveTimeRange, timeRangeParam, timeRangeParamOf } from "./time-range.ts";
import { choiceParam, flagParam, listParam, textParam, withParam } from "./url-param.ts";

describe("the time range in the address", () => {
  it("is the last day without a word", () => {
    expect(timeRangeParam.parse([])).toEqual({ kind: "last", preset: "24h" });
    expect(timeRangeParam.write({ kind: "last", preset: "24h" })).toEqual([]);
  });
  it.each(["1h", "30d", "2026-11-01T00:00:00.000Z..2026-11-08T00:00:00.000Z"])("%s survives a round trip", (text) =>
    expect(timeRangeParam.write(timeRangeParam.parse([text]))).toEqual([text]),
  );
  it.each(["junk", "2026-11-08T00:00:00Z..2026-11-01T00:00:00Z", "a..b", "7w"])("%s falls back", (text) =>
    expect(timeRangeParam.parse([text])).toEqual({ kind: "last", preset: "24h" }),
  );
  it("is another span on pages that say so, and every span can still be chosen there", () => {
    const month = timeRangeParamOf("30d");
    expect(month.parse([])).toEqual({ kind: "last", preset: "30d" });
    expect(month.write({ kind: "last", preset: "30d" })).toEqual([]);
    expect(month.parse(month.write({ kind: "last", preset: "24h" }))).toEqual({ kind: "last", preset: "24h" });
  });
  it("ends at the full minute, so that keys repeat", () => {
    const now = Date.parse("2026-11-22T05:16:59Z");
    expect(resolveTimeRange({ kind: "last", preset: "1h" }, now)).toEqual({
      from: new Date("2026-11-22T04:16:00Z"),
      to: new Date("2026-11-22T05:16:00Z"),
      seconds: 3600,
    });
  });
});

describe("parameters", () => {
  it("leave defaults out and keep the rest of the address", () => {
    const search = new URLSearchParams("cluster=a&cluster=b&x=1");
    expect(withParam(search, listParam("cluster"), ["c"]).toString()).toBe("x=1&cluster=c");
    expect(withParam(search, listParam("cluster"), []).toString()).toBe("x=1");
    expect(withParam(search, textParam("x"), "").toString()).toBe("cluster=a&cluster=b");
    expect(withParam(new URLSearchParams(), flagParam("all"), true).toString()).toBe("all=1");
  });
  it("read an unknown choice as the fallback", () =>
    expect(choiceParam("by", ["team", "node"], "team").parse(["moon"])).toBe("team"));
  it("go along to the next page when they are the reader's scope", () =>
    expect(scopeHref("/gpu", new URLSearchParams("cluster=a&cluster=b&t.q=x&range=7d"), ["cluster", "range"])).toBe(
      "/gpu?cluster=a&cluster=b&range=7d",
    ));
});
