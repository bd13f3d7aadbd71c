import { describe, expect, it } from "vitest";
import { costPerReplicaHour } from "./replica-cost.ts";

const hour = (cost: number | null, replicas: number | null, isUnpriced = false) => ({ cost, replicas, isUnpriced });

describe("the cost of a replica for an hour", () => {
  it("is weighted by the replicas of each hour", () => {
    expect(costPerReplicaHour([hour(2, 2), hour(10, 10)], 3)).toBeCloseTo(1);
  });
  it("takes today's number where replicas were not counted", () => {
    expect(costPerReplicaHour([hour(6, null)], 3)).toBeCloseTo(2);
  });
  it("leaves out hours without a price and hours without replicas, on both sides", () => {
    expect(costPerReplicaHour([hour(2, 2), hour(null, 4), hour(1, 4, true), hour(5, 0)], 3)).toBeCloseTo(1);
  });
  it("is not known without such an hour", () => {
    expect(costPerReplicaHour([], 3)).toBeNull();
    expect(costPerReplicaHour([hour(null, 2)], 3)).toBeNull();
    expect(costPerReplicaHour([hour(2, null)], 0)).toBeNull();
  });
});
