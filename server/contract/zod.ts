import * as z from "./zod-names.ts";

// In a browser our policy forbids eval. zod would try it once, when the first schema is made, and the refusal would be
// reported as a violation on every page; so it is told before. Every file of the contract takes `z` from here.
if (typeof document !== "undefined") z.config({ jitless: true });

export { z };
