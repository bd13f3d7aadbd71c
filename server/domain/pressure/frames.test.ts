import { describe, expect, it } from "vitest";
import { foldTally, heatLines, type PressureFrame, rankTallies, tallyFrames } from "./frames.ts";
import { DEFAULT_THRESHOLDS } from "./thresholds.ts";

const NONE = Number.NaN;
/** A frame as PostgreSQL writes it: big-endian, plane after plane. */
function frame(minute: number, ids: readonly number[], planes: readonly number[][], spanSeconds: number | null = 60) {
  const entityIds = new Uint8Array(ids.length * 8);
  for (const [index, id] of ids.entries()) new DataView(entityIds.buffer).setFloat64(index * 8, id);
  const values = planes.flat();
  const body = new Uint8Array(values.length * 4);
  for (const [index, value] of values.entries()) new DataView(body.buffer).setFloat32(index * 4, value);
  return { clusterId: 1, at: new Date(minute * 60_000), entityIds, spanSeconds, body } satisfies PressureFrame;
}
const question = {
  resource: "any",
  kind: "waiting",
  limits: DEFAULT_THRESHOLDS,
  limit: 2,
  isSeen: () => true,
} as const;

describe("frames", () => {
  // Things 7 and 9; the second frame has 8 as well and lost 7.
  const first = frame(
    0,
    [7, 9],
    [
      [0.1, 0.4],
      [0, 0.2],
      [NONE, 0],
    ],
  );
  const second = frame(
    1,
    [8, 9],
    [
      [NONE, 0.2],
      [NONE, 0],
      [NONE, 0],
    ],
  );

  it("rank by time-weighted shares towards each resource's own limit, absence last and never calm", () => {
    const ranked = rankTallies([tallyFrames(1, [first, second])], { ...question, limit: 3 });
    expect(ranked.entities.map(({ entityId }) => entityId)).toEqual([9, 7, 8]);
    // 9 reached 40 % CPU and 20 % memory: the latter is critical, though its means are below.
    expect(ranked).toMatchObject({ total: 3, criticalCount: 1, attentionCount: 0, calmCount: 1 });
  });
  it("count only what the viewer sees", () => {
    const ranked = rankTallies([tallyFrames(1, [first, second])], { ...question, isSeen: (_, id) => id !== 9 });
    expect(ranked).toMatchObject({ total: 2, criticalCount: 0, calmCount: 1 });
  });
  it("keep equals together, since their names decide who comes first", () => {
    const equal = frame(
      0,
      [1, 2, 3, 4],
      [
        [0.2, 0.1, 0.1, 0.1],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
    );
    expect(rankTallies([tallyFrames(1, [equal])], question).entities).toHaveLength(4);
  });
  it("fold into one frame that ranks as they do", () => {
    const folded = { ...foldTally(tallyFrames(1, [second, first])), clusterId: 1, at: first.at, spanSeconds: null };
    const one = tallyFrames(1, [folded]);
    expect(one.ids).toEqual([7, 8, 9]);
    expect(one.covered[0]).toEqual(new Float64Array([60, 0, 120]));
    expect(one.weighted[0]?.[2]).toBeCloseTo(0.3 * 120, 4);
    expect(one.maximum[0]?.[2]).toBeCloseTo(0.4, 6);
    expect(one.maximum[2]?.[0]).toBeNaN();
  });
  it("draw a cell per step, rounded up so that only 0 is 0, and leave holes open", () => {
    const grid = { from: new Date(0), stepSeconds: 60, columns: 3, resource: "cpu" } as const;
    const tiny = frame(2, [9], [[0.00001], [0], [0]]);
    const lines = heatLines(1, [first, second, tiny], grid);
    expect(lines.find(({ entityId }) => entityId === 9)?.permille).toEqual([400, 200, 1]);
    expect(lines.find(({ entityId }) => entityId === 7)?.permille).toEqual([100, null, null]);
    expect(lines.find(({ entityId }) => entityId === 8)?.permille).toEqual([null, null, null]);
  });
  it("weigh the frames of one step by their seconds", () => {
    const long = frame(1, [9], [[0.1], [0], [0]], 180);
    const grid = { from: new Date(0), stepSeconds: 300, columns: 1, resource: "cpu" } as const;
    expect(heatLines(1, [first, long], grid)[1]?.permille).toEqual([175]);
  });
});
