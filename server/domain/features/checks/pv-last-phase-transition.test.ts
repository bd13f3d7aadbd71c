import { describe, expect, it } from "vitest";
import { aSnapshot, aVersion, aVolume, componentsAt, GIB } from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import { pvLastPhaseTransition as check } from "./pv-last-phase-transition.ts";

describe("last phase transition of volumes", () => {
  it("is effective when every volume carries the time", () => {
    expect(judge(check, aSnapshot({ volumes: [aVolume()] })).verdict).toBe("effective");
  });
  it("is always on while some or no volume carries it yet", () => {
    const volumes = [aVolume(), aVolume({ lastPhaseTransitionAt: null })];
    expect(judge(check, aSnapshot({ volumes }))).toMatchObject({
      verdict: "always-on",
      stages: { effective: { state: "partly", met: 1, of: 2 } },
    });
    expect(judge(check, aSnapshot()).verdict).toBe("always-on");
    expect(judge(check, aSnapshot({}, { volumes: "forbidden" }))).toMatchObject({
      verdict: "always-on",
      unjudged: ["volumes: forbidden"],
    });
  });
  it("finds forgotten volumes and what they hold", () => {
    const at = (day: string) => new Date(`2026-${day}T00:00:00Z`);
    const volumes = [
      aVolume({ phase: "Released", lastPhaseTransitionAt: at("09-01") }),
      aVolume({ phase: "Released", lastPhaseTransitionAt: at("11-20") }),
      aVolume({ phase: "Released", lastPhaseTransitionAt: null }),
    ];
    expect(judge(check, aSnapshot({ volumes }))).toMatchObject({
      blockers: [{ key: "volumes-abandoned", count: 1 }],
      value: { quantity: 10 * GIB },
    });
  });
  it("can be off or missing on old versions", () => {
    const components = componentsAt("1.30", { PersistentVolumeLastPhaseTransitionTime: false });
    expect(judge(check, aSnapshot({ version: aVersion("1.30"), components })).verdict).toBe("off");
    expect(judge(check, aSnapshot({ version: aVersion("1.27") })).verdict).toBe("not-available");
  });
});
