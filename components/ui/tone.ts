/** What a colour means. Components take a tone, never a palette name. */
export type Tone =
  | "neutral"
  | "accent"
  | "ready"
  | "effective"
  | "in-use"
  | "always-on"
  | "attention"
  | "blocked"
  | "drift"
  | "off"
  | "unknown"
  | "not-exposed"
  | "not-applicable";

/** Text and icon colour of a tone (written out, so that the stylesheet is generated from these names). */
export const toneText: Readonly<Record<Tone, string>> = {
  neutral: "text-muted-foreground",
  accent: "text-accent",
  ready: "text-status-ready",
  effective: "text-status-effective",
  "in-use": "text-status-in-use",
  "always-on": "text-status-always-on",
  attention: "text-status-attention",
  blocked: "text-status-blocked",
  drift: "text-status-drift",
  off: "text-status-off",
  unknown: "text-status-unknown",
  "not-exposed": "text-status-not-exposed",
  "not-applicable": "text-status-not-applicable",
};
/** Fill of a bar or a dot. */
export const toneFill: Readonly<Record<Tone, string>> = {
  neutral: "bg-subtle-foreground",
  accent: "bg-accent",
  ready: "bg-status-ready",
  effective: "bg-status-effective",
  "in-use": "bg-status-in-use",
  "always-on": "bg-status-always-on",
  attention: "bg-status-attention",
  blocked: "bg-status-blocked",
  drift: "bg-status-drift",
  off: "bg-status-off",
  unknown: "bg-status-unknown",
  "not-exposed": "bg-status-not-exposed",
  "not-applicable": "bg-status-not-applicable",
};
