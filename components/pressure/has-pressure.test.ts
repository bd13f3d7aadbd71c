import { expect, it } from "vitest";
import { hasPressure } from "./has-pressure.ts";

it("takes use and throttling for no pressure sample", () => {
  expect(hasPressure([])).toBe(false);
  expect(hasPressure([{ metric: "cpuUsedCores" }, { metric: "cpuThrottledRatio" }])).toBe(false);
  expect(hasPressure([{ metric: "cpuUsedCores" }, { metric: "ioWaitingRatio" }])).toBe(true);
});
