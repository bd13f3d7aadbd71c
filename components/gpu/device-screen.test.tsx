import { expect, it } from "vitest";
import type { GpuDeviceDetail } from "#server/contract/gpu.ts";
import { toSpans } from "./device-screen.tsx";

const row = (at: string, more: Partial<GpuDeviceDetail["timeline"][number]> = {}) => ({
  at,
  state: "active" as const,
  team: "ml",
  namespace: "ml",
  kind: "Deployment",
  name: "train",
  hours: 1,
  activityRatio: 0.5,
  ...more,
});
const range = { from: "2026-11-22T08:00:00.000Z", to: "2026-11-22T11:40:00.000Z", stepSeconds: 3600 };

it("tells a holder from the beginning of its first bucket to the end of its last one, and not beyond now", () => {
  const [train, free] = toSpans(
    [
      row("2026-11-22T08:00:00.000Z"),
      row("2026-11-22T11:00:00.000Z", { hours: 0.5, activityRatio: 0.2 }),
      row("2026-11-22T09:00:00.000Z", { state: "free", team: null, namespace: "", kind: "", name: "" }),
    ],
    range,
  );
  expect(train).toMatchObject({ hours: 1.5, first: range.from, last: range.to });
  expect(train?.activityRatio).toBeCloseTo(0.4, 12);
  expect(free).toMatchObject({ first: "2026-11-22T09:00:00.000Z", last: "2026-11-22T10:00:00.000Z" });
});
