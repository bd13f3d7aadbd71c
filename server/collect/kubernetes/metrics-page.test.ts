import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recordedText } from "../../testing/replay/recorded-cluster.ts";
import { type MetricSample, parseMetricsPage } from "./metrics-page.ts";
import { SourceError } from "./source-error.ts";

async function* inChunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text, "utf8");
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}
async function read(text: string, wanted: readonly string[], size = 65_536) {
  const samples: MetricSample[] = [];
  const summary = await parseMetricsPage(inChunks(text, size), new Set(wanted), (sample) => {
    samples.push(sample);
  });
  return { samples, ...summary };
}

describe("a metrics page", () => {
  it("keeps only the wanted metrics, with labels and values", async () => {
    const page = '# HELP a help\n# TYPE a gauge\na{x="1",y="two"} 3\nab{x="1"} 4\nb 5\n';
    expect(await read(page, ["a", "b"])).toEqual({
      samples: [
        { name: "a", labels: { x: "1", y: "two" }, value: 3 },
        { name: "b", labels: {}, value: 5 },
      ],
      sampleCount: 3,
      malformedCount: 0,
    });
  });

  it("understands escapes, timestamps, exemplars, trailing commas and missing final newlines", async () => {
    const page = [
      'a{v="quote \\" slash \\\\ line \\n end"} 1',
      "a 2 1795318786496",
      'a{le="0.1",} 3 # {trace_id="abc"} 0.05 1795318786.1',
      'a { v = "spaced" } 4',
      "# EOF",
      "a 5",
    ].join("\n");
    const { samples } = await read(page, ["a"]);
    expect(samples.map((sample) => sample.value)).toEqual([1, 2, 3, 4, 5]);
    expect(samples[0]?.labels.v).toBe('quote " slash \\ line \n end');
    expect(samples[3]?.labels).toEqual({ v: "spaced" });
  });

  it("hands on NaN and infinities as what they are", async () => {
    const { samples } = await read("a NaN\na +Inf\na -Inf\na 1e-3\n", ["a"]);
    expect(samples.map((sample) => sample.value)).toEqual([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0.001,
    ]);
  });

  it("counts broken lines and reads on", async () => {
    const { samples, malformedCount } = await read('a{x="1} 1\na{x=1} 2\na{x="1"} twelve\na{x="1"}\na 0x10\na 7\n', [
      "a",
    ]);
    expect(samples.map((sample) => sample.value)).toEqual([7]);
    expect(malformedCount).toBe(5);
  });

  it("drops a label of 10 MB without keeping it, and reads what follows", async () => {
    const page = `a 1\na{x="${"y".repeat(10 * 1024 * 1024)}"} 2\na 3\n`;
    const { samples, malformedCount } = await read(page, ["a"]);
    expect(samples.map((sample) => sample.value)).toEqual([1, 3]);
    expect(malformedCount).toBe(1);
  });

  it("stops when the visitor has seen enough", async () => {
    const seen: number[] = [];
    await parseMetricsPage(inChunks("a 1\na 2\na 3\n", 4), new Set(["a"]), (sample) => {
      seen.push(sample.value);
      return sample.value < 2;
    });
    expect(seen).toEqual([1, 2]);
  });

  it.each(["", "\n\n", "# only comments\n", "<!doctype html>\n<html>Sign in</html>\n"])(
    "refuses a page without samples: %j",
    async (page) => {
      await expect(read(page, ["a"])).rejects.toThrow(SourceError);
    },
  );

  it("gives the same answer however the page is cut, multi-byte letters included", async () => {
    const page = 'a{x="naïve → 中文"} 1\nb 2\na{x="z"} 3\n';
    const whole = await read(page, ["a"]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (size) => {
        expect(await read(page, ["a"], size)).toEqual(whole);
      }),
    );
  });

  it("survives anything", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), async (noise, size) => {
        const { samples } = await read(`kept 1\n${noise}\nkept 2\n`, ["kept"], size);
        expect(samples.filter((sample) => Object.keys(sample.labels).length === 0).length).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 500 },
    );
  });

  it("round-trips label values of any kind", async () => {
    const awkward = fc.constantFrom(
      '"',
      "\\",
      "\n",
      "\r",
      "\t",
      "\u0000",
      "{",
      "}",
      ",",
      "=",
      " ",
      "#",
      "n",
      "é",
      "中",
      "😀",
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: awkward, maxLength: 40 }), async (value) => {
        const escaped = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
        const { samples } = await read(`a{v="${escaped}"} 1\n`, ["a"]);
        expect(samples[0]?.labels.v).toBe(value);
      }),
    );
  });

  it("finds on the recorded API server page what a plain search finds", async () => {
    const text = recordedText("apiserver-metrics.txt");
    const expected = text.split("\n").filter((line) => line.startsWith("kubernetes_feature_enabled{"));
    const { samples, sampleCount } = await read(text, ["kubernetes_feature_enabled"], 16_384);
    expect(samples).toHaveLength(expected.length);
    expect(samples.filter((sample) => sample.value === 1)).toHaveLength(
      expected.filter((line) => line.endsWith(" 1")).length,
    );
    expect(sampleCount).toBe(text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length);
  });
});
