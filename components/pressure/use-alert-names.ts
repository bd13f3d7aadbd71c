"use client";
import { useMemo } from "react";
import type { AlertEvent } from "#server/contract/alerts.ts";
import { useMessages } from "../i18n/reader-provider.tsx";

type Told = Pick<
  AlertEvent,
  "topic" | "resource" | "kindOfPressure" | "level" | "cluster" | "namespace" | "kind" | "name" | "container"
>;

/** Names of alerts in the reader's language: what it is about, where that is, and by which rule. */
export function useAlertNames() {
  const t = useMessages();
  return useMemo(() => {
    const readKind = (name: string) =>
      name === "inventory" || name === "metrics" || name === "gates" ? t(`alerts.read-kind.${name}`) : name;
    return {
      subject: (alert: Told) => {
        if (alert.topic === "reads") return `${alert.cluster}: ${readKind(alert.name)}`;
        const own = [alert.namespace, alert.name, alert.container].filter((part) => part !== "").join("/");
        return own === "" ? alert.cluster : own;
      },
      place: (alert: Told) =>
        [t(`pressure.level.${alert.level}`), alert.kind, alert.cluster].filter((part) => part !== "").join(" · "),
      rule: (alert: Told) =>
        alert.topic === "pressure" && alert.resource !== null && alert.kindOfPressure !== null
          ? t("alerts.topic.pressure", {
              resource: t(`pressure.resource.${alert.resource}`),
              kind: t(`pressure.kind.${alert.kindOfPressure}`),
            })
          : t(`alerts.topic.${alert.topic === "stale" ? "stale" : "reads"}`),
    };
  }, [t]);
}
