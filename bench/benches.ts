import { costBench, gateMatrixBench, pressureBench } from "./answers.bench.ts";
import { gpuGridBench } from "./gpu-grid.bench.ts";
import type { Bench } from "./harness.ts";
import { heatmapBench } from "./heatmap.bench.ts";
import { ingestBench } from "./ingest.bench.ts";
import { inventoryReadBench } from "./inventory-read.bench.ts";
import { pagesBench } from "./pages.bench.ts";
import { promqlBench } from "./promql.bench.ts";
import { readersBench } from "./readers.bench.ts";
import { evaluateBench, repackGpuBench, repackNodesBench, simulateBench } from "./rules.bench.ts";

export const BENCHES: readonly Bench[] = [
  evaluateBench,
  simulateBench,
  repackGpuBench,
  repackNodesBench,
  gateMatrixBench,
  pressureBench,
  costBench,
  ingestBench,
  inventoryReadBench,
  promqlBench,
  readersBench,
  pagesBench,
  gpuGridBench,
  heatmapBench,
];
