import { describe, expect, it } from "vitest";
import { PriceRowInput } from "#server/contract/prices.ts";
import { draftProblems, toDraft, toPriceInput } from "./price-draft.ts";

const TODAY = "2026-11-22";
const draft = {
  ...toDraft(null, "USD", TODAY),
  provider: "aws",
  key: "m6i.large",
  price: "0.096",
  source: "contract 4711",
};

describe("a price being typed", () => {
  it("becomes what the API accepts", () => {
    expect(draftProblems(draft).size).toBe(0);
    expect(PriceRowInput.parse(toPriceInput(draft, TODAY))).toMatchObject({ price: 0.096, validTo: null, region: "" });
  });
  it.each([
    ["provider", "", "required"],
    ["source", "  ", "required"],
    ["price", "", "price-invalid"],
    ["price", "-1", "price-invalid"],
    ["price", "1,5", "price-invalid"],
    ["currency", "usd", "currency-invalid"],
    ["validTo", "2026-11-22", "until-invalid"],
  ] as const)("%s %j is %s", (field, value, problem) => {
    expect(draftProblems({ ...draft, [field]: value }).get(field)).toBe(problem);
  });
  it("takes a free machine as a price, not as a missing one", () => {
    expect(draftProblems({ ...draft, price: "0" }).size).toBe(0);
  });
  it("asks a correction for a source of its own", () => {
    const row = {
      ...toPriceInput(draft, TODAY),
      id: 1,
      origin: "shipped",
      createdAt: "",
      createdBy: "",
      supersededAt: null,
      supersededBy: null,
    };
    expect(toDraft(row, "EUR", TODAY)).toMatchObject({ price: "0.096", currency: "USD", source: "" });
  });
});
