import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { renderWithReader } from "../testing.tsx";
import { DataTable, type DataTableProps } from "./data-table.tsx";
import type { TableColumn } from "./table-column.ts";

const push = vi.fn();
vi.mock("next/navigation", () => ({
  useRouter: () => ({ push }),
  useSearchParams: () => new URLSearchParams(window.location.search),
}));

type Row = { readonly name: string; readonly cores: number | null };
const ROWS: readonly Row[] = [
  { name: "node-10", cores: 4 },
  { name: "node-2", cores: 0 },
  { name: "=cmd", cores: null },
  { name: "node-1", cores: 16 },
];
const COLUMNS: readonly TableColumn<Row>[] = [
  { id: "name", header: "Name", value: (row) => row.name },
  {
    id: "cores",
    header: "CPU",
    unit: "cores",
    csvHeader: "cpuCores",
    value: (row) => row.cores,
    total: (rows) => rows.length,
  },
];
const show = (props: Partial<DataTableProps<Row>> = {}) =>
  renderWithReader(<DataTable label="Nodes" rows={ROWS} columns={COLUMNS} rowKey={(row) => row.name} {...props} />);
const names = () => screen.getAllByRole("rowheader").map((cell) => cell.textContent);

beforeEach(() => window.history.replaceState(null, "", "/"));
afterEach(() => {
  cleanup();
  push.mockReset();
});

describe("a data table", () => {
  it("sorts numbers largest first, then smallest first, with absent values last both times", () => {
    show();
    const cpu = screen.getByRole("columnheader", { name: "CPU" });
    fireEvent.click(within(cpu).getByRole("button"));
    expect(names()).toEqual(["node-1", "node-10", "node-2", "=cmd"]);
    expect(cpu.getAttribute("aria-sort")).toBe("descending");
    fireEvent.click(within(cpu).getByRole("button"));
    expect(names()).toEqual(["node-2", "node-10", "node-1", "=cmd"]);
    expect(cpu.getAttribute("aria-sort")).toBe("ascending");
  });

  it("sorts names the way people count", () => {
    show({ initialSort: { column: "name", isDescending: false } });
    expect(names()).toEqual(["=cmd", "node-1", "node-2", "node-10"]);
  });

  it("filters by any column and says how many are left", () => {
    show();
    fireEvent.change(screen.getByRole("searchbox"), { target: { value: "NODE-1" } });
    expect(names()).toEqual(["node-10", "node-1"]);
    expect(screen.getByText("2 of 4 rows")).toBeTruthy();
    fireEvent.change(screen.getByRole("searchbox"), { target: { value: "zebra" } });
    fireEvent.click(screen.getByRole("button", { name: "Clear the filter" }));
    expect(names()).toHaveLength(4);
  });

  it("keeps an unknown, a zero and a total apart", () => {
    show();
    const cells = screen.getAllByRole("row").map((row) => row.textContent);
    expect(cells).toContain("=cmdUnknown");
    expect(cells).toContain("node-20 cores");
    expect(cells.at(-1)).toBe("Total4");
  });

  it("writes filter and sort into the address", () => {
    show({ urlKey: "nodes" });
    fireEvent.change(screen.getByRole("searchbox"), { target: { value: "node" } });
    fireEvent.click(screen.getByRole("button", { name: "CPU" }));
    expect(new URLSearchParams(window.location.search).get("nodes.q")).toBe("node");
    expect(new URLSearchParams(window.location.search).get("nodes.sort")).toBe("-cores");
  });

  it("reads filter, sort and columns from the address", () => {
    window.history.replaceState(null, "", "/?nodes.q=node&nodes.sort=cores&nodes.columns=");
    show({ urlKey: "nodes" });
    expect(names()).toEqual(["node-2", "node-10", "node-1"]);
    expect(screen.queryByRole("columnheader", { name: "CPU" })).toBeNull();
  });

  it("hides and shows columns by choice", () => {
    show();
    fireEvent.click(screen.getByRole("button", { name: "Columns" }));
    fireEvent.click(screen.getByRole("checkbox", { name: "CPU" }));
    expect(screen.queryByRole("columnheader", { name: "CPU" })).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Reset columns" }));
    expect(screen.getByRole("columnheader", { name: "CPU" })).toBeTruthy();
  });

  it("exports the rows that are shown, disarmed", async () => {
    const blobs: Blob[] = [];
    vi.stubGlobal(
      "URL",
      Object.assign(URL, {
        createObjectURL: (blob: Blob) => blobs.push(blob).toString(),
        revokeObjectURL: () => undefined,
      }),
    );
    const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    show({ csvName: "nodes", initialSort: { column: "cores", isDescending: true } });
    fireEvent.click(screen.getByRole("button", { name: "Export 4 rows as CSV" }));
    expect(click).toHaveBeenCalledOnce();
    const text = await blobs[0]?.text();
    expect(text?.replace("\uFEFF", "")).toBe("Name,cpuCores\r\nnode-1,16\r\nnode-10,4\r\nnode-2,0\r\n'=cmd,\r\n");
    click.mockRestore();
    vi.unstubAllGlobals();
  });

  it("opens a row by mouse anywhere and by its link", () => {
    show({ rowHref: (row) => `/nodes/${row.name}` });
    fireEvent.click(screen.getByText("4 cores"));
    expect(push).toHaveBeenCalledWith("/nodes/node-10");
    expect(screen.getByRole("link", { name: "node-2" }).getAttribute("href")).toBe("/nodes/node-2");
  });

  it("moves between rows with the arrow keys", () => {
    show({ onRowClick: () => undefined });
    const first = screen.getByRole("button", { name: "node-10" });
    first.focus();
    fireEvent.keyDown(first, { key: "ArrowDown" });
    expect(document.activeElement?.textContent).toBe("node-2");
  });

  it("draws only a window of many rows and tells their number", () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => ({ name: `node-${index}`, cores: index }));
    // The document has no layout: give the scrolling region a height.
    vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(600);
    show({ rows });
    expect(screen.getByRole("table").getAttribute("aria-rowcount")).toBe("5001");
    expect(screen.getAllByRole("rowheader").length).toBeLessThan(100);
  });

  it("says what to do without rows", () => {
    show({ rows: [], empty: <p>Connect a cluster.</p> });
    expect(screen.getByText("Connect a cluster.")).toBeTruthy();
    expect(screen.queryByRole("table")).toBeNull();
  });
});
