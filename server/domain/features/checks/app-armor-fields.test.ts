import { describe, expect, it } from "vitest";
import {
  aCronJob,
  aJobSpec,
  aPod,
  aSnapshot,
  aTemplate,
  aVersion,
  aWorkload,
  componentsAt,
} from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import { appArmorFields as check } from "./app-armor-fields.ts";

const field = aTemplate({ appArmorProfile: { type: "RuntimeDefault", localhostProfile: null } });
const annotated = aTemplate({ appArmorAnnotations: { main: "runtime/default" } });

describe("AppArmor fields", () => {
  it("is effective when templates use the field and pods are accepted; readiness is inferred", () => {
    const outcome = judge(
      check,
      aSnapshot({ workloads: [aWorkload({ template: field })], pods: [aPod({ template: field })] }),
    );
    expect(outcome).toMatchObject({ verdict: "effective", stages: { ready: { state: "inferred" } }, blockers: [] });
  });
  it("names templates that still use annotations, CronJobs included", () => {
    const outcome = judge(
      check,
      aSnapshot({
        workloads: [aWorkload({ template: field }), aWorkload({ name: "old", template: annotated })],
        cronJobs: [aCronJob({ jobSpec: aJobSpec({ template: annotated }) })],
        pods: [aPod({ template: field })],
      }),
    );
    expect(outcome).toMatchObject({
      adoption: { numerator: 1, denominator: 3 },
      blockers: [{ key: "annotations-left", count: 2 }],
    });
    expect(outcome.objects[0]?.total).toBe(2);
  });
  it("is blocked while nodes reject every pod with a profile", () => {
    const pods = [aPod({ template: field, phase: "Failed", statusReason: "AppArmor" })];
    expect(judge(check, aSnapshot({ workloads: [aWorkload({ template: field })], pods }))).toMatchObject({
      verdict: "blocked",
      blockers: [{ key: "profile-missing", severity: "blocking" }],
    });
  });
  it("cannot tell readiness from annotations alone that no pod runs", () => {
    expect(judge(check, aSnapshot({ workloads: [aWorkload({ template: annotated })] })).verdict).toBe("not-exposed");
  });
  it("is not applicable without profiles, off where switched off, unknown where forbidden", () => {
    expect(judge(check, aSnapshot({ workloads: [aWorkload()] })).verdict).toBe("not-applicable");
    const version = aVersion("1.30");
    const components = componentsAt("1.30", { AppArmorFields: false });
    expect(judge(check, aSnapshot({ version, components })).verdict).toBe("off");
    expect(judge(check, aSnapshot({}, { workloads: "forbidden" }))).toMatchObject({
      verdict: "unknown",
      stages: { adopted: { unknownReason: "workloads: forbidden" } },
    });
  });
});
