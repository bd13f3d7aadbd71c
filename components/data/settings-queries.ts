import { queryOptions, useQuery } from "@tanstack/react-query";
import { type Settings, Settings as SettingsSchema } from "#server/contract/settings.ts";
import { getJson } from "./api-client.ts";

export const settingsKeys = { all: ["settings"] as const };

/** How this installation is set up, and who is asking. */
export const settingsOptions = () =>
  queryOptions<Settings>({
    queryKey: settingsKeys.all,
    queryFn: ({ signal }) => getJson("/api/v1/settings", { schema: SettingsSchema, signal }),
  });
export const useSettings = () => useQuery(settingsOptions());
