"use client";
import { Check, Clock, Send, TriangleAlert } from "lucide-react";
import type { AlertDelivery } from "#server/contract/alerts.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "./badge.tsx";

const LOOKS = {
  pending: { tone: "neutral", icon: Clock },
  sending: { tone: "neutral", icon: Send },
  delivered: { tone: "ready", icon: Check },
  failed: { tone: "blocked", icon: TriangleAlert },
} as const;
const REASONS = [
  "file-unreadable",
  "address-invalid",
  "address-refused",
  "unreachable",
  "timed-out",
  "redirected",
  "rejected",
  "receiver-failed",
  "not-configured",
] as const;

/** Where a message is: its webhook, its state, and – after a failure – why and when it is tried again. */
export function DeliveryState({ delivery }: { readonly delivery: AlertDelivery }) {
  const { t, format } = useReader();
  const { webhook, status, attemptCount, reason, httpStatus, nextAttemptAt } = delivery;
  const known = REASONS.find((candidate) => candidate === reason);
  const { tone, icon } = LOOKS[status];
  const words = [
    known === undefined ? reason : t(`alerts.reason.${known}`),
    httpStatus === null ? null : `HTTP ${httpStatus}`,
    attemptCount > 1 || status === "failed" ? t("alerts.attempts", { count: attemptCount }) : null,
    status === "pending" && attemptCount > 0 && nextAttemptAt !== null
      ? t("alerts.next-attempt", { time: format.dateTime(nextAttemptAt, "second") })
      : null,
  ].filter((word) => word !== null);
  return (
    <span className="inline-flex max-w-full flex-wrap items-center gap-x-1.5 gap-y-0.5">
      <Badge tone={tone} icon={icon} look={status === "delivered" ? "plain" : "soft"}>
        {webhook} · {t(`alerts.status.${status}`)}
      </Badge>
      {words.length > 0 && status !== "delivered" && (
        <span className="text-xs text-muted-foreground">{words.join(" · ")}</span>
      )}
    </span>
  );
}
