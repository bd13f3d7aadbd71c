import type { PriceKind } from "../../domain/cost/price-book.ts";

export type PriceEntry = {
  readonly provider: string;
  readonly region: string;
  readonly kind: PriceKind;
  readonly key: string;
  readonly unit: string;
  readonly price: number;
  readonly currency: string;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly source: string;
  readonly sourceDate: string | null;
};

/**
 * Public list prices that Sluice starts with, in USD, before any discount. They are a starting point, dated and named so that a
 * reader can tell an estimate from a bill; the price book in the settings, a file or the API replaces them.
 */
const SHIPPED_AT = "2026-11-22";
/** The list of one region stands for all of a provider's: other regions differ by up to a third, so the row says whose it is. */
const LIST_REGION: Readonly<Record<string, string>> = { aws: "us-east-1", gcp: "us-central1", azure: "eastus" };
const OPENCOST = "OpenCost default price file (configs/default.json, snapshot 2024-10)";

function entry(
  provider: string,
  region: string,
  kind: PriceKind,
  key: string,
  unit: string,
  price: number,
  source = `public on-demand list price of ${LIST_REGION[provider] ?? "no region"}, Linux; verify against your contract`,
): PriceEntry {
  return {
    provider,
    region,
    kind,
    key,
    unit,
    price,
    currency: "USD",
    validFrom: "2025-01-01",
    validTo: null,
    source,
    sourceDate: SHIPPED_AT,
  };
}

/** vCPU count of a size, by which families are priced evenly. */
const AWS_SIZES = {
  large: 2,
  xlarge: 4,
  "2xlarge": 8,
  "4xlarge": 16,
  "8xlarge": 32,
  "12xlarge": 48,
  "16xlarge": 64,
  "24xlarge": 96,
} as const;
/** USD per hour of the `large` size (2 vCPU) in us-east-1; larger sizes are exact multiples on the list. */
const AWS_LARGE_PRICE = {
  m5: 0.096,
  m6i: 0.096,
  m6a: 0.0864,
  m6g: 0.077,
  m7i: 0.1008,
  m7g: 0.0816,
  c5: 0.085,
  c6i: 0.085,
  c6a: 0.0765,
  c6g: 0.068,
  c7i: 0.08925,
  c7g: 0.0725,
  r5: 0.126,
  r6i: 0.126,
  r6a: 0.1134,
  r6g: 0.1008,
  r7i: 0.1323,
  r7g: 0.1071,
} as const;
const AWS_GPU = {
  "g4dn.xlarge": 0.526,
  "g4dn.2xlarge": 0.752,
  "g4dn.12xlarge": 3.912,
  "g5.xlarge": 1.006,
  "g5.2xlarge": 1.212,
  "g5.4xlarge": 1.624,
  "g5.12xlarge": 5.672,
  "g5.48xlarge": 16.288,
  "g6.xlarge": 0.8048,
  "g6.12xlarge": 4.6016,
  "p3.2xlarge": 3.06,
  "p3.16xlarge": 24.48,
  "p4d.24xlarge": 21.9578,
  "p4de.24xlarge": 27.447,
  "p5.48xlarge": 55.04,
} as const;

/** USD per vCPU-hour and GiB-hour by which GCP prices predefined machine types (us-central1). */
const GCP_FAMILIES = {
  e2: { cpu: 0.02181159, memory: 0.00292353 },
  n2: { cpu: 0.031611, memory: 0.004237 },
  n2d: { cpu: 0.027502, memory: 0.003686 },
  c3: { cpu: 0.03398, memory: 0.003938 },
} as const;
const GCP_SHAPES = { standard: 4, highmem: 8, highcpu: 1 } as const; // GiB per vCPU (c3 highcpu differs and is left out)
const GCP_GPU = {
  "a2-highgpu-1g": 3.673385,
  "a2-highgpu-2g": 7.34677,
  "a2-highgpu-4g": 14.69354,
  "a2-highgpu-8g": 29.38708,
  "a3-highgpu-8g": 88.490000119,
  "g2-standard-4": 0.706832276,
  "g2-standard-8": 0.853624,
} as const;

/** USD per hour of the 4-vCPU size (East US). */
const AZURE_4_VCPU = {
  Standard_D4s_v5: 0.192,
  Standard_D4as_v5: 0.172,
  Standard_E4s_v5: 0.252,
  Standard_F4s_v2: 0.169,
} as const;
const AZURE_GPU = {
  Standard_NC24ads_A100_v4: 3.673,
  Standard_NC48ads_A100_v4: 7.346,
  Standard_NC96ads_A100_v4: 14.692,
  Standard_NC4as_T4_v3: 0.526,
} as const;

/** Devices by themselves, for splitting a node's price and for devices whose node has no row. USD per hour. */
const GPU_MODELS = {
  "NVIDIA A100 80GB": 2.5,
  "NVIDIA A100 40GB": 2,
  "NVIDIA H100 80GB": 5.5,
  "NVIDIA A10G": 0.75,
  "NVIDIA L4": 0.55,
  "Tesla T4": 0.35,
  "AMD Instinct MI300X": 4.5,
} as const;

export function listShippedPrices(): PriceEntry[] {
  const rows: PriceEntry[] = [];
  for (const [family, large] of Object.entries(AWS_LARGE_PRICE)) {
    for (const [size, cpus] of Object.entries(AWS_SIZES))
      rows.push(entry("aws", "", "node", `${family}.${size}`, "hour", round((large * cpus) / 2)));
  }
  for (const [type, price] of Object.entries(AWS_GPU)) rows.push(entry("aws", "", "node", type, "hour", price));
  for (const [family, unit] of Object.entries(GCP_FAMILIES)) {
    for (const [shape, gibPerCpu] of Object.entries(GCP_SHAPES)) {
      if (family === "c3" && shape === "highcpu") continue;
      for (const cpus of [2, 4, 8, 16, 32, 48, 64, 80])
        rows.push(
          entry(
            "gcp",
            "",
            "node",
            `${family}-${shape}-${cpus}`,
            "hour",
            round(cpus * (unit.cpu + gibPerCpu * unit.memory)),
          ),
        );
    }
  }
  for (const [type, price] of Object.entries(GCP_GPU)) rows.push(entry("gcp", "", "node", type, "hour", price));
  for (const [type, price] of Object.entries(AZURE_4_VCPU)) {
    for (const cpus of [2, 4, 8, 16, 32, 48, 64, 96])
      rows.push(entry("azure", "", "node", type.replace("4", String(cpus)), "hour", round((price * cpus) / 4)));
  }
  for (const [type, price] of Object.entries(AZURE_GPU)) rows.push(entry("azure", "", "node", type, "hour", price));
  rows.push(
    entry("any", "", "resource", "cpu", "core-hour", 0.031611, OPENCOST),
    entry("any", "", "resource", "memory", "GiB-hour", 0.004237, OPENCOST),
    // OpenCost ships 0.95 per GPU-hour as a placeholder; it only splits nodes here whose model has no row.
    entry("any", "", "resource", "gpu", "hour", 0.95, OPENCOST),
    entry("azure", "", "resource", "cpu", "core-hour", 0.039, OPENCOST),
    entry("azure", "", "resource", "memory", "GiB-hour", 0.001917, OPENCOST),
    entry("any", "", "storage", "default", "GiB-month", 0.04, OPENCOST),
    // EBS writes GB and measures volumes in GiB.
    entry("aws", "", "storage", "gp3", "GiB-month", 0.08),
    entry("gcp", "", "storage", "pd-balanced", "GiB-month", 0.1),
    entry("azure", "", "storage", "premium-ssd", "GiB-month", 0.12),
  );
  for (const [model, price] of Object.entries(GPU_MODELS))
    rows.push(entry("any", "", "gpu", model, "hour", price, "market list prices of rented devices, rounded; verify"));
  rows.push(
    // AWS charges what leaves a zone and what enters one, GCP what leaves, Azure neither.
    entry("aws", "", "traffic", "cross-zone-out", "GB", 0.01, "AWS EC2 data transfer within a region, each direction"),
    entry("aws", "", "traffic", "cross-zone-in", "GB", 0.01, "AWS EC2 data transfer within a region, each direction"),
    entry(
      "gcp",
      "",
      "traffic",
      "cross-zone-out",
      "GiB",
      0.01,
      "Google Cloud VPC network pricing, between zones of one region, sender pays",
    ),
    entry(
      "gcp",
      "",
      "traffic",
      "cross-zone-in",
      "GiB",
      0,
      "Google Cloud VPC network pricing, between zones of one region, sender pays",
    ),
    entry(
      "azure",
      "",
      "traffic",
      "cross-zone-out",
      "GB",
      0,
      "Azure: no charge between availability zones of one region",
    ),
    entry(
      "azure",
      "",
      "traffic",
      "cross-zone-in",
      "GB",
      0,
      "Azure: no charge between availability zones of one region",
    ),
  );
  return rows;
}

function round(price: number): number {
  return Math.round(price * 1e6) / 1e6;
}
