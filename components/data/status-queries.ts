import { queryOptions, useQuery } from "@tanstack/react-query";
import { type Status, Status as StatusSchema } from "#server/contract/status.ts";
import { getJson } from "./api-client.ts";

const REFRESH_MILLISECONDS = 5_000;

export const statusKeys = { all: ["status"] as const };

/** Processes, database, queue, running reads; followed closely, since it is watched when something is wrong. */
export const statusOptions = () =>
  queryOptions<Status>({
    queryKey: statusKeys.all,
    queryFn: ({ signal }) => getJson("/api/v1/status", { schema: StatusSchema, signal }),
    refetchInterval: REFRESH_MILLISECONDS,
  });
export const useStatus = () => useQuery(statusOptions());
