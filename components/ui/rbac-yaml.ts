export type RbacRule = {
  readonly apiGroups?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly nonResourceURLs?: readonly string[] | undefined;
  readonly verbs: readonly string[];
};

/**
 * The role that grants exactly the given rules, as YAML ready to apply. Rules of one group and the same verbs become one;
 * binding it is left to the reader, since only they know which account Sluice reads with.
 */
export function toRoleYaml(rules: readonly RbacRule[], name = "sluice-missing-rights"): string {
  const lines = [
    "apiVersion: rbac.authorization.k8s.io/v1",
    "kind: ClusterRole",
    "metadata:",
    `  name: ${name}`,
    "rules:",
  ];
  for (const { head, items, verbs } of mergeRules(rules)) {
    const [first, ...rest] = [...head, items];
    lines.push(`  - ${first}`, ...rest.map((line) => `    ${line}`), `    verbs: ${list(verbs)}`);
  }
  lines.push(
    "# Bind it to the account that Sluice reads with, for example:",
    `# kubectl create clusterrolebinding ${name} --clusterrole=${name} --serviceaccount=NAMESPACE:NAME`,
  );
  return `${lines.join("\n")}\n`;
}

type MergedRule = { readonly head: readonly string[]; readonly items: string; readonly verbs: readonly string[] };

function mergeRules(rules: readonly RbacRule[]): MergedRule[] {
  const byKind = Map.groupBy(rules, ({ apiGroups, nonResourceURLs, verbs }) =>
    JSON.stringify([nonResourceURLs === undefined ? (apiGroups ?? [""]) : null, [...verbs].sort()]),
  );
  return [...byKind.values()].map((own) => {
    const [first] = own;
    const verbs = [...new Set(own.flatMap((rule) => rule.verbs))].sort();
    if (first?.nonResourceURLs !== undefined) {
      const urls = [...new Set(own.flatMap((rule) => rule.nonResourceURLs ?? []))].sort();
      return { head: [], items: `nonResourceURLs: ${list(urls)}`, verbs };
    }
    const resources = [...new Set(own.flatMap((rule) => rule.resources ?? []))].sort();
    return { head: [`apiGroups: ${list(first?.apiGroups ?? [""])}`], items: `resources: ${list(resources)}`, verbs };
  });
}

function list(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;
}
