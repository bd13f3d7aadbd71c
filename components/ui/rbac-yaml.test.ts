import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { toRoleYaml } from "./rbac-yaml.ts";

describe("the role with the missing rights", () => {
  it("is YAML that grants what was refused and nothing else", () => {
    const yaml = toRoleYaml([
      { apiGroups: [""], resources: ["events"], verbs: ["list"] },
      { apiGroups: [""], resources: ["configmaps"], verbs: ["list"] },
      { apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get"] },
      { apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["list"] },
      { nonResourceURLs: ["/metrics"], verbs: ["get"] },
    ]);
    expect(parse(yaml)).toEqual({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "sluice-missing-rights" },
      rules: [
        { apiGroups: [""], resources: ["configmaps", "events"], verbs: ["list"] },
        { apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get"] },
        { apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["list"] },
        { nonResourceURLs: ["/metrics"], verbs: ["get"] },
      ],
    });
  });

  it("names a right once, however many sources lack it", () => {
    const rule = { apiGroups: [""], resources: ["events"], verbs: ["list"] };
    expect(parse(toRoleYaml([rule, rule])).rules).toEqual([rule]);
  });
});
