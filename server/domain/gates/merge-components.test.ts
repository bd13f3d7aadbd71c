import { describe, expect, it } from "vitest";
import type { ComponentReading } from "../snapshot.ts";
import { mergeComponents } from "./merge-components.ts";

const at = new Date("2026-11-22T00:00:00Z");
const reading = (
  component: ComponentReading["component"],
  instance: string,
  isOn: boolean | null,
  source: "component-metrics" | "prometheus",
): ComponentReading => ({
  component,
  instance,
  version: null,
  explicit: null,
  explicitSource: null,
  source: isOn === null ? null : source,
  readAt: at,
  gates: isOn === null ? null : new Map([["NodeSwap", { isOn, stage: "BETA" }]]),
  unread: isOn === null ? { reason: "not-configured", detail: "off" } : null,
});

describe("one reading per instance", () => {
  it("what a kubelet says itself wins; Prometheus fills the rest", () => {
    const own = [
      reading("kubelet", "a", true, "component-metrics"),
      reading("kubelet", "b", null, "component-metrics"),
    ];
    const scraped = [
      reading("kubelet", "a", false, "prometheus"),
      reading("kubelet", "b", false, "prometheus"),
      reading("kubelet", "c", true, "prometheus"),
    ];
    const merged = mergeComponents(own, scraped);
    expect(merged.map((r) => [r.instance, r.source])).toEqual([
      ["a", "component-metrics"],
      ["b", "prometheus"],
      ["c", "prometheus"],
    ]);
  });
  it("control-plane instances of both are never mixed", () => {
    const scraped = [reading("kube-apiserver", "10.0.0.1:6443", true, "prometheus")];
    expect(mergeComponents([reading("kube-apiserver", "", true, "component-metrics")], scraped)).toHaveLength(1);
    expect(mergeComponents([reading("kube-apiserver", "", null, "component-metrics")], scraped)).toEqual(scraped);
  });
  it("an unread component without any other source stays unread", () => {
    const own = [reading("kube-scheduler", "s", null, "component-metrics")];
    expect(mergeComponents(own, [])).toEqual(own);
  });
});
