const PATHS = [
  "/api/v1/overview",
  "/api/v1/clusters",
  "/api/v1/features",
  "/api/v1/gates?limit=50",
  "/api/v1/pressure?window=1h&level=node",
  "/api/v1/pressure/heatmap?window=6h",
  "/api/v1/cost?groupBy=team",
  "/api/v1/network?days=7",
  "/api/v1/gpu",
  "/api/v1/actions",
  "/api/v1/status",
  "/api/v1/polls?limit=20",
  "/api/metrics",
  "/",
  "/pressure",
] as const;
const ANSWER_LIMIT_MS = 20_000;

export type Asked = {
  readonly at: number;
  readonly path: string;
  readonly milliseconds: number;
  readonly status: number;
};

/** Readers that go from page to page until `signal`; status 0 = no answer at all. */
export async function read(url: string, readers: number, pauseMs: number, signal: AbortSignal): Promise<Asked[]> {
  const asked: Asked[] = [];
  const one = async (reader: number): Promise<void> => {
    for (let turn = reader; !signal.aborted; turn += 1) {
      const path = PATHS[turn % PATHS.length] ?? "/";
      const from = performance.now();
      let status = 0;
      try {
        const answer = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
        await answer.arrayBuffer();
        status = answer.status;
      } catch {
        // told by its status
      }
      asked.push({ at: Date.now(), path, milliseconds: performance.now() - from, status });
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  await Promise.all(Array.from({ length: readers }, (_, reader) => one(reader)));
  return asked;
}
