export type CostHour = {
  /** Of the whole workload in one full hour; null = nothing of it had a price. */
  readonly cost: number | null;
  /** Some of what it held had no price. */
  readonly isUnpriced: boolean;
  /** Mean of the hour; null = not counted then. */
  readonly replicas: number | null;
};

/**
 * Cost of one replica for one hour.
 *
 * Unit: the installation's currency per replica-hour; null = no full hour with cost and replicas.
 * Basis: Σ cost ÷ Σ replicas over full hours, at the price rows that held; hours without a price or without replicas are left
 * out of both. An hour in which replicas were not counted stands with today's number.
 */
export function costPerReplicaHour(hours: readonly CostHour[], replicasToday: number): number | null {
  let cost = 0;
  let replicaHours = 0;
  for (const hour of hours) {
    const replicas = hour.replicas ?? replicasToday;
    if (hour.cost === null || hour.isUnpriced || replicas <= 0) continue;
    cost += hour.cost;
    replicaHours += replicas;
  }
  return replicaHours === 0 ? null : cost / replicaHours;
}
