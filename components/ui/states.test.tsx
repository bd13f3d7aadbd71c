import { cleanup, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { LOCALES } from "../i18n/locale.ts";
import { renderWithReader } from "../testing.tsx";
import { type Figure, figureOf } from "./figure.ts";
import { toProvenance } from "./provenance.ts";
import { StateMark } from "./state-mark.tsx";
import { VERDICTS, VerdictBadge } from "./verdict-badge.tsx";

afterEach(cleanup);
const FIGURES: readonly Figure[] = [
  { state: "value", value: 3 },
  { state: "value", value: 0 },
  { state: "below", value: 2 },
  { state: "unknown", reason: "forbidden" },
  { state: "not-applicable" },
  { state: "not-exposed" },
];

describe("states", () => {
  it.each(LOCALES)("read differently from each other in %s", (locale) => {
    const words = FIGURES.map((figure) => {
      const { container, unmount } = renderWithReader(<StateMark figure={figure} unit="count" size="full" />, {
        locale,
      });
      const text = container.textContent;
      unmount();
      return text;
    });
    expect(new Set(words).size).toBe(FIGURES.length);
    expect(words.every((word) => word !== "")).toBe(true);
  });

  it("carry the reason of an unknown, and never a zero", () => {
    renderWithReader(<StateMark figure={figureOf(null, "timed-out")} unit="bytes" size="full" />);
    expect(screen.getByText(/Unknown – timed out/)).toBeTruthy();
    expect(screen.queryByText(/0/)).toBeNull();
  });

  it("mark a figure that stands on a part", () => {
    renderWithReader(<StateMark figure={{ state: "value", value: 7, part: { covered: 18, of: 20 } }} unit="count" />);
    expect(screen.getByText(/Stands on 18 of 20/)).toBeTruthy();
  });

  it("take a figure's own unit and tell its evidence", () => {
    const figure = {
      state: "value",
      unit: "bytes",
      value: 1024 ** 3,
      part: { covered: 2, of: 3 },
      evidence: [{ kind: "api", ref: "/api/v1/nodes", subject: "", observed: "1", at: "2026-11-22T05:00:00Z" }],
    } as const;
    renderWithReader(<StateMark figure={figure} />);
    expect(screen.getByText("1 GiB")).toBeTruthy();
    expect(toProvenance(figure, { label: "Memory", what: "nodes" })).toMatchObject({
      value: 1024 ** 3,
      unit: "bytes",
      takenAt: "2026-11-22T05:00:00Z",
      coverage: { seen: 2, of: 3, what: "nodes" },
    });
    expect(toProvenance({ state: "not-exposed" }, { label: "x" })).toBeUndefined();
  });
});

describe("verdicts", () => {
  it.each(VERDICTS)("%s is an icon and a word", (verdict) => {
    const { container } = renderWithReader(<VerdictBadge verdict={verdict} />);
    expect(container.querySelector("svg")).not.toBeNull();
    expect(container.textContent).not.toBe("");
  });
});
