import type { GateCell, GateState } from "#server/contract/gates.ts";
import { cn } from "../ui/cn.ts";

/**
 * One shape per state, drawn once and referenced by every cell: a fleet has tens of thousands of cells, and an icon component in
 * each would make scrolling stutter. Shape and texture tell the states apart without colour.
 */
export function GateSymbols() {
  return (
    <svg aria-hidden width="0" height="0" className="absolute">
      <symbol id="gate-on" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="5.5" fill="currentColor" />
        <path
          d="M5.4 8.2l1.9 1.9 3.4-3.9"
          fill="none"
          stroke="var(--surface)"
          strokeWidth="1.7"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </symbol>
      <symbol id="gate-off" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="4.7" fill="none" stroke="currentColor" strokeWidth="1.5" />
      </symbol>
      <symbol id="gate-removed-always-on" viewBox="0 0 16 16">
        <rect x="3.5" y="7" width="9" height="6.5" rx="1.4" fill="currentColor" />
        <path d="M5.5 7V5.3a2.5 2.5 0 0 1 5 0V7" fill="none" stroke="currentColor" strokeWidth="1.5" />
      </symbol>
      <symbol id="gate-removed-gone" viewBox="0 0 16 16">
        <path
          d="M4.5 4.5l7 7M11.5 4.5l-7 7"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeLinecap="round"
        />
      </symbol>
      <symbol id="gate-not-known" viewBox="0 0 16 16">
        <path d="M5 8h6" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
      </symbol>
      <symbol id="gate-not-exposed" viewBox="0 0 16 16">
        <path
          d="M2.5 8s2-3.6 5.5-3.6S13.5 8 13.5 8s-2 3.6-5.5 3.6S2.5 8 2.5 8zM3.5 13l9-10"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.3"
          strokeLinecap="round"
        />
      </symbol>
      <symbol id="gate-unknown" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="5.4" fill="none" stroke="currentColor" strokeWidth="1.1" strokeDasharray="2 1.6" />
        <path
          d="M6.5 6.7a1.6 1.6 0 1 1 2.2 1.5c-.5.2-.7.5-.7 1M8 10.9v.1"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.3"
          strokeLinecap="round"
        />
      </symbol>
      <symbol id="gate-absent" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="1" fill="currentColor" />
      </symbol>
      <symbol id="gate-set">
        <circle cx="17" cy="3" r="3" fill="var(--status-attention)" />
      </symbol>
      <symbol id="gate-set-inferred">
        <circle cx="17" cy="3" r="2.25" fill="var(--surface)" stroke="var(--status-attention)" strokeWidth="1.5" />
      </symbol>
      <symbol id="gate-locked">
        <rect x="5" y="18" width="10" height="2" rx="1" fill="var(--status-always-on)" />
      </symbol>
    </svg>
  );
}

const COLOURS: Readonly<Record<GateState, string>> = {
  on: "text-status-in-use",
  off: "text-status-off",
  "removed-always-on": "text-status-always-on",
  "removed-gone": "text-status-blocked",
  "not-known": "text-status-not-applicable",
  "not-exposed": "text-status-not-exposed",
  unknown: "text-status-unknown",
};

export type MarkFacts = Pick<GateCell, "state" | "isLocked" | "isInferred" | "isConsulted" | "explicit">;
export type GateMarkProps = {
  readonly cell: MarkFacts | null;
  readonly isDrift?: boolean;
  /** What it says in words; left out where words stand beside it. */
  readonly label?: string;
};

/**
 * The mark of a cell: shape = state, ring = disagreement, corner = set explicitly, bar = locked, faint = concluded or not acted on.
 * One picture with a name and nothing around it: a screenful has some 600 of them.
 */
export function GateMark({ cell, isDrift = false, label }: GateMarkProps) {
  const { state, explicit } = cell ?? { state: null, explicit: null };
  const isSet = explicit?.how === "visible" || explicit?.how === "inferred";
  const look = {
    width: 20,
    height: 20,
    className: cn(
      "inline-block shrink-0 rounded-sm align-middle",
      isDrift && "bg-status-drift/12 outline-2 -outline-offset-2 outline-status-drift",
      state === null ? "text-border-control" : COLOURS[state],
    ),
  };
  const shapes = (
    <>
      <use
        href={`#gate-${state ?? "absent"}`}
        x="2"
        y="2"
        width="16"
        height="16"
        className={cn(
          !isDrift &&
            !isSet &&
            (cell?.isConsulted === false ? "opacity-35" : cell?.isInferred === true && "opacity-65"),
        )}
      />
      {isSet && <use href={explicit.how === "visible" ? "#gate-set" : "#gate-set-inferred"} />}
      {cell?.isLocked === true && <use href="#gate-locked" />}
    </>
  );
  return label === undefined ? (
    <svg aria-hidden {...look}>
      {shapes}
    </svg>
  ) : (
    <svg role="img" aria-label={label} {...look}>
      {shapes}
    </svg>
  );
}
