import { describe, expect, it } from "vitest";
import { aKubelet } from "../testing/builders/index.ts";
import { mergeKubelets } from "./merge-kubelets.ts";

describe("kubelet facts of two sources", () => {
  it("fill each other per field; the kubelet's own word wins", () => {
    const own = aKubelet({
      nodeName: "a",
      cgroupVersion: 2,
      pressureSeries: null,
      swapBehavior: "LimitedSwap",
      source: "configz",
    });
    const scraped = aKubelet({
      nodeName: "a",
      cgroupVersion: 1,
      pressureSeries: "moving",
      swapBehavior: null,
      source: "prometheus",
    });
    expect(mergeKubelets([own], [scraped])).toEqual([
      expect.objectContaining({
        cgroupVersion: 2,
        pressureSeries: "moving",
        swapBehavior: "LimitedSwap",
        source: "configz",
      }),
    ]);
  });
  it("newer metrics replace older ones and new nodes join", () => {
    const old = aKubelet({ nodeName: "a", pressureSeries: "all-zero", source: "prometheus" });
    const fresh = [
      aKubelet({ nodeName: "a", pressureSeries: "moving", source: "prometheus" }),
      aKubelet({ nodeName: "b" }),
    ];
    expect(mergeKubelets([old], fresh).map((facts) => [facts.nodeName, facts.pressureSeries])).toEqual([
      ["a", "moving"],
      ["b", fresh[1]?.pressureSeries],
    ]);
  });
});
