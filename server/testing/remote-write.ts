import type { SampleBlock } from "../demo/promql/series-source.ts";

export interface WrittenSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly block: SampleBlock;
}

/** Prometheus' staleness marker is one particular NaN. */
const STALE_NAN = 0x7ff0000000000002n;

/**
 * Sends samples, staleness markers included, by the remote-write protocol 1.0; the receiver must allow it
 * (`--web.enable-remote-write-receiver`).
 */
export async function remoteWrite(url: string, series: readonly WrittenSeries[]): Promise<void> {
  const response = await fetch(`${url}/api/v1/write`, {
    method: "POST",
    headers: {
      "content-type": "application/x-protobuf",
      "content-encoding": "snappy",
      "x-prometheus-remote-write-version": "0.1.0",
    },
    body: snappyLiteral(Buffer.concat(series.map((one) => field(1, timeSeries(one))))),
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) throw new Error(`remote write: ${response.status} ${await response.text()}`);
}

function timeSeries({ labels, block }: WrittenSeries): Buffer {
  const parts = Object.keys(labels)
    .sort()
    .map((name) => field(1, Buffer.concat([text(1, name), text(2, labels[name] ?? "")])));
  for (let index = 0; index < block.timesMs.length; index += 1) {
    const value = Buffer.alloc(9);
    value[0] = (1 << 3) | 1; // field 1, fixed64
    if (block.isStale?.[index] === true) value.writeBigUInt64LE(STALE_NAN, 1);
    else value.writeDoubleLE(block.values[index] ?? 0, 1);
    const time = Buffer.concat([varint(2 << 3), varint(block.timesMs[index] ?? 0)]);
    parts.push(field(2, Buffer.concat([value, time])));
  }
  return Buffer.concat(parts);
}

function text(number: number, value: string): Buffer {
  return field(number, Buffer.from(value));
}

function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint((number << 3) | 2), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** A valid Snappy block that compresses nothing: literals of up to 64 KiB. */
function snappyLiteral(content: Buffer): Uint8Array<ArrayBuffer> {
  const parts = [varint(content.length)];
  for (let at = 0; at < content.length; at += 65_536) {
    const chunk = content.subarray(at, at + 65_536);
    const length = chunk.length - 1;
    parts.push(Buffer.from([61 << 2, length & 0xff, length >> 8]), chunk);
  }
  return new Uint8Array(Buffer.concat(parts));
}
