import { describe, expect, it } from "vitest";
import { formatBytes } from "./bytes.ts";
import { formatCores } from "./cores.ts";
import { formatAge, formatDateTime, formatTick } from "./date.ts";
import { formatDuration, formatDurationShort } from "./duration.ts";
import { formatMoney, formatMoneyChange } from "./money.ts";
import { formatCompact, formatCount, formatNumber } from "./number.ts";
import { formatBytesPerSecond, formatEventRate } from "./rate.ts";
import { formatPercent, formatPercentagePoints } from "./ratio.ts";
import { formatAxis, formatQuantity, toQuantity, type Unit } from "./unit.ts";

describe("numbers", () => {
  it.each([
    [0, "0"],
    [-0, "0"],
    [0.01234, "0.0123"],
    [12.345, "12.3"],
    [999.4, "999"],
    [1234.5, "1,235"],
    [-4200, "-4,200"],
  ])("%d reads %s", (value, text) => expect(formatNumber(value, "en")).toBe(text));
  it("keeps all digits of a count and shortens a compact one by language", () => {
    expect(formatCount(150_000, "en")).toBe("150,000");
    expect(formatCompact(123_456, "en")).toBe("123K");
    expect(formatCompact(123_456, "zh-CN")).toBe("12.3万");
  });
});

describe("bytes", () => {
  it.each([
    [0, "memory", "0 B"],
    [1000, "memory", "0.977 KiB"],
    [1024 ** 3, "memory", "1 GiB"],
    [1.5 * 1024 ** 4, "memory", "1.5 TiB"],
    [1e9, "traffic", "1 GB"],
    [1e9, "memory", "954 MiB"],
  ] as const)("%d for %s reads %s", (value, purpose, text) => expect(formatBytes(value, purpose, "en")).toBe(text));
  it("says per second after the unit", () => expect(formatBytesPerSecond(2.5e6, "traffic", "en")).toBe("2.5 MB/s"));
});

describe("cores", () => {
  it.each([
    [0, "0 cores"],
    [1, "1 core"],
    [0.25, "0.25 cores"],
    [0.005, "5m cores"],
    [128.4, "128 cores"],
  ])("%d reads %s", (value, text) => expect(formatCores(value, "en")).toBe(text));
  it("is Chinese in Chinese", () => expect(formatCores(2, "zh-CN")).toBe("2 核"));
});

describe("shares", () => {
  it.each([
    [0, "0%"],
    [1, "100%"],
    [0.9996, ">99.9%"],
    [0.0004, "<0.1%"],
    [0.0312, "3.1%"],
    [0.455, "45.5%"],
    [1.5, "150%"],
  ])("%d reads %s", (value, text) => expect(formatPercent(value, "en")).toBe(text));
  it("changes by signed percentage points", () => {
    expect(formatPercentagePoints(0.042, "en")).toBe("+4.2 pp");
    expect(formatPercentagePoints(0, "en")).toBe("0 pp");
  });
});

describe("money", () => {
  it.each([
    [0, "$0.00"],
    [0.000231, "$0.00023"],
    [0.5, "$0.50"],
    [41.266, "$41.27"],
    [12_345.6, "$12,346"],
  ])("%d reads %s", (value, text) => expect(formatMoney(value, "USD", "en")).toBe(text));
  it("writes other currencies and signed changes", () => {
    expect(formatMoney(9.5, "EUR", "en")).toBe("€9.50");
    expect(formatMoneyChange(-120, "USD", "en")).toBe("−$120.00");
    expect(formatMoneyChange(3, "USD", "en")).toBe("+$3.00");
  });
});

describe("durations", () => {
  it.each([
    [0, "0 s"],
    [0.000_25, "250 µs"],
    [0.034, "34 ms"],
    [4.25, "4.25 s"],
    [252, "4 min 12 s"],
    [3600, "1 h"],
    [90_061, "1 d 1 h"],
  ])("%d s reads %s", (value, text) => expect(formatDuration(value, "en")).toBe(text));
  it("speaks Chinese and knows one unit", () => {
    expect(formatDuration(252, "zh-CN")).toBe("4 分钟 12 秒");
    expect(formatDurationShort(7300, "en")).toBe("2 h");
  });
});

describe("event rates", () => {
  it.each([
    [0, "0 /s"],
    [3.2, "3.2 /s"],
    [0.1, "6 /min"],
    [1 / 900, "4 /h"],
    [1 / 864_000, "0.1 /d"],
  ])("%d per second reads %s", (value, text) => expect(formatEventRate(value, "en")).toBe(text));
});

describe("moments", () => {
  const at = "2026-11-22T05:16:09Z";
  it("are exact and name their zone", () => {
    expect(formatDateTime(at, "UTC")).toBe("2026-11-22 05:16:09 UTC");
    expect(formatDateTime(at, "Asia/Shanghai", "minute")).toBe("2026-11-22 13:16 UTC+8");
    expect(formatDateTime(at, "America/New_York", "day")).toBe("2026-11-22");
    expect(formatDateTime("nonsense", "UTC")).toBe("–");
  });
  it("have an age, ahead and behind", () => {
    const now = Date.parse(at);
    expect(formatAge(now - 240_000, now, "en")).toBe("4 min ago");
    expect(formatAge(now - 240_000, now, "zh-CN")).toBe("4 分钟前");
    expect(formatAge(now - 3_000, now, "en")).toBe("just now");
    expect(formatAge(now + 7_200_000, now, "en")).toBe("in 2 h");
  });
  it("are ticks in the asked zone", () => {
    expect(formatTick(at, 3600, "Asia/Shanghai", "en")).toBe("13:16");
    expect(formatTick(at, 86_400 * 30, "UTC", "en")).toBe("Nov 22");
  });
});

describe("units", () => {
  it.each<[number, Unit, string]>([
    [0.42, "ratio", "42%"],
    [41.27, "money/h:USD", "$41.27/h"],
    [12, "money:EUR", "€12.00"],
    [2 * 1024 ** 3, "bytes", "2 GiB"],
    [2e9, "traffic-bytes", "2 GB"],
    [0.5, "events/s", "30 /min"],
    [71, "celsius", "71 °C"],
    [300, "watts", "300 W"],
  ])("%d %s reads %s", (value, unit, text) => expect(formatQuantity(value, unit, "en")).toBe(text));
  it("hands value and unit apart", () => expect(toQuantity(0.42, "ratio", "en")).toEqual({ value: "42", unit: "%" }));
  it("keeps axis ticks short", () => {
    expect(formatAxis(20, "cores", "en")).toBe("20");
    expect(formatAxis(1500, "money/h:USD", "en")).toBe("$1.5K");
    expect(formatAxis(0.25, "ratio", "en")).toBe("25%");
  });
});
