import type { Page } from "playwright";
import { open } from "../fixtures/test.ts";

/** Cells of one table as people read them: row by row, white space joined. */
export async function tableRows(page: Page, label: string): Promise<string[][]> {
  const table = page.getByRole("table", { name: label });
  await table.waitFor();
  return await table
    .locator("tr")
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.querySelectorAll("th,td")].map((cell) => (cell.textContent ?? "").replace(/\s+/g, " ").trim()),
      ),
    );
}

/** The page of one cluster. */
export class ClusterPage {
  readonly #page: Page;
  readonly #base: string;
  readonly #name: string;
  constructor(page: Page, base: string, name: string) {
    this.#page = page;
    this.#base = base;
    this.#name = name;
  }

  async open(tab = "summary"): Promise<void> {
    await open(this.#page, `${this.#base}/clusters/${encodeURIComponent(this.#name)}?tab=${tab}`);
  }

  /** Header, one row a pool, totals. */
  nodeMatrix(): Promise<string[][]> {
    return tableRows(this.#page, "Nodes by pool and zone");
  }

  teamPods(): Promise<string[][]> {
    return tableRows(this.#page, "Pods by team and phase");
  }

  async openSource(source: string): Promise<void> {
    await this.#page.getByRole("button", { name: source, exact: true }).click();
    await this.#page.getByRole("dialog").waitFor();
  }

  /** The YAML that the open drawer offers. */
  async missingRule(): Promise<string> {
    return (await this.#page.getByRole("dialog").locator("pre").textContent()) ?? "";
  }
}
