import { describe, expect, it } from "vitest";
import { aRole, aRoleBinding, aSnapshot, aVersion, componentsAt } from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import { rankReach } from "../rbac-reach.ts";
import { anonymousAuth as check } from "./anonymous-auth.ts";

const everyone = [{ kind: "Group", name: "system:unauthenticated", namespace: null }];
const probe = (api: number | null, livez: number | null) => ({
  statusByPath: { "/api": api, "/livez": livez, "/healthz": livez, "/readyz": livez },
});
const rule = (verbs: string[], resources: string[], nonResourceURLs: string[] = []) => ({
  apiGroups: [""],
  resources,
  resourceNames: [],
  nonResourceURLs,
  verbs,
});

describe("anonymous access", () => {
  it.each([
    ["restricted and clean", 401, 200, "effective"],
    ["switched off", 401, 401, "effective"],
    ["open with 403", 403, 200, "ready-unused"],
    ["open with 200", 200, 200, "ready-unused"],
    ["without an answer", null, null, "unknown"],
  ] as const)("%s", (_what, api, livez, verdict) => {
    expect(judge(check, aSnapshot({ anonymousProbe: probe(api, livez) })).verdict).toBe(verdict);
  });
  it("is in use when restricted while RBAC still gives more", () => {
    const roleBindings = [aRoleBinding({ name: "too-open", roleName: "view", subjects: everyone })];
    const outcome = judge(check, aSnapshot({ roleBindings }));
    expect(outcome).toMatchObject({
      verdict: "in-use",
      blockers: [{ key: "anonymous-medium", severity: "warning", params: { example: "too-open" } }],
    });
  });
  it("ranks by danger and leaves the built-in bindings out", () => {
    const roles = [
      aRole({ name: "secrets", rules: [rule(["get"], ["secrets"])] }),
      aRole({ name: "paths", rules: [rule(["get"], [], ["/version"])] }),
    ];
    const roleBindings = [
      aRoleBinding({ name: "system:public-info-viewer", roleName: "system:public-info-viewer", subjects: everyone }),
      aRoleBinding({
        name: "kubeadm:bootstrap-signer-clusterinfo",
        namespace: "kube-public",
        roleKind: "Role",
        roleName: "kubeadm:bootstrap-signer-clusterinfo",
        subjects: [{ kind: "User", name: "system:anonymous", namespace: null }],
      }),
      aRoleBinding({ name: "low", roleName: "paths", subjects: everyone }),
      aRoleBinding({ name: "lost", roleName: "nowhere", subjects: everyone }),
      aRoleBinding({ name: "worst", roleName: "secrets", subjects: everyone }),
    ];
    const outcome = judge(check, aSnapshot({ roles, roleBindings }));
    expect(outcome.objects[0]?.items.map((item) => item.ref.name)).toEqual(["worst", "lost", "low"]);
    expect(outcome.blockers.map((found) => found.severity)).toEqual(["blocking", "warning", "info"]);
  });
  it("is not available on a version without the gate and off where it is off", () => {
    const components = componentsAt("1.33", { AnonymousAuthConfigurableEndpoints: false });
    expect(judge(check, aSnapshot({ version: aVersion("1.33"), components })).verdict).toBe("off");
    expect(judge(check, aSnapshot({ version: aVersion("1.30") })).verdict).toBe("not-available");
  });
  it("keeps the effect unknown when bindings are forbidden", () => {
    const outcome = judge(check, aSnapshot({}, { roleBindings: "forbidden" }));
    expect(outcome).toMatchObject({
      verdict: "in-use",
      stages: { effective: { unknownReason: "roleBindings: forbidden" } },
    });
  });
});

describe("ranking what rules allow", () => {
  it.each([
    [rule(["*"], ["*"]), "critical"],
    [rule(["impersonate"], ["users"]), "critical"],
    [rule(["get"], ["nodes/proxy"]), "critical"],
    [rule(["create"], ["pods"]), "critical"],
    [rule(["patch"], ["services"]), "high"],
    [rule(["list"], ["pods"]), "medium"],
    [rule(["get"], [], ["*"]), "medium"],
    [rule(["get"], ["services"]), "low"],
    [rule(["get"], [], ["/livez"]), "low"],
  ])("%#", (entry, level) => {
    expect(rankReach([entry]).level).toBe(level);
  });
});
