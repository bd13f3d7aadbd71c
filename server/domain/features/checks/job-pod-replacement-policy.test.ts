import { describe, expect, it } from "vitest";
import { aCronJob, aJob, aJobSpec, aSnapshot, aVersion, componentsAt } from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import { jobPodReplacementPolicy as check } from "./job-pod-replacement-policy.ts";

const waits = aJobSpec({ podReplacementPolicy: "Failed" });

describe("job pod replacement policy", () => {
  it("is effective, and counts CronJobs once", () => {
    const jobs = [aJob({ spec: waits }), aJob({ ownerCronJob: "nightly", spec: waits })];
    const outcome = judge(check, aSnapshot({ jobs, cronJobs: [aCronJob({ name: "nightly" })] }));
    expect(outcome).toMatchObject({ verdict: "effective", adoption: { numerator: 1, denominator: 2 } });
  });
  it("takes the default and the value forced by a failure policy for no choice", () => {
    const forced = aJobSpec({ podReplacementPolicy: "Failed", podFailurePolicyRules: [] });
    expect(judge(check, aSnapshot({ jobs: [aJob(), aJob({ spec: forced })] }))).toMatchObject({
      verdict: "ready-unused",
      adoption: { numerator: 0, denominator: 1 },
    });
  });
  it("is in use while a pod never finishes terminating", () => {
    const jobs = [aJob({ spec: waits, terminatingCount: 1, activeCount: 0 })];
    expect(judge(check, aSnapshot({ jobs }))).toMatchObject({
      verdict: "in-use",
      blockers: [{ key: "stuck-terminating" }],
    });
  });
  it("is not applicable without Jobs, off where switched off, unknown where forbidden", () => {
    expect(judge(check, aSnapshot()).verdict).toBe("not-applicable");
    const components = componentsAt("1.33", { JobPodReplacementPolicy: false });
    expect(judge(check, aSnapshot({ version: aVersion("1.33"), components })).verdict).toBe("off");
    expect(judge(check, aSnapshot({}, { cronJobs: "forbidden" })).stages.adopted.unknownReason).toBe(
      "cronJobs: forbidden",
    );
  });
});
