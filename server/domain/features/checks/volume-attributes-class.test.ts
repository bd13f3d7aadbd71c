import { describe, expect, it } from "vitest";
import { aSnapshot, aVersion, aVolume, aVolumeClaim, componentsAt } from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import { volumeAttributesClass as check } from "./volume-attributes-class.ts";

const gold = aVolumeClaim({ name: "db", attributesClassName: "gold", currentAttributesClassName: "gold" });
const plain = aVolumeClaim({ name: "log" });
const volumes = [aVolume({ name: "pv-db" }), aVolume({ name: "pv-log" })];
const volumeAttributesClasses = [{ name: "gold", driverName: "ebs.csi.aws.com", parameters: {} }];
const csiDrivers = [{ name: "ebs.csi.aws.com" }];
const base = { volumes, volumeAttributesClasses, csiDrivers };

describe("volume attributes classes", () => {
  it("is effective when every class is applied, and infers what no API tells", () => {
    const outcome = judge(check, aSnapshot({ ...base, volumeClaims: [gold, plain] }));
    expect(outcome).toMatchObject({
      verdict: "effective",
      adoption: { numerator: 1, denominator: 2 },
      stages: { ready: { state: "inferred" } },
      blockers: [],
    });
  });
  it.each([
    ["Infeasible", "modify-Infeasible", "blocking", "blocked"],
    ["Pending", "modify-Pending", "warning", "in-use"],
    ["Sulking", "modify-other", "blocking", "blocked"],
  ])("is judged by a modification that is %s", (modifyStatus, key, severity, verdict) => {
    const stuck = { ...gold, currentAttributesClassName: null, modifyStatus, modifyTarget: "gold" };
    expect(judge(check, aSnapshot({ ...base, volumeClaims: [stuck] }))).toMatchObject({
      verdict,
      blockers: [{ key, severity }],
    });
  });
  it("says that readiness is not exposed while unused", () => {
    expect(judge(check, aSnapshot({ ...base, volumeClaims: [plain] })).verdict).toBe("not-exposed");
  });
  it("is blocked without CSI volumes", () => {
    expect(judge(check, aSnapshot({ volumeClaims: [plain] })).verdict).toBe("blocked");
  });
  it("is off before 1.34 and drifts when components disagree", () => {
    expect(judge(check, aSnapshot({ version: aVersion("1.33") })).verdict).toBe("off");
    const mixed = componentsAt("1.34").with(
      2,
      componentsAt("1.34", { VolumeAttributesClass: false })[2] ?? (componentsAt("1.34")[2] as never),
    );
    expect(judge(check, aSnapshot({ ...base, volumeClaims: [gold], components: mixed })).verdict).toBe("drift");
  });
  it("finds classes that are missing or have no driver, and claims that nobody modifies", () => {
    const claims = [
      { ...gold, attributesClassName: "nope" },
      { ...gold, currentAttributesClassName: "silver" },
    ];
    const keys = judge(check, aSnapshot({ ...base, csiDrivers: [], volumeClaims: claims })).blockers.map(
      (found) => found.key,
    );
    expect(keys).toEqual(["class-missing", "not-applied", "driver-missing"]);
  });
  it("stays unknown when claims are forbidden", () => {
    expect(judge(check, aSnapshot(base, { volumeClaims: "forbidden" }))).toMatchObject({
      verdict: "unknown",
      stages: { adopted: { unknownReason: "volumeClaims: forbidden" } },
    });
  });
});
