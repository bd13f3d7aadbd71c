import { describe, expect, it } from "vitest";
import { aRole, aRoleBinding, aSnapshot, aVersion, componentsAt } from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import type { ControlPlaneSample } from "../../snapshot.ts";
import { authorizeWithSelectors as check } from "./authorize-with-selectors.ts";

const decision = (type: string): ControlPlaneSample => ({
  component: "kube-apiserver",
  metric: "apiserver_authorization_decisions_total",
  labels: { type },
  value: 3,
});

describe("authorization with selectors", () => {
  it("is effective where the Node authorizer decides", () => {
    expect(judge(check, aSnapshot({ controlPlaneMetrics: [decision("RBAC"), decision("Node")] })).verdict).toBe(
      "effective",
    );
  });
  it("is blocked without the Node authorizer", () => {
    expect(judge(check, aSnapshot({ controlPlaneMetrics: [decision("RBAC")] })).verdict).toBe("blocked");
  });
  it("is always on where the version locks it or dropped the name, even unread", () => {
    expect(judge(check, aSnapshot()).verdict).toBe("always-on");
    expect(judge(check, aSnapshot({ version: aVersion("1.37") }, { components: "unreachable" })).verdict).toBe(
      "always-on",
    );
  });
  it("is off, drifts or unknown on 1.33, where it can be switched", () => {
    const version = aVersion("1.33");
    const of = (overrides: Record<string, boolean>) =>
      judge(check, aSnapshot({ version, components: componentsAt("1.33", overrides) })).verdict;
    expect(of({ AuthorizeWithSelectors: false, AuthorizeNodeWithSelectors: false })).toBe("off");
    expect(of({ AuthorizeNodeWithSelectors: false })).toBe("drift");
    expect(judge(check, aSnapshot({ version }, { components: "forbidden" })).verdict).toBe("unknown");
    expect(judge(check, aSnapshot({ version }, { controlPlaneMetrics: "forbidden" })).verdict).toBe("unknown");
    const eks = { gitVersion: "v1.33.4-eks-1", minor: "1.33", platform: "" };
    expect(judge(check, aSnapshot({ version: eks, components: [] })).verdict).toBe("not-exposed");
  });
  it("is not available on 1.30", () => {
    expect(judge(check, aSnapshot({ version: aVersion("1.30") })).verdict).toBe("not-available");
  });
  it("names identities that read everything", () => {
    const rules = [
      { apiGroups: [""], resources: ["secrets"], resourceNames: [], nonResourceURLs: [], verbs: ["list"] },
    ];
    const roleBindings = [aRoleBinding({ name: "all", subjects: [{ kind: "User", name: "eve", namespace: null }] })];
    expect(judge(check, aSnapshot({ roles: [aRole({ rules })], roleBindings })).blockers).toMatchObject([
      { key: "broad-readers", count: 1 },
    ]);
  });
});
