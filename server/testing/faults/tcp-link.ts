import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export type LinkState =
  | "open"
  /** Nobody listens any more: connections are cut and new ones refused. */
  | "closed"
  /** A partition as firewalls make it: packets vanish, nobody is told. */
  | "silent"
  /** Every second connection is cut as soon as it carries something. */
  | "flapping";

export type TcpLink = {
  readonly port: number;
  readonly set: (state: LinkState) => void;
  /** Connections that were cut by the link. */
  readonly cutCount: () => number;
  readonly close: () => Promise<void>;
};

/** A piece of network between a collector and a source on this machine, which can break as networks do. */
export async function openTcpLink(targetPort: number): Promise<TcpLink> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: LinkState = "open";
  let accepted = 0;
  let cut = 0;
  const server = createServer((client) => {
    accepted += 1;
    const isDoomed = state === "flapping" && accepted % 2 === 1;
    const target = connect(targetPort, "127.0.0.1");
    const pair = [client, target] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      target.destroy();
    };
    client.on("error", end).on("close", end);
    target.on("error", end).on("close", end);
    client.on("data", (bytes) => {
      if (state === "silent") return;
      if (state === "closed" || isDoomed) {
        cut += 1;
        client.resetAndDestroy();
        return;
      }
      target.write(bytes);
    });
    target.on("data", (bytes) => {
      if (state !== "silent") client.write(bytes);
    });
    if (state === "closed") end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // listening on TCP: never a pipe name
  const cutAll = () => {
    for (const [client, target] of pairs) {
      cut += 1;
      client.resetAndDestroy();
      target.destroy();
    }
  };
  return {
    port,
    set(next) {
      state = next;
      if (next !== "open") cutAll();
    },
    cutCount: () => cut,
    async close() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
