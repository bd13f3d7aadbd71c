import { describe, expect, it } from "vitest";
import { parseBillCsv } from "./parse-bill.ts";

describe("bill lines", () => {
  it("come out of a cost and usage report, per GB of 10⁹", () => {
    const csv =
      'lineItem/UsageStartDate,lineItem/UsageType,lineItem/UsageAmount,lineItem/UnblendedCost\n2026-11-20T00:00:00Z,USE1-DataTransfer-Regional-Bytes,"1,234.5",12.345\n';
    expect(parseBillCsv(csv)).toEqual({
      lines: [
        { day: "2026-11-20", line: "USE1-DataTransfer-Regional-Bytes", billedBytes: 1234.5e9, billedCost: 12.345 },
      ],
      skipped: [],
    });
  });
  it("take the unit of their column", () => {
    expect(parseBillCsv("day,amount,unit\r\n2026-11-20,2,GiB\r\n").lines[0]?.billedBytes).toBe(2 * 1024 ** 3);
    expect(parseBillCsv("date,bytes\n2026-11-20,5\n").lines[0]?.billedBytes).toBe(5);
  });
  it("without a cost have none, not 0", () => {
    expect(parseBillCsv("day,amount\n2026-11-20,1\n").lines[0]?.billedCost).toBeNull();
  });
  it("that cannot be read are named and the others stand", () => {
    const { lines, skipped } = parseBillCsv(
      "day,amount,unit\nyesterday,1,GB\n2026-11-20,-1,GB\n2026-11-21,1,parsec\n2026-11-22,1,GB\n\n",
    );
    expect(lines.map((line) => line.day)).toEqual(["2026-11-22"]);
    expect(skipped.map((line) => line.lineNumber)).toEqual([2, 3, 4]);
  });
  it("need a day and an amount", () => {
    expect(parseBillCsv("a,b\n1,2\n")).toMatchObject({ lines: [], skipped: [{ lineNumber: 1 }] });
  });
});
