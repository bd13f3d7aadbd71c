import { defineCheck, noSignal, nothingNeeded, rule, stage } from "../define-check.ts";
import { blocker, notMet } from "../judgement.ts";

export const cpuBurst = defineCheck({
  id: "cpu-burst",
  kind: "adoptable",
  gates: [],
  docsUrl: "https://docs.kernel.org/scheduler/sched-bwc.html",
  words: {
    en: {
      title: "CPU burst",
      why: "Would let containers save unused quota for short peaks instead of being throttled.",
      sentences: {
        "no-api":
          "Kubernetes has no API for CPU burst: no field, no kubelet setting and no gate sets cpu.cfs_burst_us.",
        "no-api-signal": "No signal exists; cAdvisor only counts bursts that something else configured.",
        alternatives: "Nearby: higher CPU limits, no limit, or the kubelet's cpuCFSQuotaPeriod.",
      },
    },
    zh: {
      title: "CPU 突发",
      why: "可让容器把未用的配额留给短时峰值，而不是被限流。",
      sentences: {
        "no-api": "Kubernetes 没有 CPU 突发的 API：没有任何字段、kubelet 设置或门控可设置 cpu.cfs_burst_us。",
        "no-api-signal": "没有信号；cAdvisor 只统计由其他途径配置的突发。",
        alternatives: "相近做法：提高 CPU 上限、不设上限，或调整 kubelet 的 cpuCFSQuotaPeriod。",
      },
    },
  },
  available: stage({
    needs: [],
    signal: "no Kubernetes API exists",
    judge: (_facts, context) =>
      notMet("no-api", {}, [context.noted("catalogue", "gates and API types", "", "no CPU burst in 1.31–1.37")]),
  }),
  enabled: nothingNeeded,
  ready: nothingNeeded,
  adopted: noSignal("no-api-signal"),
  effective: noSignal("no-api-signal"),
  blockers: [rule({ needs: [], signal: "none", judge: () => [blocker("alternatives", "info", [], {}, 1)] })],
});
