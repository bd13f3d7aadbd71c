import { type AlertDefinition, alertDefinition } from "./alert-rules.ts";

export type AlertChange = "fired" | "cleared" | "gone" | "rule-off";
/** One change of one alert, as it is told to people and receivers. */
export type AlertNews = {
  readonly eventId: number;
  readonly ruleId: string;
  readonly change: AlertChange;
  readonly at: Date;
  readonly value: number | null;
  readonly peak: number | null;
  readonly fireAt: number;
  readonly clearAt: number;
  readonly forSeconds: number;
  readonly cluster: string;
  readonly level: string;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly container: string;
  readonly team: string | null;
};
export type WebhookKind = "slack" | "json";

const path = (...parts: readonly string[]) => `/${parts.map(encodeURIComponent).join("/")}`;

/** The page that shows what an alert speaks of, with its resource and a window that holds the moment. */
export function alertPath(
  news: Pick<AlertNews, "ruleId" | "cluster" | "level" | "namespace" | "kind" | "name">,
): string {
  const { cluster, level, namespace, kind, name } = news;
  const rule = alertDefinition(news.ruleId);
  if (rule?.topic !== "pressure") return path("clusters", cluster);
  const search = `resource=${rule.resource}&kind=${rule.kind}&window=1h`;
  switch (level) {
    case "node":
      return `${path("pressure", cluster, "nodes", name)}?${search}`;
    case "workload":
      return `${path("pressure", cluster, "workloads", namespace, kind, name)}?${search}`;
    case "pod":
    case "container":
      return `${path("pressure", cluster, "pods", namespace, name)}?${search}`;
    case "namespace":
      return `/pressure?cluster=${encodeURIComponent(cluster)}&level=workload&hot.q=${encodeURIComponent(name)}&${search}`;
    default:
      return `/pressure?cluster=${encodeURIComponent(cluster)}&${search}`;
  }
}

/** A link that a receiver can open; only the path where nobody said where readers open Sluice. */
export function alertLink(publicUrl: string | null, at: string): string {
  return `${publicUrl ?? ""}${at}`;
}

const NOUN = { cpu: "CPU", memory: "memory", io: "I/O" } as const;
const ENDED: Readonly<Record<Exclude<AlertChange, "fired">, string>> = {
  cleared: "is over",
  gone: "ended: it left the cluster",
  "rule-off": "ended: the rule was switched off",
};

/** One English sentence: what, where, how much against which limit, for how long. */
export function alertSentence(news: AlertNews): string {
  const rule = alertDefinition(news.ruleId);
  const where = subjectText(news);
  if (rule === undefined) return `${news.ruleId} of ${where}: ${news.change}`;
  const limit = quantity(news.fireAt, rule.unit);
  const now = news.value === null ? null : quantity(news.value, rule.unit);
  if (rule.topic === "stale")
    return news.change === "fired"
      ? `${news.cluster} has not been read for ${now ?? "long"} (limit ${limit})`
      : `${news.cluster} had not been read: ${ENDED[news.change]}`;
  if (rule.topic === "reads")
    return news.change === "fired"
      ? `${news.name} reads of ${news.cluster} failed ${now ?? "again"} in a row (limit ${limit})`
      : `Failing ${news.name} reads of ${news.cluster}: ${ENDED[news.change]}`;
  const verb = rule.kind === "waiting" ? "waits for" : "stalls on";
  if (news.change === "fired") {
    const span = news.forSeconds === 0 ? "" : ` for ${duration(news.forSeconds)}`;
    return `${where} ${verb} ${NOUN[rule.resource]} ${now ?? "?"} of the time (limit ${limit}${span})`;
  }
  const peak = news.peak === null ? "" : `; it peaked at ${quantity(news.peak, rule.unit)}`;
  return `${where} – ${NOUN[rule.resource]} ${rule.kind}: ${ENDED[news.change]}${peak}`;
}

export function subjectText(
  news: Pick<AlertNews, "cluster" | "namespace" | "kind" | "name" | "container" | "level">,
): string {
  const own = [news.namespace, news.name, news.container].filter((part) => part !== "").join("/");
  return news.level === "cluster" ? news.cluster : `${news.level} ${own} (${news.cluster})`;
}

/** What is posted. `deliveryId` stays the same over retries, so that a receiver can tell a repeated message. */
export function webhookBody(kind: WebhookKind, news: AlertNews, link: string, deliveryId: number): unknown {
  const text = alertSentence(news);
  if (kind === "slack")
    return slackBody(`${news.change === "fired" ? ":red_circle:" : ":white_check_mark:"} ${slackText(text)}`, link);
  const rule = alertDefinition(news.ruleId);
  return {
    version: 1,
    type: "alert",
    deliveryId: String(deliveryId),
    alertId: String(news.eventId),
    change: news.change,
    at: news.at.toISOString(),
    text,
    link,
    rule: {
      id: news.ruleId,
      unit: rule?.unit ?? null,
      fireAt: news.fireAt,
      clearAt: news.clearAt,
      forSeconds: news.forSeconds,
    },
    subject: {
      cluster: news.cluster,
      level: news.level,
      namespace: news.namespace,
      kind: news.kind,
      name: news.name,
      container: news.container,
      team: news.team,
    },
    value: news.value,
    peak: news.peak,
  };
}

export function testBody(kind: WebhookKind, webhook: string, link: string, deliveryId: number, at: Date): unknown {
  const text = `This is a test of the webhook ${webhook}. Nothing is wrong.`;
  if (kind === "slack") return slackBody(`:large_blue_circle: ${slackText(text)}`, link);
  return { version: 1, type: "test", deliveryId: String(deliveryId), at: at.toISOString(), text, link };
}

/** A path alone is no link to Slack; it is told as text. */
function slackBody(text: string, link: string): unknown {
  const place = link.startsWith("/")
    ? slackText(link)
    : `<${link.replaceAll("|", "%7C").replaceAll(">", "%3E")}|Open in Sluice>`;
  return { text: `${text}\n${place}` };
}

/** The three characters that Slack reads as markup of its own. */
function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function quantity(value: number, unit: AlertDefinition["unit"]): string {
  if (unit === "ratio") return `${Math.round(value * 1000) / 10} %`;
  return unit === "seconds" ? duration(value) : `${Math.round(value)} times`;
}

function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return `${Math.round(seconds)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 6) / 10} h`;
}
