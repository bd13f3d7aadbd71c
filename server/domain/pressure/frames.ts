import { PRESSURE_RESOURCES, type PressureResource, type PressureThresholds } from "./thresholds.ts";

/**
 * All things of one level at one moment, as the store keeps them (table `pressure_frame`): ids as big-endian doubles, then planes of
 * big-endian floats in the order of the ids, NaN = no sample. Three planes of means (CPU, memory, I/O); without `spanSeconds` three of
 * maxima and three of covered seconds follow.
 */
export type PressureFrame = {
  readonly clusterId: number;
  readonly at: Date;
  readonly entityIds: Uint8Array;
  readonly spanSeconds: number | null;
  readonly body: Uint8Array;
};

const PLANES = PRESSURE_RESOURCES.length;
const ID_BYTES = 8;
const FLOAT_BYTES = 4;

/** What things of one cluster add up to over some frames; arrays by `ids`, one run of them per resource. */
export type PressureTally = {
  readonly clusterId: number;
  readonly ids: readonly number[];
  readonly weighted: readonly Float64Array[];
  readonly covered: readonly Float64Array[];
  /** NaN = never sampled. */
  readonly maximum: readonly Float64Array[];
};

/** Places of things within their cluster, and of each frame's things among them. Frames of equal ids share one list of places. */
export function placeEntities(frames: readonly PressureFrame[]): { ids: number[]; placesOf: Uint32Array[] } {
  const ids: number[] = [];
  const placeOf = new Map<number, number>();
  const placesOf: Uint32Array[] = [];
  let last: { bytes: Uint8Array; places: Uint32Array } | null = null;
  for (const { entityIds } of frames) {
    if (last === null || !isEqual(last.bytes, entityIds)) {
      const view = viewOf(entityIds);
      const places = new Uint32Array(entityIds.byteLength / ID_BYTES);
      for (let index = 0; index < places.length; index += 1) {
        const id = view.getFloat64(index * ID_BYTES);
        let place = placeOf.get(id);
        if (place === undefined) {
          place = ids.length;
          placeOf.set(id, place);
          ids.push(id);
        }
        places[index] = place;
      }
      last = { bytes: entityIds, places };
    }
    placesOf.push(last.places);
  }
  return { ids, placesOf };
}

/** Adds the frames of one cluster up: Σ mean × covered seconds, Σ covered seconds and the maximum, per thing and resource. */
export function tallyFrames(clusterId: number, frames: readonly PressureFrame[]): PressureTally {
  const { ids, placesOf } = placeEntities(frames);
  const fill = (value: number) => PRESSURE_RESOURCES.map(() => new Float64Array(ids.length).fill(value));
  const tally = { clusterId, ids, weighted: fill(0), covered: fill(0), maximum: fill(Number.NaN) };
  for (const [at, frame] of frames.entries()) {
    const places = placesOf[at];
    if (places === undefined) continue;
    for (let plane = 0; plane < PLANES; plane += 1) addPlane(tally, plane, places, frame);
  }
  return tally;
}

function addPlane(
  tally: PressureTally,
  plane: number,
  places: Uint32Array,
  { spanSeconds, body }: PressureFrame,
): void {
  const [weighted, covered, maximum] = [tally.weighted[plane], tally.covered[plane], tally.maximum[plane]];
  if (weighted === undefined || covered === undefined || maximum === undefined) return;
  const view = viewOf(body);
  const stride = places.length * FLOAT_BYTES;
  for (let index = 0; index < places.length; index += 1) {
    const at = plane * stride + index * FLOAT_BYTES;
    const mean = view.getFloat32(at);
    if (Number.isNaN(mean)) continue;
    const place = places[index] ?? 0;
    const seconds = spanSeconds ?? view.getFloat32(at + 2 * PLANES * stride);
    const top = spanSeconds === null ? view.getFloat32(at + PLANES * stride) : mean;
    weighted[place] = (weighted[place] ?? 0) + mean * seconds;
    covered[place] = (covered[place] ?? 0) + seconds;
    const before = maximum[place] ?? Number.NaN;
    if (!(before >= top)) maximum[place] = top;
  }
}

/** The frames that were added up as one frame of them: means weighted by time, maxima, covered seconds. */
export function foldTally(tally: PressureTally): { readonly entityIds: Uint8Array; readonly body: Uint8Array } {
  const count = tally.ids.length;
  const entityIds = new Uint8Array(count * ID_BYTES);
  const body = new Uint8Array(count * FLOAT_BYTES * PLANES * 3);
  const [idView, view] = [viewOf(entityIds), viewOf(body)];
  // In the order of the ids, so that frames of the same things have the same bytes.
  const order = [...tally.ids.keys()].sort((a, b) => (tally.ids[a] ?? 0) - (tally.ids[b] ?? 0));
  for (const [index, place] of order.entries()) {
    idView.setFloat64(index * ID_BYTES, tally.ids[place] ?? Number.NaN);
    for (let plane = 0; plane < PLANES; plane += 1) {
      const seconds = tally.covered[plane]?.[place] ?? 0;
      const at = (block: number) => ((block * PLANES + plane) * count + index) * FLOAT_BYTES;
      view.setFloat32(at(0), seconds > 0 ? (tally.weighted[plane]?.[place] ?? 0) / seconds : Number.NaN);
      view.setFloat32(at(1), tally.maximum[plane]?.[place] ?? Number.NaN);
      view.setFloat32(at(2), seconds);
    }
  }
  return { entityIds, body };
}

export type RankedEntities = {
  /** Worst first; those without a sample last. More than asked for where several are equal, since names decide among them. */
  readonly entities: readonly { readonly clusterId: number; readonly entityId: number }[];
  readonly total: number;
  readonly criticalCount: number;
  readonly attentionCount: number;
  readonly calmCount: number;
};

type RankQuestion = {
  readonly resource: "any" | PressureResource;
  readonly kind: "waiting" | "stalled";
  readonly limits: PressureThresholds;
  readonly limit: number;
  readonly isSeen: (clusterId: number, entityId: number) => boolean;
};

/** Equal ranks beyond this are cut by their ids. */
const MAX_EQUAL = 1_000;

/**
 * Things by the share of time that they stalled – of several resources by the one furthest towards its own critical limit – and how
 * many reached a limit at their peak. Shares are ratios of covered time. Errors: none.
 */
export function rankTallies(tallies: readonly PressureTally[], question: RankQuestion): RankedEntities {
  const planes = PRESSURE_RESOURCES.flatMap((resource, plane) =>
    question.resource === "any" || question.resource === resource
      ? [{ plane, ...question.limits[resource][question.kind] }]
      : [],
  );
  const ranked: { clusterId: number; entityId: number; rank: number }[] = [];
  const counts = { criticalCount: 0, attentionCount: 0, calmCount: 0 };
  for (const { clusterId, ids, weighted, covered, maximum } of tallies) {
    for (const [place, entityId] of ids.entries()) {
      if (!question.isSeen(clusterId, entityId)) continue;
      let rank = -1;
      let level = 0;
      for (const { plane, attention, critical } of planes) {
        const seconds = covered[plane]?.[place] ?? 0;
        if (seconds > 0) rank = Math.max(rank, (weighted[plane]?.[place] ?? 0) / seconds / critical);
        const peak = asStored(maximum[plane]?.[place] ?? Number.NaN);
        if (peak >= critical) level = 2;
        else if (peak >= attention) level = Math.max(level, 1);
      }
      if (level === 2) counts.criticalCount += 1;
      else if (level === 1) counts.attentionCount += 1;
      else if (rank >= 0) counts.calmCount += 1;
      ranked.push({ clusterId, entityId, rank });
    }
  }
  ranked.sort((a, b) => b.rank - a.rank || a.clusterId - b.clusterId || a.entityId - b.entityId);
  const last = ranked[question.limit - 1]?.rank;
  let end = Math.min(question.limit, ranked.length);
  while (end < ranked.length && end < question.limit + MAX_EQUAL && ranked[end]?.rank === last) end += 1;
  return { entities: ranked.slice(0, end), total: ranked.length, ...counts };
}

/** A stored float as the double that it was rounded from: 0.2 is not 0.20000000298. */
export function asStored(value: number): number {
  return Number.isNaN(value) ? value : Number(value.toPrecision(7));
}

export type HeatLine = {
  readonly clusterId: number;
  readonly entityId: number;
  /** Per mille, rounded up so that only 0 is 0; null = no sample. */
  readonly permille: (number | null)[];
};

/**
 * Things × steps of one cluster: the share of each step that they stalled. Of several resources the one with the highest share counts.
 * A frame belongs to the step that its moment lies in.
 */
export function heatLines(
  clusterId: number,
  frames: readonly PressureFrame[],
  grid: {
    readonly from: Date;
    readonly stepSeconds: number;
    readonly columns: number;
    readonly resource: "any" | PressureResource;
  },
): HeatLine[] {
  const { ids, placesOf } = placeEntities(frames);
  const planes = PRESSURE_RESOURCES.flatMap((resource, plane) =>
    grid.resource === "any" || grid.resource === resource ? [plane] : [],
  );
  const lines = ids.map((entityId) => ({
    clusterId,
    entityId,
    permille: new Array<number | null>(grid.columns).fill(null),
  }));
  const columnOf = frames.map(({ at }) => Math.floor((at.getTime() - grid.from.getTime()) / 1000 / grid.stepSeconds));
  const weighted = planes.map(() => new Float64Array(ids.length));
  const covered = planes.map(() => new Float64Array(ids.length));
  for (let column = 0; column < grid.columns; column += 1) {
    const inside = frames.flatMap((frame, index) => (columnOf[index] === column ? [{ frame, index }] : []));
    if (inside.length === 0) continue;
    for (const [slot, plane] of planes.entries()) {
      const [sums, seconds] = [weighted[slot], covered[slot]];
      if (sums === undefined || seconds === undefined) continue;
      sums.fill(0);
      seconds.fill(0);
      for (const { frame, index } of inside) addMeans(sums, seconds, plane, placesOf[index], frame);
    }
    for (const [place, line] of lines.entries()) {
      let share = -1;
      for (const slot of planes.keys()) {
        const seconds = covered[slot]?.[place] ?? 0;
        if (seconds > 0) share = Math.max(share, (weighted[slot]?.[place] ?? 0) / seconds);
      }
      if (share >= 0) line.permille[column] = toPermille(share);
    }
  }
  return lines;
}

function addMeans(
  sums: Float64Array,
  seconds: Float64Array,
  plane: number,
  places: Uint32Array | undefined,
  { spanSeconds, body }: PressureFrame,
): void {
  if (places === undefined) return;
  const view = viewOf(body);
  const stride = places.length * FLOAT_BYTES;
  for (let index = 0; index < places.length; index += 1) {
    const at = plane * stride + index * FLOAT_BYTES;
    const mean = view.getFloat32(at);
    if (Number.isNaN(mean)) continue;
    const place = places[index] ?? 0;
    const span = spanSeconds ?? view.getFloat32(at + 2 * PLANES * stride);
    sums[place] = (sums[place] ?? 0) + mean * span;
    seconds[place] = (seconds[place] ?? 0) + span;
  }
}

/** Rounded up, but not for the noise of a float: 0.6 kept as 0.60000002 is 600. */
function toPermille(share: number): number {
  const permille = Math.ceil(share * 1000 - 1e-3);
  return share > 0 ? Math.max(1, permille) : 0;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.byteLength !== b.byteLength) return false;
  for (let index = 0; index < a.byteLength; index += 1) if (a[index] !== b[index]) return false;
  return true;
}
