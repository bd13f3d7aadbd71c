import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listParam, textParam } from "./url-param.ts";
import { useUrlState } from "./use-url-state.ts";

// The router's view of the address stays behind on purpose: it arrives in a transition.
vi.mock("next/navigation", () => ({ useSearchParams: () => new URLSearchParams("cluster=old") }));

const clusters = listParam("cluster");
const text = textParam("q");
function Example() {
  const [chosen, setChosen] = useUrlState(clusters);
  const [filter, setFilter] = useUrlState(text);
  return (
    <>
      <output>{`${chosen.join(" ")}|${filter}`}</output>
      <button type="button" onClick={() => setChosen([...chosen, `c${chosen.length}`])}>
        add
      </button>
      <button
        type="button"
        onClick={() => {
          setChosen([]);
          setFilter("node", "replace");
        }}
      >
        both
      </button>
    </>
  );
}
beforeEach(() => window.history.replaceState(null, "", "/page?keep=1#part"));
afterEach(cleanup);

describe("state in the URL", () => {
  it("loses none of several quick changes and keeps the rest of the address", () => {
    render(<Example />);
    fireEvent.click(screen.getByText("add"));
    fireEvent.click(screen.getByText("add"));
    expect(screen.getByRole("status").textContent).toBe("c0 c1|");
    expect(`${window.location.pathname}${window.location.search}${window.location.hash}`).toBe(
      "/page?keep=1&cluster=c0&cluster=c1#part",
    );
  });
  it("takes two parameters in one event", () => {
    render(<Example />);
    fireEvent.click(screen.getByText("add"));
    fireEvent.click(screen.getByText("both"));
    expect(screen.getByRole("status").textContent).toBe("|node");
    expect(window.location.search).toBe("?keep=1&q=node");
  });
  it("follows the back button", async () => {
    render(<Example />);
    fireEvent.click(screen.getByText("add"));
    window.history.back();
    await vi.waitFor(() => expect(screen.getByRole("status").textContent).toBe("|"));
  });
});
