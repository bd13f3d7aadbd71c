import { type RunningSluice, startSluice, waitFor } from "../server/testing/start-sluice.ts";

const FIRST_READS_MS = 240_000;
type Clusters = {
  readonly items: readonly { readonly reads: readonly { readonly freshness: { readonly state: string } }[] }[];
};

/** The real product with the demo fleet and its first reads done. `SLUICE_BENCH_SIZE` is the demo's size. */
export async function withProduct<T>(work: (sluice: RunningSluice) => Promise<T>): Promise<T> {
  const size = process.env.SLUICE_BENCH_SIZE ?? "demo";
  const sluice = await startSluice({ args: ["--demo"], env: { SLUICE_DEMO_SIZE: size } });
  try {
    await waitFor("the first reads of the demo fleet", FIRST_READS_MS, async () => {
      const answer = await fetch(`${sluice.url}/api/v1/clusters`, { signal: AbortSignal.timeout(30_000) });
      const { items } = (await answer.json()) as Clusters; // a wrong shape never becomes fresh
      return (
        items.length > 0 && items.every(({ reads }) => reads.every(({ freshness }) => freshness.state === "fresh"))
      );
    });
    return await work(sluice);
  } finally {
    await sluice.stop();
  }
}
