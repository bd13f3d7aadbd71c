import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import type { GpuDevice } from "#server/contract/gpu.ts";
import { renderWithReader } from "../testing.tsx";
import { DeviceGrid } from "./device-grid.tsx";

const push = vi.hoisted(() => vi.fn());
vi.mock("next/navigation", () => ({
  useRouter: () => ({ push }),
  useSearchParams: () => new URLSearchParams("cluster=prod-us&view=devices"),
  usePathname: () => "/gpu",
}));
afterEach(() => {
  cleanup();
  push.mockClear();
});

const deviceAt = (index: number, more: Partial<GpuDevice> = {}): GpuDevice => ({
  cluster: "prod-us",
  id: `GPU-${index}`,
  nodeName: `node-${Math.floor(index / 8)}`,
  pool: "gpu",
  vendor: "nvidia",
  model: "NVIDIA A100-SXM4-40GB",
  access: "device-plugin",
  sharing: "exclusive",
  state: "active",
  stateReason: "busy",
  hasTelemetry: true,
  activityMetric: "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
  activity: { state: "value", value: 0.5, unit: "ratio" },
  memoryUsed: { state: "value", value: 10e9, unit: "bytes" },
  memoryBytes: 40e9,
  power: { state: "value", value: 300, unit: "watts" },
  lastErrorCode: 0,
  holders: [
    {
      namespace: "ml",
      pod: "train-0",
      workload: { kind: "StatefulSet", name: "train" },
      team: "ml",
      attribution: "telemetry",
      claim: null,
    },
  ],
  partitions: [],
  observedAt: "2026-11-22T06:00:00Z",
  ...more,
});
const slice = (id: string) => ({
  id,
  profile: "2g.10gb",
  computeShare: 2 / 7,
  state: "active" as const,
  activityRatio: 0.4,
  memoryUsedBytes: 4e9,
  holders: [],
});

it("draws a device with a dozen elements at most: some hundred are on the screen at once", () => {
  renderWithReader(
    <DeviceGrid
      devices={[
        deviceAt(0),
        deviceAt(1, { state: "free", holders: [] }),
        deviceAt(2, { sharing: "mig", partitions: ["1", "2", "3"].map(slice) }),
      ]}
    />,
  );
  const counts = [...document.querySelectorAll("a[data-device]")].map((cell) => cell.querySelectorAll("*").length + 1);
  expect(counts).toHaveLength(3);
  for (const count of counts) expect(count).toBeLessThanOrEqual(14);
});

it("names a device whole, and keeps the scope in its address", () => {
  renderWithReader(<DeviceGrid devices={[deviceAt(0)]} />);
  const cell = screen.getByRole("link", { name: /train.*50%.*A100-SXM4-40GB.*node-0.*active/ });
  expect(cell.getAttribute("href")).toBe("/gpu/prod-us/GPU-0?cluster=prod-us");
});

it("stays in the page for a plain click, and leaves others to the browser", () => {
  renderWithReader(<DeviceGrid devices={[deviceAt(0)]} />);
  const cell = screen.getByRole("link");
  fireEvent.click(cell, { ctrlKey: true });
  expect(push).not.toHaveBeenCalled();
  fireEvent.click(cell.querySelector("span") ?? cell);
  expect(push).toHaveBeenCalledWith("/gpu/prod-us/GPU-0?cluster=prod-us");
});

it("moves with the arrow keys, inside a node and to the next one; one cell of a node is a stop of the Tab key", () => {
  renderWithReader(<DeviceGrid devices={Array.from({ length: 16 }, (_, index) => deviceAt(index))} />);
  const cells = [...document.querySelectorAll<HTMLElement>("a[data-device]")];
  expect(cells.filter((cell) => cell.tabIndex === 0)).toHaveLength(2);
  cells[0]?.focus();
  fireEvent.keyDown(cells[0] ?? document.body, { key: "ArrowRight" });
  expect(document.activeElement).toBe(cells[1]);
  fireEvent.keyDown(cells[1] ?? document.body, { key: "ArrowDown" });
  expect(document.activeElement).toBe(cells[9]);
});
