import { BlockList, isIP } from "node:net";
import { z } from "zod";
import { AuthSection } from "./config-auth.ts";

/** What may stand in sluice.yaml. Descriptions are what a person is told when a value is refused. */

const text = (description: string) => z.string().min(1).describe(description);
const file = (what: string) => text(`the path of ${what}, relative to this file`);

const httpUrl = z
  .string()
  .refine(isPlainHttpUrl, { error: "is not an address" })
  .describe("an http:// or https:// address without user, password, query or fragment");

function isPlainHttpUrl(value: string): boolean {
  const url = URL.parse(value);
  return (
    url !== null &&
    (url.protocol === "http:" || url.protocol === "https:") &&
    `${url.username}${url.password}${url.search}${url.hash}` === ""
  );
}

const cidr = z
  .string()
  .refine(isCidr, { error: "is not a network" })
  .describe("a network such as 10.0.0.0/8 or fd00::/8");

function isCidr(value: string): boolean {
  const [address = "", prefix = "", ...rest] = value.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(prefix)) return false;
  if (Number(prefix) > (family === 4 ? 32 : 128)) return false;
  new BlockList().addSubnet(address, Number(prefix), family === 4 ? "ipv4" : "ipv6");
  return true;
}

const seconds = (least: number, most: number) =>
  z.int().min(least).max(most).describe(`whole seconds from ${least} to ${most}`);

const DURATION_SECONDS = { h: 3600, d: 86_400, w: 604_800, y: 31_536_000 } as const;

const duration = z
  .string()
  .regex(/^[1-9]\d{0,4}[hdwy]$/, { error: "is not a length of time" })
  .describe("a length of time in hours, days, weeks or years: 48h, 90d, 2y");

export function durationSeconds(value: string): number {
  return Number(value.slice(0, -1)) * DURATION_SECONDS[value.slice(-1) as keyof typeof DURATION_SECONDS];
}

// label matchers as PromQL writes them: name, operator, a text in double quotes
const MATCHER = String.raw`\s*[a-zA-Z_][a-zA-Z0-9_]*\s*(?:=~|!~|!=|=)\s*"(?:[^"\\\n]|\\.)*"\s*`;
const selector = z
  .string()
  .regex(new RegExp(`^${MATCHER}(?:,${MATCHER})*$`), { error: "is not a list of label matchers" })
  .describe('label matchers without braces, such as cluster="prod-us"');

const OWN_HEADERS = /^(authorization|proxy-.*|cookie|host|content-.*|accept.*|connection|transfer-encoding)$/i;
const headers = z
  .record(
    z
      .string()
      .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/)
      .refine((name) => !OWN_HEADERS.test(name)),
    z.string().regex(/^[\x20-\x7e]*$/),
  )
  .describe("header names with their texts; credentials go into tokenFile or basicAuth");

const prometheus = z.strictObject({
  url: httpUrl,
  tokenFile: file("a file with a bearer token").optional(),
  basicAuth: z.strictObject({ username: text("a user name"), passwordFile: file("a file with a password") }).optional(),
  headers: headers.default({}),
  caFile: file("a certificate bundle (PEM)").optional(),
  insecureSkipVerify: z.boolean().describe("true or false").default(false),
  selector: selector.optional(),
});

const kubelet = z.strictObject({
  access: z.enum(["off", "prometheus", "direct", "proxy"]).default("prometheus"),
  allowedCIDRs: z.array(cidr).default([]),
  caFile: file("the certificate authority of the kubelets (PEM)").optional(),
});

const noneOrUrl = z.union([z.literal(""), httpUrl]).describe('an http:// or https:// address, or "" for none');

const controlPlane = z.strictObject({
  apiServers: z.array(httpUrl).default([]),
  controllerManager: noneOrUrl.default(""),
  scheduler: noneOrUrl.default(""),
});

const poll = z.strictObject({
  inventorySeconds: seconds(30, 86_400).default(300),
  metricsSeconds: seconds(15, 86_400).default(60),
  gatesSeconds: seconds(60, 86_400).default(900),
});

export const CLUSTER_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

const cluster = z
  .strictObject({
    name: z
      .string()
      .regex(CLUSTER_NAME, { error: "is not a name" })
      .describe("up to 63 letters, digits, dots, dashes and underscores, beginning and ending with a letter or digit"),
    kubeconfig: file("a kubeconfig").optional(),
    context: text("a context of the kubeconfig").optional(),
    inCluster: z.literal(true).describe("true").optional(),
    server: httpUrl.optional(),
    caFile: file("the certificate authority of the API server (PEM)").optional(),
    tokenFile: file("a file with a bearer token").optional(),
    provider: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/)
      .describe("a provider's short name in small letters, such as aws, gcp, azure")
      .optional(),
    prometheus: prometheus.optional(),
    kubelet: kubelet.prefault({}),
    controlPlane: controlPlane.prefault({}),
    poll: poll.prefault({}),
  })
  .superRefine((value, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
    const ways = [value.kubeconfig, value.inCluster, value.server].filter((way) => way !== undefined).length;
    if (ways !== 1) {
      refuse([], "needs exactly one of kubeconfig, inCluster: true, or server (with caFile and tokenFile)");
    }
    if (value.context !== undefined && value.kubeconfig === undefined) refuse(["context"], "belongs to a kubeconfig");
    for (const field of ["caFile", "tokenFile"] as const) {
      if (value[field] !== undefined && value.server === undefined) refuse([field], "belongs to server");
    }
    if (value.server !== undefined && value.tokenFile === undefined) refuse(["server"], "needs a tokenFile");
    if (value.tokenFile !== undefined && value.server?.startsWith("http:")) {
      refuse(["server"], "must be https:// – a token is sent to it");
    }
    if (value.kubelet.access === "direct") {
      if (value.kubelet.allowedCIDRs.length === 0) refuse(["kubelet", "access"], "direct needs allowedCIDRs");
      if (value.kubelet.caFile === undefined) refuse(["kubelet", "access"], "direct needs caFile");
    }
    if (value.prometheus?.tokenFile !== undefined && value.prometheus.basicAuth !== undefined) {
      refuse(["prometheus", "basicAuth"], "stands beside tokenFile; a request carries one of them");
    }
  });

const teamSource = z
  .string()
  .regex(/^(?:namespace|(?:label|namespaceLabel):[A-Za-z0-9]([A-Za-z0-9./_-]*[A-Za-z0-9])?)$/, {
    error: "is not a source",
  })
  .describe("label:KEY, namespaceLabel:KEY or namespace");

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const ConfigFile = z
  .strictObject({
    clusters: z.array(cluster).default([]),
    teams: z.strictObject({ from: z.array(teamSource).default(["label:team", "namespaceLabel:team"]) }).prefault({}),
    billing: z
      .strictObject({
        currency: z
          .string()
          .regex(/^[A-Z]{3}$/, { error: "is not a currency" })
          .describe("a currency's three capital letters, such as USD")
          .default("USD"),
        timeZone: z
          .string()
          .refine(isTimeZone, { error: "is not a time zone" })
          .describe("a time zone such as UTC or Europe/Berlin")
          .default("UTC"),
        priceBook: file("a price book").optional(),
        labels: z
          .array(
            z
              .string()
              .regex(/^[A-Za-z0-9]([A-Za-z0-9./_-]*[A-Za-z0-9])?$/, { error: "is not a label key" })
              .describe("a label key such as app.kubernetes.io/part-of"),
          )
          .max(10)
          .describe("at most 10 label keys by which cost can be grouped")
          .default(["app.kubernetes.io/part-of", "app.kubernetes.io/name", "app", "environment", "cost-center"]),
        // Entered once, at the first start that sees them; after that the page is where they are changed.
        budgets: z
          .array(
            z.strictObject({
              team: z.string().trim().min(1).max(200),
              costPerMonth: z.number().min(0).max(1e12),
              validFrom: z.iso.date(),
            }),
          )
          .max(1000)
          .default([]),
      })
      .prefault({}),
    retention: z
      .strictObject({ raw: duration.default("48h"), hourly: duration.default("90d"), daily: duration.default("2y") })
      .superRefine((value, context) => {
        const refuse = (path: string, other: string) =>
          context.addIssue({
            code: "custom",
            path: [path],
            message: `must not be shorter than ${other}, from which it is made`,
          });
        if (durationSeconds(value.hourly) < durationSeconds(value.raw)) refuse("hourly", "raw");
        if (durationSeconds(value.daily) < durationSeconds(value.hourly)) refuse("daily", "hourly");
      })
      .prefault({}),
    auth: AuthSection.prefault({}),
    // Link-local and metadata addresses are refused, unless one of these networks has them. Not for webhooks.
    outbound: z.strictObject({ allowedCIDRs: z.array(cidr).default([]) }).prefault({}),
    // Where readers open Sluice; messages that leave it need whole links.
    publicUrl: httpUrl.optional(),
    webhooks: z
      .record(
        z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/),
        z.strictObject({ urlFile: file("a file with the address"), kind: z.enum(["slack", "json"]) }),
      )
      .default({}),
  })
  .superRefine((value, context) => {
    const seen = new Map<string, number>();
    for (const [index, { name }] of value.clusters.entries()) {
      const first = seen.get(name.toLowerCase());
      if (first === undefined) seen.set(name.toLowerCase(), index);
      else {
        const message = `is the name of clusters[${first}] already; names are unique, whatever their capitals`;
        context.addIssue({ code: "custom", path: ["clusters", index, "name"], message });
      }
    }
  });

export type ConfigFile = z.infer<typeof ConfigFile>;
