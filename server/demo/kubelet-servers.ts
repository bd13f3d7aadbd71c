import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { DemoNode } from "./fleet/types.ts";
import { type DemoApiServer, send } from "./kubernetes/api-server.ts";
import { listen } from "./listen.ts";

const TRIES = 20;
const readTls = (name: string) => readFileSync(new URL(`tls/${name}`, import.meta.url));

export function demoTls(): { readonly key: Buffer; readonly cert: Buffer } {
  return { key: readTls("demo-only-server.key"), cert: readTls("demo-only-server.pem") };
}

export type KubeletServers = { readonly port: number; readonly servers: readonly Server[] };

/**
 * One HTTPS server per node, each on the node's own loopback address, all on the same port (as kubelets are). `null`
 * where the system has no such addresses (Linux has all of 127.0.0.0/8).
 */
export async function startKubelets(
  nodes: readonly DemoNode[],
  pages: DemoApiServer,
  token: string,
): Promise<KubeletServers | null> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const servers = nodes.map((node) => kubeletServer(node, pages, token));
    const opened: Server[] = [];
    try {
      let port = 0;
      for (const [index, server] of servers.entries()) {
        port = await listen(server, port, nodes[index]?.address ?? "127.0.0.1");
        opened.push(server);
      }
      return { port, servers };
    } catch (error) {
      for (const server of opened) server.close();
      const code = error instanceof Error && "code" in error ? error.code : null;
      if (code === "EADDRNOTAVAIL") return null;
      if (code !== "EADDRINUSE") throw error;
    }
  }
  throw new Error(`No port is free on all ${nodes.length} node addresses`);
}

function kubeletServer(node: DemoNode, pages: DemoApiServer, token: string): Server {
  return createServer(demoTls(), (request, response) => {
    request.resume();
    const { pathname } = new URL(request.url ?? "/", "https://demo");
    if (request.headers.authorization !== `Bearer ${token}`) {
      send(request, response, { status: 401, type: "text/plain; charset=utf-8", body: "Unauthorized" });
      return;
    }
    send(request, response, pages.kubelet(node.name, pathname, request.headers.accept ?? ""));
  });
}
