import { Figure, FleetFilter, Paging, paged, TeamName } from "./common.ts";
import { z } from "./zod.ts";

export const TeamSummary = z
  .object({
    team: TeamName,
    clusterCount: z.number().int(),
    namespaceCount: z.number().int(),
    workloadCount: z.number().int(),
    podCount: z.number().int(),
    /** Run-rate of what the team holds; shared and unallocated cost is in none of the rows. */
    costPerHour: Figure,
  })
  .meta({ id: "TeamSummary" });
export type TeamSummary = z.infer<typeof TeamSummary>;

export const TeamQuery = z.object({ cluster: FleetFilter.cluster, ...Paging });
export type TeamQuery = z.infer<typeof TeamQuery>;
export const TeamList = paged(TeamSummary).extend({ currency: z.string() }).meta({ id: "TeamList" });
export type TeamList = z.infer<typeof TeamList>;
