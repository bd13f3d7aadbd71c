import { registerHooks } from "node:module";

/**
 * Lets a route be asked outside Next: "server-only" guards against bundling for browsers and would refuse, and Next's own entries
 * have no list of exports, so Node wants their full names.
 */
registerHooks({
  resolve(specifier, context, next) {
    if (specifier === "server-only") return { url: "data:text/javascript,", shortCircuit: true };
    return next(/^next\/\w+$/.test(specifier) ? `${specifier}.js` : specifier, context);
  },
});
