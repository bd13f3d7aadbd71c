import { describe, expect, it } from "vitest";
import { linePath } from "./line-path.ts";
import { heatLines, heatStep } from "./prepare-heatmap.ts";
import { prepareTimeSeries, type TimeSeriesOptions } from "./prepare-time-series.ts";
import { seriesColours } from "./series-colour.ts";
import { timeTicks } from "./time-ticks.ts";

const FROM = Date.parse("2026-11-22T00:00:00Z");
const options: TimeSeriesOptions = { from: FROM, to: FROM + 5 * 60_000, stepSeconds: 60, timeZone: "UTC" };
const series = (key: string, values: readonly (number | null)[]) => ({
  key,
  label: key,
  points: values.map((value, index) => ({ at: new Date(FROM + index * 60_000).toISOString(), value })),
});

describe("a time series", () => {
  it("keeps gaps open and marks samples without neighbours", () => {
    const [only] = prepareTimeSeries([series("a", [1, 2, null, 4, null])], options).series;
    expect(only?.values).toEqual([1, 2, null, 4, null]);
    expect([...(only?.isolated ?? [])]).toEqual([3]);
  });
  it("reads an absent additive sample as zero only when asked", () =>
    expect(prepareTimeSeries([series("a", [1, null])], { ...options, empty: "zero" }).series[0]?.values).toEqual([
      1, 0, 0, 0, 0,
    ]));
  it("keeps a measured zero", () =>
    expect(prepareTimeSeries([series("a", [0])], options).series[0]?.values).toEqual([0, null, null, null, null]));
  it("draws the largest and counts all", () => {
    const prepared = prepareTimeSeries([series("small", [1]), series("big", [9]), series("mid", [-5])], {
      ...options,
      limit: 2,
    });
    expect(prepared.series.map(({ key }) => key)).toEqual(["big", "mid"]);
    expect(prepared).toMatchObject({ shownCount: 2, totalCount: 3 });
  });
  it("sums what is beyond the limit into a grey rest, without inventing samples", () => {
    const many = [series("a", [9, 9]), series("b", [1, null]), series("c", [2, null])];
    const rest = prepareTimeSeries(many, { ...options, limit: 1, restLabel: (count) => `Rest (${count})` }).series.at(
      -1,
    );
    expect(rest).toMatchObject({ label: "Rest (2)", colour: 0, values: [3, null, null, null, null] });
  });
  it("leaves out what lies outside the range or is not a number", () => {
    const points = [
      { at: FROM - 1, value: 7 },
      { at: FROM + 300_000, value: 7 },
      { at: "never", value: 7 },
      { at: FROM, value: Number.NaN },
    ];
    expect(prepareTimeSeries([{ key: "a", label: "a", points }], options).hasSamples).toBe(false);
  });
});

describe("colours", () => {
  it("stay with their key whatever else is drawn first", () => {
    const keys = ["checkout", "search", "ledger"];
    expect(seriesColours(keys)).toEqual(seriesColours([...keys].reverse()));
    expect(seriesColours(["checkout"]).get("checkout")).toBe(seriesColours(["checkout"]).get("checkout"));
  });
  it("are all different while there are enough", () => {
    const keys = ["a", "b", "c", "d", "e", "f", "g", "h"];
    expect(new Set(seriesColours(keys).values()).size).toBe(8);
  });
});

describe("ticks", () => {
  const iso = (ticks: readonly number[]) => ticks.map((tick) => new Date(tick).toISOString());
  it("are round on the clocks of the zone", () => {
    const from = Date.parse("2026-11-20T00:00:00Z");
    expect(iso(timeTicks(from, from + 4 * 86_400_000, "Asia/Shanghai", 4))).toEqual([
      "2026-11-20T16:00:00.000Z",
      "2026-11-21T16:00:00.000Z",
      "2026-11-22T16:00:00.000Z",
      "2026-11-23T16:00:00.000Z",
    ]);
  });
  it("follow a change of the clocks", () => {
    const from = Date.parse("2026-10-24T00:00:00Z"); // Berlin leaves summer time on the 25th
    expect(iso(timeTicks(from, from + 3 * 86_400_000, "Europe/Berlin", 3))).toEqual([
      "2026-10-24T22:00:00.000Z",
      "2026-10-25T23:00:00.000Z",
      "2026-10-26T23:00:00.000Z",
    ]);
  });
  it.each([60_000, 3_600_000, 86_400_000, 2_592_000_000, 31_536_000_000])("of %d ms are few", (span) =>
    expect(timeTicks(FROM, FROM + span, "UTC", 8).length).toBeLessThanOrEqual(9),
  );
});

describe("a small line", () => {
  it("breaks at a gap and dots a lone sample", () => {
    const { paths, dots, last } = linePath([0, 10, null, 5, null], { width: 104, height: 24 });
    expect(paths).toEqual(["M2 22L27 2"]);
    expect(dots).toEqual([{ x: 77, y: 12 }]);
    expect(last).toEqual({ x: 77, y: 12 });
  });
  it("draws nothing without samples", () =>
    expect(linePath([null, null], { width: 10, height: 10 })).toEqual({ paths: [], dots: [], last: null }));
});

describe("a heatmap", () => {
  const groups = [
    {
      key: "pool",
      label: "pool",
      rows: [
        { key: "cool", label: "cool", values: [0.1, null] },
        { key: "hot", label: "hot", values: [0.9, null] },
      ],
    },
  ];
  it("shows a closed group as the worst of its rows and keeps unseen moments unseen", () =>
    expect(heatLines(groups, new Set())).toMatchObject([{ kind: "group", values: [0.9, null], rowCount: 2 }]));
  it("lists the rows of an open group, hottest first", () =>
    expect(heatLines(groups, new Set(["pool"])).map(({ label }) => label)).toEqual(["pool", "hot", "cool"]));
  it("keeps the palest colour for zero", () => {
    expect(heatStep(0, 1)).toBe(0);
    expect(heatStep(0.0001, 1)).toBe(1);
    expect(heatStep(5, 1)).toBe(7);
  });
});
