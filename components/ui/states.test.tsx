import { cleanup, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { LOCALES } from "../i18n/locale.ts";
import { renderWithReader } from "../testing.tsx";
import { type Figure, figureOf, toFigure } from "./figure.ts";
import { StateMark } from "./state-mark.tsx";
import { VERDICTS, VerdictBadge } from "./verdict-badge.tsx";

afterEach(cleanup);
const FIGURES: readonly Figure[] = [
  { state: "value", value: 3 },
  { state: "value", value: 0 },
  { state: "below", limit: 2 },
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

  it("come from readings without loss", () => {
    const readAt = new Date(0);
    expect(toFigure({ state: "value", value: 0, readAt })).toEqual({ state: "value", value: 0 });
    expect(toFigure({ state: "unknown", reason: "stale", readAt })).toEqual({ state: "unknown", reason: "stale" });
    expect(toFigure({ state: "not-exposed", readAt })).toEqual({ state: "not-exposed" });
  });
});

describe("verdicts", () => {
  it.each(VERDICTS)("%s is an icon and a word", (verdict) => {
    const { container } = renderWithReader(<VerdictBadge verdict={verdict} />);
    expect(container.querySelector("svg")).not.toBeNull();
    expect(container.textContent).not.toBe("");
  });
});
