import type { Verdict } from "#server/contract/verdict.ts";
import type { Tone } from "../ui/tone.ts";

/** The colour that a whole cell takes, so that a matrix reads from across the room. */
export const verdictTone: Readonly<Record<Verdict, Tone>> = {
  effective: "effective",
  "in-use": "in-use",
  "always-on": "always-on",
  "ready-unused": "ready",
  blocked: "blocked",
  drift: "drift",
  off: "off",
  "not-available": "off",
  "not-applicable": "not-applicable",
  unknown: "unknown",
  "not-exposed": "not-exposed",
};

/** Verdicts that ask for something: their cells are filled, the others stay quiet. */
export const LOUD_VERDICTS: ReadonlySet<Verdict> = new Set<Verdict>(["blocked", "drift"]);
