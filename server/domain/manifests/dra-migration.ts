import { isAtLeast } from "../gates/version.ts";
import { gpuAsksOf } from "../gpu/gpu-resources.ts";
import { wantedVersion } from "../gpu/migration-blockers.ts";
import type { DraVersion } from "../gpu/migration-keys.ts";
import { isLent } from "../gpu/migration-selector.ts";
import type { MigrationPlan, PlannedRequest } from "../gpu/migration-types.ts";
import { type ManifestDocument, quote } from "./manifest-types.ts";

/**
 * The objects that move one workload from an extended resource to claims: DeviceClasses that are not there yet, a claim template for
 * each asking container, and a patch of its pod template.
 *
 * Basis: the version that the cluster serves; where it serves none but could (1.32, 1.33), the flags come first and the objects are
 * in the version that those flags serve. Below 1.32 there is nothing to write: the older API is another one.
 */
export function migrationDocuments(plan: MigrationPlan, minor: string | null): ManifestDocument[] {
  if (minor === null || isAtLeast(minor, "1.32") !== true || plan.requests.length === 0) return [];
  const version = plan.version ?? wantedVersion(minor);
  const isServed = plan.version !== null;
  return [
    ...(isServed || version === "v1" ? [] : [flags(version)]),
    ...classDocuments(plan.requests, version),
    templateDocument(plan, version),
    patchDocument(plan),
    ...extendedResourceDocument(plan, version, minor),
  ];
}

function flags(version: DraVersion): ManifestDocument {
  return {
    fileName: "flags.txt",
    format: "flags",
    text: `# API server, controller manager, scheduler and kubelets; the second flag on the API server alone. Default from 1.34.\n--feature-gates=DynamicResourceAllocation=true\n--runtime-config=resource.k8s.io/${version}=true\n`,
  };
}

function classText(request: PlannedRequest, version: DraVersion, name = request.className, more = ""): string {
  return `apiVersion: resource.k8s.io/${version}
kind: DeviceClass
metadata:
  name: ${quote(name)}
spec:
  selectors:
    - cel:
        expression: ${expressionText(request.selectorCel)}
${more}`;
}

/** A term a line: folding puts one blank back for each line break, so the text stays the same. */
function expressionText(cel: string): string {
  if (/&& {2}|[\r\n]/.test(cel)) return quote(cel);
  return `>-\n${cel
    .split(" && ")
    .map((term) => `          ${term}`)
    .join(" &&\n")}`;
}

function classDocuments(requests: readonly PlannedRequest[], version: DraVersion): ManifestDocument[] {
  const missing = new Map(
    requests.filter((request) => !request.isClassThere).map((request) => [request.className, request]),
  );
  if (missing.size === 0) return [];
  const about = [...missing.values()]
    .map(({ models, matchingDevices }) => {
      const where =
        models.length === 0 ? "any device of the driver, as nothing runs now" : comment(models.join(" or "));
      return matchingDevices === null ? where : `${where}; published now: ${matchingDevices}`;
    })
    .join("; ");
  const text = [...missing.values()].map((request) => classText(request, version)).join("---\n");
  return [
    {
      fileName: "device-class.yaml",
      format: "api-object",
      text: `# Once per cluster, by whoever runs it. ${about}.\n${text}`,
    },
  ];
}

/** v1beta1 has a request flat; later versions wrap it in "exactly". */
function requestText({ name, className, ask }: PlannedRequest, version: DraVersion): string {
  const pad = version === "v1beta1" ? "          " : "            ";
  const fields = [
    `deviceClassName: ${quote(className)}`,
    "allocationMode: ExactCount",
    `count: ${Math.round(ask.count)}`,
  ];
  const body = fields.map((field) => `${pad}${field}`).join("\n");
  const wrap = version === "v1beta1" ? "" : "          exactly:\n";
  return `        - name: ${quote(name)}\n${wrap}${body}`;
}

/** A name that fits a DNS label after the workload's own. */
export function templateName(workload: string, claim: string): string {
  return `${workload.slice(0, 62 - claim.length).replace(/[.-]+$/, "")}-${claim}`;
}

function templateDocument({ workload, requests }: MigrationPlan, version: DraVersion): ManifestDocument {
  const { namespace, name } = workload.ref;
  const claims = Map.groupBy(requests, (request) => request.claim);
  const text = [...claims]
    .map(
      ([claim, own]) => `apiVersion: resource.k8s.io/${version}
kind: ResourceClaimTemplate
metadata:
  namespace: ${quote(namespace)}
  name: ${quote(templateName(name, claim))}
spec:
  spec:
    devices:
      requests:
${own.map((request) => requestText(request, version)).join("\n")}
`,
    )
    .join("---\n");
  return {
    fileName: "claim-template.yaml",
    format: "api-object",
    text: `# A claim is made from it for every pod, and goes with the pod.\n${text}`,
  };
}

const TEMPLATE_HOLDERS: Readonly<Record<string, { readonly apiVersion: string; readonly path: readonly string[] }>> = {
  Deployment: { apiVersion: "apps/v1", path: ["spec", "template"] },
  StatefulSet: { apiVersion: "apps/v1", path: ["spec", "template"] },
  DaemonSet: { apiVersion: "apps/v1", path: ["spec", "template"] },
  ReplicaSet: { apiVersion: "apps/v1", path: ["spec", "template"] },
  Job: { apiVersion: "batch/v1", path: ["spec", "template"] },
  CronJob: { apiVersion: "batch/v1", path: ["spec", "jobTemplate", "spec", "template"] },
  Pod: { apiVersion: "v1", path: [] },
};

function patchDocument(plan: MigrationPlan): ManifestDocument {
  const { kind, namespace, name } = plan.workload.ref;
  const holder = TEMPLATE_HOLDERS[kind];
  const isKnown = holder !== undefined;
  const { apiVersion, path } = holder ?? { apiVersion: "v1", path: [] };
  const depth = path.map((key, index) => `${"  ".repeat(index)}${key}:\n`).join("");
  const body = indent(podSpec(plan), "  ".repeat(path.length));
  return {
    fileName: "pod-template-patch.yaml",
    format: "patch",
    text: `# ${howTo(kind, name, namespace)}
apiVersion: ${apiVersion}
kind: ${isKnown ? kind : "Pod"}
metadata:
  namespace: ${quote(namespace)}
  name: ${quote(name)}
${depth}${body}`,
  };
}

function howTo(kind: string, name: string, namespace: string): string {
  const what = comment(`${kind} ${name}`);
  switch (kind) {
    case "Pod":
      return `A running pod cannot change: put this into its manifest and make ${what} again.`;
    case "Job":
      return `The pod template of a Job cannot change: put this into its manifest and make ${what} again.`;
    case "Deployment":
    case "StatefulSet":
    case "DaemonSet":
    case "ReplicaSet":
    case "CronJob":
      return `kubectl patch ${kind.toLowerCase()} ${comment(name)} --namespace ${comment(namespace)} --patch-file pod-template-patch.yaml`;
    default:
      return `${what} belongs to a controller of its own: put these fields into the pod template of that object.`;
  }
}

function podSpec({ workload, requests }: MigrationPlan): string {
  const { name } = workload.ref;
  const asks = gpuAsksOf(workload.template);
  const claimOf = (container: string): string => {
    const own = requests.find((request) => request.ask.container === container);
    const lent = asks.find((ask) => ask.container === container && isLent(ask, asks));
    return (own ?? requests.find((request) => request.ask.resource.name === lent?.resource.name))?.claim ?? "gpu";
  };
  const claims = [...new Set(requests.map((request) => request.claim))];
  const containers = (isInit: boolean): string[] => {
    const own = Map.groupBy(
      asks.filter((ask) => ask.isInit === isInit),
      (ask) => ask.container,
    );
    if (own.size === 0) return [];
    const lines = [...own].flatMap(([container, list]) => {
      const nulls = [...new Set(list.map((ask) => `        ${quote(ask.resource.name)}: null`))];
      const resources = ["      requests:", ...nulls, "      limits:", ...nulls, "      claims:"];
      return [`  - name: ${quote(container)}`, "    resources:", ...resources, `        - name: ${claimOf(container)}`];
    });
    return [isInit ? "  initContainers:" : "  containers:", ...lines.map((line) => `  ${line}`)];
  };
  return `${[
    "spec:",
    "  resourceClaims:",
    ...claims.flatMap((claim) => [
      `    - name: ${claim}`,
      `      resourceClaimTemplateName: ${quote(templateName(name, claim))}`,
    ]),
    ...containers(true),
    ...containers(false),
  ].join("\n")}\n`;
}

/** From 1.36 a class can stand behind the resource's name, so that pods stay as they are. */
function extendedResourceDocument(plan: MigrationPlan, version: DraVersion, minor: string): ManifestDocument[] {
  const [request, ...others] = plan.requests;
  if (version !== "v1" || isAtLeast(minor, "1.36") !== true || request === undefined || others.length > 0) return [];
  const { name } = request.ask.resource;
  const className = request.className.slice(0, 54).replace(/-+$/, "");
  return [
    {
      fileName: "alternative-device-class.yaml",
      format: "api-object",
      text: `# Instead of all of the above, without a change to pods: the scheduler makes claims for whoever asks for ${comment(name)}. One class per
# resource name, and no node may offer that name through a device plugin any more. Needs DRAExtendedResource (on by default in 1.36).
${classText(request, version, `${className}-by-name`, `  extendedResourceName: ${quote(name)}\n`)}`,
    },
  ];
}

function indent(text: string, pad: string): string {
  return text.replaceAll(/^(?=.)/gm, pad);
}

/** Names from the cluster inside a comment stay on its line. */
function comment(text: string): string {
  return text.replaceAll(/[\r\n\u0085\u2028\u2029]+/g, " ");
}
