// Loaded before the entry of every child process (`--import`). Standard input is a pipe that nobody writes: it ends when
// the supervisor is gone, however it went, and then the child stops as if it had been asked to.

const GRACE_MS = 20_000; // as long as the supervisor would wait before it kills

// `process.stdin` itself: a second socket on the same descriptor breaks whoever touches process.stdin later.
const lifeline = process.stdin as typeof process.stdin & { unref?: () => void };
lifeline.resume();
lifeline.unref?.();
lifeline.on("error", () => undefined); // a reset is an end too, and "close" follows
lifeline.once("close", () => {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.exit(1), GRACE_MS).unref();
});
