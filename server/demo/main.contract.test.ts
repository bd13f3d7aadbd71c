import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

/** The fleet as a process, reached as a collector reaches it: with the files that it wrote. */
const Ready = z.object({
  ready: z.literal(true),
  configFile: z.string(),
  clusters: z.array(
    z.object({ name: z.string(), apiUrl: z.string(), prometheusUrl: z.string(), kubeletAccess: z.string() }),
  ),
});
const Kubeconfig = z.object({ users: z.array(z.object({ user: z.object({ token: z.string() }) })) });

const directory = mkdtempSync(join(tmpdir(), "sluice-demo-test-"));
const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

async function startMain(): Promise<{ child: ChildProcess; ready: z.infer<typeof Ready> }> {
  const child = spawn(process.execPath, [MAIN, "--size", "small", "--seed", "42", "--out", directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout === null) throw new Error("no output");
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return { child, ready: Ready.parse(JSON.parse(line)) };
}
async function stopMain(child: ChildProcess): Promise<number | null> {
  const gone = once(child, "exit") as Promise<[number | null]>;
  child.kill("SIGTERM");
  return (await gone)[0];
}

let child: ChildProcess;
let ready: z.infer<typeof Ready>;
beforeAll(async () => {
  ({ child, ready } = await startMain());
});
afterAll(async () => {
  await stopMain(child);
  rmSync(directory, { recursive: true, force: true });
});

function clusterOf(name: string): z.infer<typeof Ready>["clusters"][number] {
  const found = ready.clusters.find((cluster) => cluster.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}
function tokenOf(name: string): string {
  const file = join(dirname(ready.configFile), `${name}.kubeconfig`);
  const config = Kubeconfig.parse(JSON.parse(readFileSync(file, "utf8")));
  return config.users[0]?.user.token ?? "";
}
function get(name: string, path: string): Promise<Response> {
  return fetch(`${clusterOf(name).apiUrl}${path}`, { headers: { authorization: `Bearer ${tokenOf(name)}` } });
}
/** A page of a kubelet over TLS that is verified against the written certificate authority. */
function getKubelet(
  host: string,
  port: number,
  path: string,
  token: string | null,
): Promise<{ status: number; body: string }> {
  const ca = readFileSync(join(dirname(ready.configFile), "demo-only-ca.pem"));
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    request({ host, port, path, ca, headers, rejectUnauthorized: true }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on("error", reject)
      .end();
  });
}

describe("the demo fleet as a process", () => {
  it("writes its configuration for us alone", () => {
    for (const file of ["sluice.yaml", "prod-us.kubeconfig", "prod-us.prometheus-token"]) {
      expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
    }
  });

  it.runIf(process.platform === "linux")("answers as direct kubelets on the nodes' own addresses", async () => {
    const { items } = z
      .object({
        items: z.array(
          z.object({
            status: z.object({
              addresses: z.array(z.object({ type: z.string(), address: z.string() })),
              daemonEndpoints: z.object({ kubeletEndpoint: z.object({ Port: z.number() }) }),
            }),
          }),
        ),
      })
      .parse(await (await get("prod-us", "/api/v1/nodes")).json());
    for (const { status } of items) {
      const address = status.addresses.find((one) => one.type === "InternalIP")?.address ?? "";
      const port = status.daemonEndpoints.kubeletEndpoint.Port;
      expect(address).toMatch(/^127\.1\./);
      expect((await getKubelet(address, port, "/metrics", null)).status).toBe(401);
      const page = await getKubelet(address, port, "/metrics", tokenOf("prod-us"));
      expect(page.body).toContain('kubernetes_feature_enabled{name="NodeSwap"');
    }
  });

  it("passes kubelet pages on through the node proxy of the second cluster", async () => {
    const answer = await get("prod-eu", "/api/v1/nodes/gke-eu-swap-1/proxy/configz");
    expect(await answer.json()).toMatchObject({ kubeletconfig: { memorySwap: { swapBehavior: "LimitedSwap" } } });
  });

  it("agrees with itself: the page of a kubelet and Prometheus show the same counter", async () => {
    const page = await (await get("prod-eu", "/api/v1/nodes/gke-eu-general-1/proxy/metrics/cadvisor")).text();
    const onPage = Number(/^container_cpu_usage_seconds_total\{[^}]*id="\/"[^}]*\} (\S+)/m.exec(page)?.[1]);
    const query = 'container_cpu_usage_seconds_total{id="/",metrics_path="/metrics/cadvisor",node="gke-eu-general-1"}';
    const url = `${clusterOf("prod-eu").prometheusUrl}/api/v1/query?query=${encodeURIComponent(query)}`;
    const body = z
      .object({ data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }) })
      .parse(await (await fetch(url)).json());
    const stored = Number(body.data.result[0]?.value[1]);
    // The page is of this moment, the newest sample up to a minute older; the node has 16 processors.
    expect(onPage - stored).toBeGreaterThanOrEqual(0);
    expect(onPage - stored).toBeLessThan(16 * 90);
  });

  it("asks for the token of the first Prometheus", async () => {
    const url = `${clusterOf("prod-us").prometheusUrl}/api/v1/query?query=up`;
    expect((await fetch(url)).status).toBe(401);
    const token = readFileSync(join(directory, "prod-us.prometheus-token"), "utf8").trim();
    expect((await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  });

  it("says 503 for the present of the third Prometheus, by address and by form, and still knows the past", async () => {
    const url = `${clusterOf("onprem-1").prometheusUrl}/api/v1/query`;
    expect((await fetch(`${url}?query=up`)).status).toBe(503);
    expect((await fetch(url, { method: "POST", body: new URLSearchParams({ query: "up" }) })).status).toBe(503);
    const time = String(Date.now() / 1000 - 3 * 86_400);
    const past = await fetch(url, { method: "POST", body: new URLSearchParams({ query: "up", time }) });
    expect(past.status).toBe(200);
    expect(await past.text()).toContain('"__name__":"up"');
  });

  it("keeps the dates of its stories over a restart, and stops when asked", async () => {
    const before = readFileSync(join(directory, "demo-state.json"), "utf8");
    expect(await stopMain(child)).toBe(0);
    ({ child, ready } = await startMain());
    expect(readFileSync(join(directory, "demo-state.json"), "utf8")).toBe(before);
  });
});
