import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { renderWithReader } from "../testing.tsx";
import type { Provenance } from "./provenance.ts";
import { Why } from "./why.tsx";

const provenance: Provenance = {
  label: "Cost per hour",
  value: 41.27,
  unit: "money/h:USD",
  takenAt: "2026-11-22T05:56:00Z",
  formula: "Hours × price",
  coverage: { seen: 18, of: 20, what: "nodes" },
  sources: [
    { kind: "query", ref: "nodeMemoryWaiting", detail: "Unit: ratio", observed: "0.03", at: "2026-11-22T05:56:00Z" },
    { kind: "price", ref: "aws/m7i.large", observed: "0.1 USD", at: "2026-07-01T00:00:00Z" },
  ],
};
afterEach(cleanup);

describe("why", () => {
  it("tells source, time, coverage and price after one click", async () => {
    renderWithReader(<Why provenance={provenance}>$41.27</Why>);
    fireEvent.click(screen.getByRole("button", { name: "$41.27 Why? Source of Cost per hour" }));
    const drawer = within(await screen.findByRole("dialog", { name: "Cost per hour" }));
    for (const text of [
      "$41.27/h",
      "Hours × price",
      "18 of 20 nodes",
      "nodeMemoryWaiting",
      "aws/m7i.large",
      "0.1 USD",
    ]) {
      expect(drawer.getByText(text)).toBeTruthy();
    }
    expect(drawer.getAllByText(/2026-11-22 05:56:00/).length).toBeGreaterThan(0);
  });

  it("closes with Escape and gives the focus back", async () => {
    renderWithReader(<Why provenance={provenance}>$41.27</Why>);
    const button = screen.getByRole("button");
    button.focus();
    fireEvent.click(button);
    fireEvent.keyDown(await screen.findByRole("dialog"), { key: "Escape" });
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(document.activeElement).toBe(button);
  });

  it("says unknown where there is no figure, source or coverage", async () => {
    renderWithReader(<Why provenance={{ ...provenance, value: null, coverage: null, sources: [] }} />);
    fireEvent.click(screen.getByRole("button"));
    const drawer = within(await screen.findByRole("dialog"));
    expect(drawer.getByText("Unknown")).toBeTruthy();
    expect(drawer.getByText("Coverage was not recorded")).toBeTruthy();
    expect(drawer.getByText("No source was recorded for this figure.")).toBeTruthy();
  });
});
