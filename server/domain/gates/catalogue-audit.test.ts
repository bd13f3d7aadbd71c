import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { aComponent, aNode, aSnapshot, aVersion } from "../../testing/builders/index.ts";
import { evaluateFeatures } from "../features/evaluate-features.ts";
import { listGateTransitions } from "../upgrade/gate-transitions.ts";
import { planUpgrade } from "../upgrade/plan.ts";
import { toUpgradeFacts } from "../upgrade/upgrade-facts.ts";
import { evaluateGates } from "./gate-state.ts";
import type { GateCell } from "./gate-types.ts";

/**
 * The published histories as the simulated binaries have them: another file, another reader and another encoding than the catalogue's,
 * so that a slip in either shows.
 */
type Row = {
  readonly name: string;
  readonly since: string | null;
  readonly gone: string | null;
  readonly history: readonly (readonly [version: string, stage: string, on: 0 | 1, locked: 0 | 1])[];
};
const PUBLISHED = JSON.parse(
  readFileSync(new URL("../../demo/gates-1.31-1.37.json", import.meta.url), "utf8"),
) as readonly Row[];
const MINORS = ["1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37"];
/** Histories end before a locked stable stage, and the announcement says that the behaviour stays. */
const ANNOUNCED = ["PreventStaticPodAPIReferences"];
/** The default moved within a minor; the histories hold the one of its last patches. */
const LAST_PATCH = ".99";

type Truth =
  | { readonly is: "known"; readonly stage: string; readonly isOn: boolean; readonly isLocked: boolean }
  | { readonly is: "not-known" | "removed-always-on" | "removed-gone" };

const number = (version: string) => Number(version.split(".")[1]);

function truthAt({ name, since, gone, history }: Row, minor: string): Truth {
  const last = history.at(-1);
  if (gone !== null && number(gone) <= number(minor)) {
    const stayed = ANNOUNCED.includes(name) || (last?.[1] === "GA" && last[2] === 1 && last[3] === 1);
    return { is: stayed ? "removed-always-on" : "removed-gone" };
  }
  if (since !== null && number(since) > number(minor)) return { is: "not-known" };
  const row = history.filter(([version]) => number(version) <= number(minor)).at(-1);
  if (row === undefined) return { is: "not-known" };
  return { is: "known", stage: row[1], isOn: row[2] === 1, isLocked: row[3] === 1 };
}

const LABELS: Readonly<Record<string, string>> = { Alpha: "ALPHA", Beta: "BETA", GA: "GA", Deprecated: "DEPRECATED" };
/** What a binary of the minor lists on its page: every gate that it knows. */
function listed(minor: string) {
  return Object.fromEntries(
    PUBLISHED.flatMap((row) => {
      const truth = truthAt(row, minor);
      return truth.is === "known" ? [[row.name, [truth.isOn, LABELS[truth.stage] ?? ""] as [boolean, "GA"]]] : [];
    }),
  );
}

function matrixAt(minor: string, isRead: boolean) {
  const version = `${minor}${LAST_PATCH}`;
  const node = aNode({ name: "a", kubeletVersion: version });
  const gates = isRead ? listed(minor) : null;
  const components = (["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet"] as const).map(
    (component) => aComponent(component, gates, { version, instance: component === "kubelet" ? "a" : component }),
  );
  return aSnapshot({ version: aVersion(minor), nodes: [node], components });
}

describe("every gate of every minor", () => {
  it("is in the catalogue, and nothing else is", () => {
    const rows = evaluateGates(matrixAt("1.36", true)).rows.map(({ gate }) => gate);
    expect(rows).toEqual(PUBLISHED.map(({ name }) => name).sort((a, b) => (a < b ? -1 : 1)));
  });

  it.each(MINORS)("shows in %s what the binaries say, with the published stage, default and lock", (minor) => {
    const { rows } = evaluateGates(matrixAt(minor, true));
    const truths = new Map(PUBLISHED.map((row) => [row.name, truthAt(row, minor)]));
    for (const { gate, cells } of rows) {
      const truth = truths.get(gate);
      for (const cell of cells.filter(({ group }) => !group.startsWith("kube-proxy")))
        expect(told(cell), `${gate} ${minor} ${cell.group}`).toEqual(
          truth?.is === "known"
            ? { is: truth.isOn ? "on" : "off", stage: truth.stage, isOn: truth.isOn, isLocked: truth.isLocked }
            : { is: truth?.is, stage: null, isOn: null, isLocked: null },
        );
    }
  });

  it.each(MINORS)("takes from the version of a silent component of %s only what the version settles", (minor) => {
    const { rows } = evaluateGates(matrixAt(minor, false));
    const truths = new Map(PUBLISHED.map((row) => [row.name, truthAt(row, minor)]));
    for (const { gate, cells } of rows) {
      const truth = truths.get(gate);
      const expected =
        truth?.is === "known" ? (truth.isLocked ? (truth.isOn ? "on" : "off") : "unknown") : (truth?.is ?? "");
      for (const cell of cells.filter(({ group }) => !group.startsWith("kube-proxy"))) {
        expect(cell.state, `${gate} ${minor} ${cell.group}`).toBe(expected);
        expect(cell.isInferred, `${gate} ${minor}`).toBe(expected !== "unknown");
      }
    }
  });
});

function told({ state, stage, isOnByDefault, isLocked }: GateCell) {
  return { is: state, stage, isOn: isOnByDefault, isLocked };
}

/** The difference of two published states, told as the planner tells it. */
function published(row: Row, from: string, to: string): string | null {
  const before = truthAt(row, from);
  const after = truthAt(row, to);
  if (after.is === "removed-always-on" || after.is === "removed-gone")
    return before.is === "known" ? after.is.replace("removed", "vanishes") : null;
  if (after.is !== "known") return null;
  if (before.is !== "known") return "appears";
  if (after.isLocked && !before.isLocked) return after.isOn ? "locks-on" : "locks-off";
  if (after.isOn !== before.isOn) return after.isOn ? "flips-on" : "flips-off";
  return null;
}

describe("the gates of an upgrade", () => {
  const steps = MINORS.slice(1).map((to, index) => [MINORS[index] ?? "", to] as const);
  it.each(steps)("from %s to %s are the published differences, no more and no fewer", (from, to) => {
    const matrix = evaluateGates(matrixAt(from, true));
    const made = listGateTransitions(from, to, matrix).map(({ gate, change, atMinor }) => [gate, change, atMinor]);
    const expected = PUBLISHED.flatMap((row) => {
      const change = published(row, from, to);
      return change === null ? [] : [[row.name, change, to]];
    });
    const order = (a: readonly string[], b: readonly string[]) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1);
    expect([...made].sort(order)).toEqual(expected.sort(order));
    expect(made.length).toBeGreaterThan(0);
  });

  it("of a long way are those of its steps, one after the other", () => {
    const matrix = evaluateGates(matrixAt("1.31", true));
    const key = ({ gate, change, atMinor }: { gate: string; change: string; atMinor: string }) =>
      `${atMinor} ${gate} ${change}`;
    const whole = listGateTransitions("1.31", "1.37", matrix).map(key);
    expect(whole).toEqual(steps.flatMap(([from, to]) => listGateTransitions(from, to, matrix).map(key)));
  });
});

describe("a control plane that is newer than the catalogue", () => {
  const snapshot = matrixAt("1.38", false);
  it("is known only by what ended before, and by what it says itself", () => {
    const gone = PUBLISHED.filter(({ gone: minor }) => minor !== null).map(({ name }) => name);
    for (const { gate, cells } of evaluateGates(snapshot).rows) {
      const server = cells.find(({ group }) => group.startsWith("kube-apiserver"));
      expect(server?.state.startsWith("removed"), gate).toBe(gone.includes(gate));
      if (!gone.includes(gate)) expect(server, gate).toMatchObject({ state: "unknown", stage: null, isLocked: null });
    }
    const said = { ...listed("1.37"), FutureGate: [true, "ALPHA"] as [boolean, "ALPHA"] };
    const components = [aComponent("kube-apiserver", said, { version: "1.38.0" })];
    const rows = evaluateGates(aSnapshot({ version: aVersion("1.38"), components })).rows;
    const cell = (name: string) => rows.find(({ gate }) => gate === name)?.cells[0];
    expect(cell("FutureGate")).toMatchObject({ state: "on", stage: "Alpha", isOnByDefault: null });
    expect(cell("NodeSwap")).toMatchObject({ state: "on", isOnByDefault: null, isLocked: null });
  });

  it.each([
    ["1.38", "1.39"],
    ["1.37", "1.38"],
  ])("has no clean plan from %s to %s: nobody knows what changes", (from, target) => {
    const own = matrixAt(from, true);
    const plan = planUpgrade({
      facts: toUpgradeFacts(own),
      gateStates: evaluateGates(own),
      target,
      now: own.takenAt,
    });
    expect(plan.verdict).toBe("unknown");
    expect(plan.items.map(({ key }) => key)).toContain("target-beyond-catalogue");
    expect(plan.support.target.state).toBe("unknown");
    // What the catalogue cannot know is not told as a change.
    expect(plan.gates.filter(({ change }) => !change.startsWith("vanishes"))).toEqual([]);
  });

  it.each(["1.35", "1.37", "1.38"])(
    "gives every feature of %s a verdict, and claims nothing that nobody read",
    (minor) => {
      const outcomes = evaluateFeatures(matrixAt(minor, false), { now: snapshot.takenAt });
      expect(outcomes.length).toBeGreaterThan(20);
      // Off is what the version locks off, and what an API that was looked for and is not served says.
      const settled = PUBLISHED.flatMap((row) => {
        const truth = truthAt(row, minor);
        return truth.is === "known" && truth.isLocked && !truth.isOn ? [`gate:${row.name}`] : [];
      });
      const claimed = outcomes.filter(({ verdict }) => verdict === "off" || verdict === "drift");
      const features = claimed.map(({ feature }) => feature).filter((feature) => !settled.includes(feature));
      expect(features.filter((feature) => feature !== "mutating-admission-policy")).toEqual([]);
      if (minor !== "1.38") return;
      const known = outcomes.filter(
        ({ stages }) => stages.available.state === "unknown" && stages.available.reasonKey === "beyond-catalogue",
      );
      expect(known.length).toBeGreaterThan(5);
    },
  );
});
