import { describe, expect, it } from "vitest";
import { type TeamSource, teamOf } from "./teams.ts";

const sources: TeamSource[] = [
  { kind: "label", key: "team" },
  { kind: "namespaceLabel", key: "owner" },
];

describe("team of a workload", () => {
  it.each([
    ["its own label first", { team: "shop" }, { owner: "platform" }, "shop"],
    ["else the namespace's label", {}, { owner: "platform" }, "platform"],
    ["an empty label owns nothing", { team: "" }, {}, null],
    ["nobody, when nothing hits", {}, {}, null],
  ])("%s", (_, labels, namespaceLabels, expected) => {
    expect(teamOf(sources, labels, namespaceLabels, "payments")).toBe(expected);
  });
  it("is the namespace only where the configuration says so", () => {
    expect(teamOf([...sources, { kind: "namespace" }], {}, {}, "payments")).toBe("payments");
  });
});
