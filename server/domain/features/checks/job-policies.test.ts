import { describe, expect, it } from "vitest";
import {
  aContainerStatus,
  aJob,
  aJobSpec,
  aPod,
  aSnapshot,
  aVersion,
  componentsAt,
} from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import { jobBackoffLimitPerIndex } from "./job-backoff-limit-per-index.ts";
import { jobPodFailurePolicy } from "./job-pod-failure-policy.ts";
import { jobSuccessPolicy } from "./job-success-policy.ts";

const failed = { type: "Failed", status: "True", reason: "BackoffLimitExceeded", at: null };
const tries = (exitCode: number, count = 3) =>
  Array.from({ length: count }, (_, at) =>
    aPod({
      name: `train-${at}`,
      phase: "Failed",
      owner: { kind: "Job", namespace: "shop", name: "train" },
      startedAt: new Date("2026-11-22T00:00:00Z"),
      containers: [aContainerStatus({ state: "terminated", exitCode, finishedAt: new Date("2026-11-22T00:10:00Z") })],
    }),
  );

describe("job pod failure policy", () => {
  const rules = [{ action: "FailJob", exitCodes: [42], operator: "In", onPodConditions: [] }];
  const set = aJobSpec({ podFailurePolicyRules: rules });
  it("is effective where it ended a Job", () => {
    const jobs = [aJob({ spec: set, conditions: [{ ...failed, reason: "PodFailurePolicy" }] })];
    expect(judge(jobPodFailurePolicy, aSnapshot({ jobs })).verdict).toBe("effective");
  });
  it("is in use while no Job with it has ended", () => {
    expect(judge(jobPodFailurePolicy, aSnapshot({ jobs: [aJob({ spec: set })] })).verdict).toBe("in-use");
  });
  it("is ready and unused, with the retries that could not succeed", () => {
    const jobs = [aJob({ name: "train", failedCount: 3, conditions: [failed] })];
    const outcome = judge(jobPodFailurePolicy, aSnapshot({ jobs, pods: tries(2) }));
    expect(outcome).toMatchObject({
      verdict: "ready-unused",
      blockers: [{ key: "futile-retries", params: { exitCode: 2, retries: 2, minutes: 20 } }],
      value: { unit: "pod-hours", params: { minutes: 20 } },
    });
  });
  it.each([137, 143])("takes exit code %i for a kill that a retry may survive", (code) => {
    const jobs = [aJob({ name: "train", failedCount: 3, conditions: [failed] })];
    expect(judge(jobPodFailurePolicy, aSnapshot({ jobs, pods: tries(code) }))).toMatchObject({
      blockers: [],
      value: null,
    });
  });
  it("gives no figure where the tries differ", () => {
    const jobs = [aJob({ name: "train", failedCount: 3, conditions: [failed] })];
    const pods = [...tries(2, 1), ...tries(3, 2)];
    expect(judge(jobPodFailurePolicy, aSnapshot({ jobs, pods })).value).toBeNull();
  });
});

describe("policies of indexed Jobs", () => {
  const indexed = aJobSpec({ completionMode: "Indexed" });
  it.each([
    [jobBackoffLimitPerIndex, { backoffLimitPerIndex: 1 }, "FailedIndexes"],
    [jobSuccessPolicy, { successPolicyRuleCount: 1 }, "SuccessPolicy"],
  ] as const)("$id", (check, field, reason) => {
    expect(judge(check, aSnapshot({ jobs: [aJob()] })).verdict).toBe("not-applicable");
    expect(judge(check, aSnapshot({ jobs: [aJob({ spec: indexed })] })).verdict).toBe("ready-unused");
    const set = { ...indexed, ...field };
    expect(judge(check, aSnapshot({ jobs: [aJob({ spec: set })] })).verdict).toBe("in-use");
    const ended = aJob({ spec: set, conditions: [{ type: "Complete", status: "True", reason, at: null }] });
    expect(judge(check, aSnapshot({ jobs: [ended] })).verdict).toBe("effective");
    const components = componentsAt("1.31", { [check.gates[0] ?? ""]: false });
    expect(judge(check, aSnapshot({ version: aVersion("1.31"), components })).verdict).toBe("off");
    expect(judge(check, aSnapshot({}, { jobs: "timed-out" }))).toMatchObject({
      verdict: "unknown",
      stages: { adopted: { unknownReason: "jobs: timed-out" } },
    });
  });
});
