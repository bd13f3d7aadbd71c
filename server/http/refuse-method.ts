import { OPERATIONS } from "../contract/api.ts";
import { AppError } from "../errors.ts";

type Served = { readonly pattern: RegExp; readonly methods: ReadonlySet<string> };

/** Every path of the API with its methods; a parameter stands for one segment. */
const served: readonly Served[] = [...Map.groupBy(OPERATIONS, ({ path }) => path)].map(([path, operations]) => {
  const methods = new Set<string>(operations.map(({ method }) => method));
  if (methods.has("GET")) methods.add("HEAD");
  return { pattern: new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{[^}]+\}/g, "[^/]+")}/?$`), methods };
});

/**
 * Refuses a method that the API does not have at a path it does; the framework's own answer says nothing. Paths of nobody are left
 * to the route that answers for them. Errors: `method-not-allowed`, naming the methods that there are.
 */
export function refuseMethod(method: string, pathname: string): void {
  if (method === "OPTIONS") return;
  const known = served.filter(({ pattern }) => pattern.test(pathname));
  if (known.length === 0 || known.some(({ methods }) => methods.has(method))) return;
  const allowed = [...new Set(known.flatMap(({ methods }) => [...methods]))].sort().join(", ");
  throw new AppError("method-not-allowed", `${pathname} takes ${allowed}, not ${method}.`, { allow: allowed });
}
