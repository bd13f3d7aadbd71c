import type { HorizontalPodAutoscalerFacts } from "../../snapshot.ts";
import { defineCheck, nothingNeeded, rule, stage } from "../define-check.ts";
import { availableSince } from "../gate-stages.ts";
import { blocker, notMet, ObjectCollector, share, Tally } from "../judgement.ts";

const ADAPTERS = /\.(external|custom)\.metrics\.k8s\.io$/;
const PRESSURE = /pressure|psi|stall/i;

export const autoscalingOnPressure = defineCheck({
  id: "autoscaling-on-pressure",
  kind: "adoptable",
  gates: [],
  docsUrl: "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
  words: {
    en: {
      title: "Autoscaling on pressure",
      why: "Replicas follow how long work waits, not how busy the CPU looks.",
      sentences: {
        "adapter-available": "{met} of {of} metrics {of|adapter|adapters} {met|is|are} available.",
        "no-adapter": "No adapter serves external or custom metrics; pressure is not in metrics.k8s.io.",
        "scaling-active": "{met} of {of} {of|autoscaler|autoscalers} on pressure {met|is|are} scaling.",
        "no-pressure-scaler": "No autoscaler uses a pressure metric.",
        "metric-failing":
          "{count} {count|autoscaler|autoscalers} cannot read {count|its|their} external metric ({example}).",
        "no-pressure-series":
          "{count} {count|kubelet|kubelets} {count|exposes|expose} no trustworthy pressure to scale on.",
        "scalers-on-pressure": "Autoscalers on pressure",
        metrics: "{metrics}",
      },
    },
    zh: {
      title: "基于压力的自动扩缩",
      why: "副本数跟随任务等待的时间，而不是 CPU 看起来有多忙。",
      sentences: {
        "adapter-available": "{of} 个指标适配器中有 {met} 个可用。",
        "no-adapter": "没有适配器提供外部或自定义指标；metrics.k8s.io 中没有压力值。",
        "scaling-active": "{of} 个基于压力的自动扩缩器中有 {met} 个在工作。",
        "no-pressure-scaler": "没有自动扩缩器使用压力指标。",
        "metric-failing": "{count} 个自动扩缩器无法读取其外部指标（{example}）。",
        "no-pressure-series": "{count} 个 kubelet 没有可信的压力值可用于扩缩。",
        "scalers-on-pressure": "基于压力的自动扩缩器",
        metrics: "{metrics}",
      },
    },
  },
  available: availableSince("1.23"),
  enabled: nothingNeeded,
  ready: stage({
    needs: ["apiServices"],
    signal: "APIService v1beta1.external.metrics.k8s.io or custom.metrics.k8s.io, condition Available",
    judge({ apiServices }, context) {
      const adapters = apiServices.filter((service) => ADAPTERS.test(service.name));
      if (adapters.length === 0) return notMet("no-adapter", {}, [context.saw("apiServices", "", "no adapter")]);
      const down = adapters.filter((service) => service.isAvailable !== true);
      const evidence = down.map((service) =>
        context.saw("apiServices", service.name, service.reason ?? "not available"),
      );
      return share(adapters.length - down.length, adapters.length, "adapter-available", evidence);
    },
  }),
  adopted: rule({
    needs: ["horizontalPodAutoscalers"],
    signal: "HPA metrics of type External or Pods whose name tells of pressure ÷ all HPAs",
    judge({ horizontalPodAutoscalers }, context) {
      const tally = new Tally(context.team, "autoscalers");
      for (const scaler of horizontalPodAutoscalers) tally.add(scaler.namespace, {}, usesPressure(scaler));
      return tally;
    },
  }),
  effective: stage({
    needs: ["horizontalPodAutoscalers"],
    signal: "HPA condition ScalingActive",
    judge({ horizontalPodAutoscalers }, context) {
      const own = horizontalPodAutoscalers.filter(usesPressure);
      const idle = own.filter(
        (scaler) =>
          !scaler.conditions.some((condition) => condition.type === "ScalingActive" && condition.status === "True"),
      );
      const evidence = idle.map((scaler) =>
        context.saw(
          "horizontalPodAutoscalers",
          `hpa/${scaler.namespace}/${scaler.name}`,
          scaler.conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`).join("; "),
        ),
      );
      return share(own.length - idle.length, own.length, "scaling-active", evidence, {}, "no-pressure-scaler");
    },
  }),
  blockers: [
    rule({
      needs: ["horizontalPodAutoscalers"],
      signal: "HPA conditions",
      judge({ horizontalPodAutoscalers }, context) {
        const failing = horizontalPodAutoscalers.filter((scaler) =>
          scaler.conditions.some(
            ({ type, status, reason }) =>
              type === "ScalingActive" && status === "False" && /FailedGet(External|Pods|Object)Metric/.test(reason),
          ),
        );
        const evidence = failing.map((scaler) =>
          context.saw("horizontalPodAutoscalers", `hpa/${scaler.namespace}/${scaler.name}`, "cannot read its metric"),
        );
        return failing.length > 0
          ? [
              blocker("metric-failing", "blocking", evidence, {
                example: `${failing[0]?.namespace}/${failing[0]?.name}`,
              }),
            ]
          : [];
      },
    }),
    rule({
      needs: ["kubelets"],
      signal: "pressure series",
      judge({ kubelets }, context) {
        const silent = kubelets.filter((kubelet) => kubelet.pressureSeries === "absent" || kubelet.cgroupVersion === 1);
        const evidence = silent.map((kubelet) =>
          context.saw("kubelets", `node/${kubelet.nodeName}`, `pressure ${kubelet.pressureSeries ?? "not read"}`),
        );
        return silent.length > 0 ? [blocker("no-pressure-series", "warning", evidence)] : [];
      },
    }),
  ],
  objects: rule({
    needs: ["horizontalPodAutoscalers"],
    signal: "HPAs",
    judge({ horizontalPodAutoscalers }) {
      const list = new ObjectCollector("scalers-on-pressure");
      for (const scaler of horizontalPodAutoscalers) {
        if (usesPressure(scaler))
          list.add("HorizontalPodAutoscaler", scaler.namespace, scaler.name, "metrics", {
            metrics: scaler.metrics.map((metric) => metric.name).join(", "),
          });
      }
      return [list.toList()];
    },
  }),
});

function usesPressure(scaler: HorizontalPodAutoscalerFacts): boolean {
  return scaler.metrics.some(
    (metric) =>
      (metric.type === "External" || metric.type === "Pods" || metric.type === "Object") && PRESSURE.test(metric.name),
  );
}
