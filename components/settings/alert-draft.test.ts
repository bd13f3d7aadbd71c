import { describe, expect, it } from "vitest";
import { readAlertDraft, toAlertDraft } from "./alert-draft.ts";

const rule = { unit: "ratio", webhooks: null, isEnabled: true, fireAt: 0.2, clearAt: 0.1, forSeconds: 300 } as const;

describe("the draft of an alert rule", () => {
  it("shows shares as percent and waits in minutes, and reads them back unchanged", () => {
    const draft = toAlertDraft(rule);
    expect(draft).toMatchObject({ fireAt: "20", clearAt: "10", waitMinutes: "5" });
    expect(readAlertDraft(draft, rule).input).toEqual({
      isEnabled: true,
      fireAt: 0.2,
      clearAt: 0.1,
      forSeconds: 300,
      webhooks: null,
    });
  });
  it("keeps counts and seconds as they are", () => {
    const stale = { ...rule, unit: "seconds", fireAt: 1800, clearAt: 900 } as const;
    expect(readAlertDraft(toAlertDraft(stale), stale).input).toMatchObject({ fireAt: 1800, clearAt: 900 });
  });
  it.each([
    [{ fireAt: "" }, ["fireAt", "clearAt"]],
    [{ fireAt: "101" }, ["fireAt"]],
    [{ clearAt: "30" }, ["clearAt"]],
    [{ clearAt: "-1" }, ["clearAt"]],
    [{ waitMinutes: "1.5" }, ["waitMinutes"]],
    [{ waitMinutes: "2000" }, ["waitMinutes"]],
  ])("names what cannot be sent: %o", (change, problems) => {
    expect(readAlertDraft({ ...toAlertDraft(rule), ...change }, rule)).toEqual({ input: null, problems });
  });
});
