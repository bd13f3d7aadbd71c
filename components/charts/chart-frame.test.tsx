import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../data/api-error.ts";
import { renderWithReader } from "../testing.tsx";
import { ChartFrame, type ChartFrameProps } from "./chart-frame.tsx";

afterEach(cleanup);
type Data = readonly number[];
const show = (props: Partial<ChartFrameProps<Data>>) =>
  renderWithReader(
    <ChartFrame<Data>
      title="CPU"
      unit="cores"
      query={{ data: [1, 2], error: null, refetch: () => undefined }}
      emptyReason={(data) => (data.length === 0 ? "No node runs here." : null)}
      {...props}
    >
      {(data) => <p>drawn {data.join(" ")}</p>}
    </ChartFrame>,
  );
const failure = new ApiError("source-unavailable", "x", { detail: "prom: timed out", requestId: "r-7" });

describe("a chart frame", () => {
  it("is a figure named by its caption", () => {
    show({});
    expect(screen.getByRole("figure", { name: "CPU (cores)" })).toBeTruthy();
    expect(screen.getByText("drawn 1 2")).toBeTruthy();
  });
  it("says that it loads", () => {
    show({ query: { data: undefined, error: null, refetch: () => undefined } });
    expect(screen.getByRole("status").textContent).toBe("Loading CPU");
  });
  it("says why it is empty instead of drawing nothing", () => {
    show({ query: { data: [], error: null, refetch: () => undefined } });
    expect(screen.getByText("No node runs here.")).toBeTruthy();
    expect(screen.queryByText(/drawn/)).toBeNull();
  });
  it("says what is missing beside what is there", () => {
    show({ partialReason: () => "1 of 2 clusters did not answer" });
    expect(screen.getByText(/1 of 2 clusters did not answer/)).toBeTruthy();
    expect(screen.getByText("drawn 1 2")).toBeTruthy();
  });
  it("shows sentence, request id and a retry after a failure", () => {
    const refetch = vi.fn();
    show({ query: { data: undefined, error: failure, refetch } });
    expect(screen.getByRole("alert").textContent).toContain("prom: timed out");
    expect(screen.getByRole("alert").textContent).toContain("r-7");
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(refetch).toHaveBeenCalledOnce();
  });
  it("keeps older data in sight when a refresh fails", () => {
    show({ query: { data: [1], error: failure, refetch: () => undefined } });
    expect(screen.getByRole("alert").textContent).toContain("Showing the last answer");
    expect(screen.getByText("drawn 1")).toBeTruthy();
  });
  it("turns into a table and back", () => {
    const table = (data: Data) => ({
      head: ["Place", "Cores"],
      rows: data.map((value, index) => [`n${index}`, value]),
      show: (value: unknown) => String(value),
    });
    show({ table });
    fireEvent.click(screen.getByRole("button", { name: "Show as table" }));
    expect(screen.getAllByRole("cell").map((cell) => cell.textContent)).toEqual(["1", "2"]);
    fireEvent.click(screen.getByRole("button", { name: "Show as chart" }));
    expect(screen.getByText("drawn 1 2")).toBeTruthy();
  });
});
