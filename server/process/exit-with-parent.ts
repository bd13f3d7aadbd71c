// Loaded before the entry of every child process (`--import`). Standard input is a pipe that nobody writes: it ends when
// the supervisor is gone, however it went, and then the child stops as if it had been asked to.
import { Socket } from "node:net";

const GRACE_MS = 20_000; // as long as the supervisor would wait before it kills

const lifeline = new Socket({ fd: 0, readable: true, writable: false });
lifeline.unref();
lifeline.resume();
lifeline.on("error", () => undefined); // a reset is an end too, and "close" follows
lifeline.once("close", () => {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.exit(1), GRACE_MS).unref();
});
