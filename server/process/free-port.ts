import { createServer } from "node:net";
import { AppError } from "../errors.ts";

/** A port that was free a moment ago. */
export function findFreePort(host = "127.0.0.1"): Promise<number> {
  return probe(host, 0);
}

/** Refuses with a sentence when something listens there already. */
export async function requireFreePort(host: string, port: number): Promise<number> {
  try {
    return await probe(host, port);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const place = `${host}:${port}`;
    if (code === "EADDRINUSE")
      throw new AppError("conflict", `${place} is in use; choose another port with --port (0 = any).`, { place });
    if (code === "EACCES")
      throw new AppError("conflict", `This account may not listen on ${place}; choose a port above 1023.`, { place });
    throw new AppError("conflict", `Cannot listen on ${place} (${code}).`, { place }, cause);
  }
}

function probe(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, host.replace(/^\[(.*)\]$/, "$1"), () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
