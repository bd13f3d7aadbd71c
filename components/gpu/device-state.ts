import { Activity, Ban, CircleDashed, CircleQuestionMark, type LucideIcon, Moon } from "lucide-react";
import type { DeviceState } from "#server/contract/gpu.ts";
import type { Tone } from "../ui/tone.ts";

/** The order of every bar and legend: working, then wasting, then not seen, then spare. */
export const DEVICE_STATES: readonly DeviceState[] = ["active", "held-idle", "held-unknown", "free", "unavailable"];

export const STATE_TONE: Readonly<Record<DeviceState, Tone>> = {
  active: "effective",
  "held-idle": "attention",
  "held-unknown": "unknown",
  free: "off",
  unavailable: "blocked",
};
export const STATE_ICON: Readonly<Record<DeviceState, LucideIcon>> = {
  active: Activity,
  "held-idle": Moon,
  "held-unknown": CircleQuestionMark,
  free: CircleDashed,
  unavailable: Ban,
};
/** CSS colours of bars; silence is hatched instead. */
export const STATE_COLOUR: Readonly<Record<DeviceState, string>> = {
  active: "var(--status-effective)",
  "held-idle": "var(--status-attention)",
  "held-unknown": "var(--status-unknown)",
  free: "var(--series-rest)",
  unavailable: "var(--status-blocked)",
};
