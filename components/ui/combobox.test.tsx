import { cleanup, fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it } from "vitest";
import { renderWithReader } from "../testing.tsx";
import { Combobox } from "./combobox.tsx";

const OPTIONS = ["prod-us", "prod-eu", "staging"].map((value) => ({ value, label: value }));
function Example({ isSingle = false }: { readonly isSingle?: boolean }) {
  const [value, setValue] = useState<readonly string[]>([]);
  return (
    <Combobox
      label="Clusters"
      emptyLabel="All clusters"
      options={OPTIONS}
      value={value}
      onChange={setValue}
      isSingle={isSingle}
    />
  );
}
afterEach(cleanup);

describe("a combobox", () => {
  it("narrows by typing and chooses several with the keyboard", () => {
    renderWithReader(<Example />);
    fireEvent.click(screen.getByRole("button", { name: "Clusters: All clusters" }));
    const search = screen.getByRole("combobox");
    expect(document.activeElement).toBe(search);
    fireEvent.change(search, { target: { value: "prod" } });
    expect(screen.getAllByRole("option").map((option) => option.textContent)).toEqual(["prod-us", "prod-eu"]);
    fireEvent.keyDown(search, { key: "Enter" });
    fireEvent.keyDown(search, { key: "ArrowDown" });
    fireEvent.keyDown(search, { key: "Enter" });
    expect(screen.getByRole("button", { name: "Clusters: 2 selected" })).toBeTruthy();
    expect(screen.getAllByRole("option", { selected: true })).toHaveLength(2);
  });
  it("closes with Escape and returns the focus", () => {
    renderWithReader(<Example />);
    const button = screen.getByRole("button", { name: /Clusters/ });
    fireEvent.click(button);
    fireEvent.keyDown(screen.getByRole("combobox"), { key: "Escape" });
    expect(screen.queryByRole("combobox")).toBeNull();
    expect(document.activeElement).toBe(button);
  });
  it("closes on a press elsewhere", () => {
    renderWithReader(<Example />);
    fireEvent.click(screen.getByRole("button", { name: /Clusters/ }));
    fireEvent.pointerDown(document.body);
    expect(screen.queryByRole("combobox")).toBeNull();
  });
  it("closes after the choice when there can be one", () => {
    renderWithReader(<Example isSingle />);
    fireEvent.click(screen.getByRole("button", { name: /Clusters/ }));
    fireEvent.click(screen.getByRole("option", { name: "staging" }));
    expect(screen.getByRole("button", { name: "Clusters: staging" })).toBeTruthy();
    expect(screen.queryByRole("combobox")).toBeNull();
  });
  it("says when nothing matches", () => {
    renderWithReader(<Example />);
    fireEvent.click(screen.getByRole("button", { name: /Clusters/ }));
    fireEvent.change(screen.getByRole("combobox"), { target: { value: "moon" } });
    expect(screen.getByText("Nothing matches “moon”")).toBeTruthy();
  });
});
