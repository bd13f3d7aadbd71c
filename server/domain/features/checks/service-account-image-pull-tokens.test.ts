import { describe, expect, it } from "vitest";
import {
  aKubelet,
  aPod,
  aRole,
  aRoleBinding,
  aServiceAccount,
  aSnapshot,
  aTemplate,
  aVersion,
  componentsAt,
} from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import { serviceAccountImagePullTokens as check } from "./service-account-image-pull-tokens.ts";

const verbs = ["request-serviceaccounts-token-audience"];
const granted = {
  roles: [
    aRole({
      name: "audience",
      rules: [{ apiGroups: [""], resources: ["registry.example"], resourceNames: [], nonResourceURLs: [], verbs }],
    }),
  ],
  roleBindings: [
    aRoleBinding({ roleName: "audience", subjects: [{ kind: "Group", name: "system:nodes", namespace: null }] }),
  ],
};
const kubelets = [aKubelet({ credentialProviderConfigured: true })];
const pods = [
  aPod({ template: aTemplate({ imagePullSecretCount: 1 }) }),
  aPod({ template: aTemplate({ serviceAccountName: "puller" }) }),
  aPod(),
];
const serviceAccounts = [aServiceAccount({ name: "puller", imagePullSecretCount: 1 })];

describe("service-account tokens for image pulls", () => {
  it("is ready and unused while pods pull with secrets, through template or account", () => {
    const outcome = judge(check, aSnapshot({ kubelets, pods, serviceAccounts }));
    expect(outcome).toMatchObject({ verdict: "ready-unused", adoption: { numerator: 0, denominator: 2 } });
    expect(outcome.blockers.map((found) => found.key)).toEqual(["no-audience", "pods-with-secrets"]);
  });
  it("says that use is not exposed once nodes may request the audience", () => {
    expect(judge(check, aSnapshot({ kubelets, pods, ...granted }))).toMatchObject({
      verdict: "not-exposed",
      stages: { adopted: { reasonKey: "use-not-readable", params: { secrets: 1 } } },
    });
  });
  it("is not applicable without pull secrets", () => {
    expect(judge(check, aSnapshot({ kubelets, pods: [aPod()] })).verdict).toBe("not-applicable");
  });
  it("is blocked where no kubelet has a provider", () => {
    expect(judge(check, aSnapshot({ pods })).verdict).toBe("blocked");
  });
  it("is off on 1.33, unavailable on 1.32 and can drift", () => {
    expect(judge(check, aSnapshot({ version: aVersion("1.33") })).verdict).toBe("off");
    expect(judge(check, aSnapshot({ version: aVersion("1.32") })).verdict).toBe("not-available");
    const mixed = componentsAt("1.34").map((reading) =>
      reading.component === "kube-apiserver"
        ? (componentsAt("1.34", { KubeletServiceAccountTokenForCredentialProviders: false })[0] ?? reading)
        : reading,
    );
    expect(judge(check, aSnapshot({ components: mixed })).verdict).toBe("drift");
  });
  it("stays unknown when service accounts are forbidden", () => {
    expect(judge(check, aSnapshot({ kubelets, pods }, { serviceAccounts: "forbidden" }))).toMatchObject({
      verdict: "unknown",
      stages: { adopted: { unknownReason: "serviceAccounts: forbidden" } },
    });
  });
});
