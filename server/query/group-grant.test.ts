import { describe, expect, it } from "vitest";
import type { GroupGrant } from "../auth-settings.ts";
import { grantOfGroups, NOTHING } from "./group-grant.ts";

const entry = (group: string, rest: Partial<GroupGrant> = {}): GroupGrant => ({
  group,
  roles: ["viewer"],
  clusters: "all",
  teams: "all",
  ...rest,
});

describe("what groups allow", () => {
  it("is nothing without a group that is listed", () => {
    expect(grantOfGroups([entry("a")], ["b"])).toBe(NOTHING);
    expect(grantOfGroups([entry("a")], [])).toBe(NOTHING);
    expect(grantOfGroups([], ["a"])).toBe(NOTHING);
  });
  it("joins the teams of several groups with the same roles", () => {
    const entries = [
      entry("a", { teams: ["shop"] }),
      entry("b", { teams: ["search"] }),
      entry("c", { teams: ["ads"] }),
    ];
    expect(grantOfGroups(entries, ["b", "a"])).toEqual({
      roles: ["viewer"],
      clusters: "all",
      teams: ["shop", "search"],
    });
  });
  it("does not spread a role over the scope of another group", () => {
    const entries = [entry("ops", { roles: ["operator"], teams: ["shop"] }), entry("everyone")];
    expect(grantOfGroups(entries, ["everyone", "ops"])).toEqual({
      roles: ["operator"],
      clusters: "all",
      teams: ["shop"],
    });
  });
  it("does not make a team of one cluster a team of another", () => {
    const entries = [
      entry("a", { clusters: ["one"], teams: ["shop"] }),
      entry("b", { clusters: ["two"], teams: ["search"] }),
    ];
    expect(grantOfGroups(entries, ["a", "b"])).toEqual({ roles: ["viewer"], clusters: ["one"], teams: ["shop"] });
    const mixed = [
      ...entries,
      entry("c", { clusters: ["one"], teams: ["ads"] }),
      entry("d", { clusters: ["two"], teams: ["shop"] }),
    ];
    expect(grantOfGroups(mixed, ["a", "c", "d"])).toEqual({
      roles: ["viewer"],
      clusters: ["one"],
      teams: ["shop", "ads"],
    });
    expect(grantOfGroups(mixed, ["a", "d"])).toEqual({ roles: ["viewer"], clusters: ["one", "two"], teams: ["shop"] });
  });
  it("keeps an empty list empty", () => {
    expect(grantOfGroups([entry("a", { teams: [] })], ["a"])).toMatchObject({ teams: [] });
  });
});
