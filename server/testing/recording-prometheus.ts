import { createServer } from "node:http";
import { closeServer, listen } from "../demo/listen.ts";
import { createPrometheusHandler } from "../demo/promql/http-handler.ts";
import type { SeriesSource } from "../demo/promql/series-source.ts";

/** One question to a Prometheus, as it went over the wire. */
export type Asked = { readonly path: string; readonly form: string };

export type RecordingPrometheus = {
  readonly url: string;
  /** Every instant and range query so far, oldest first. */
  readonly asked: Asked[];
  readonly stop: () => Promise<void>;
};

/** The demo's Prometheus over a source, noting what it is asked. */
export async function startRecordingPrometheus(source: SeriesSource, nowSeconds: number): Promise<RecordingPrometheus> {
  const asked: Asked[] = [];
  const engine = createPrometheusHandler({ source, now: () => nowSeconds * 1000 });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://demo");
      const form = `${url.searchParams}${Buffer.concat(chunks)}`;
      if (/\/query(_range)?$/.test(url.pathname)) asked.push({ path: url.pathname, form });
      // The body is read: the engine gets its parameters in the address.
      request.method = "GET";
      request.url = `${url.pathname}?${form}`;
      engine(request, response);
    });
  });
  const port = await listen(server, 0, "127.0.0.1");
  return { url: `http://127.0.0.1:${port}`, asked, stop: () => closeServer(server) };
}
