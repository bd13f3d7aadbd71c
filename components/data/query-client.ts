import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./api-error.ts";

/** Half of the fastest read cadence: a page that was prefetched does not ask again at once. */
const STALE_MILLISECONDS = 30_000;
const MAX_RETRIES = 2;

/** One per request on the server, one per tab in the browser. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_MILLISECONDS,
        refetchOnWindowFocus: true,
        // Answers that will not change by asking again are shown at once.
        retry: (failures, error) => failures < MAX_RETRIES && isWorthRetrying(error),
      },
    },
  });
}

function isWorthRetrying(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.code === "network" || (error.status !== null && error.status >= 500);
}
