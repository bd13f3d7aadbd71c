import { expect, it } from "vitest";
import { toPrometheusText } from "./prometheus-text.ts";

it("writes the text format with escaped labels and keeps metrics without samples", () => {
  const text = toPrometheusText([
    { name: "a_total", type: "counter", help: "line\nbreak", samples: [{ labels: { name: 'x"\\\n' }, value: 1.5 }] },
    { name: "b", type: "gauge", help: "Empty.", samples: [] },
    { name: "c", type: "gauge", help: "Odd.", samples: [{ labels: {}, value: Number.POSITIVE_INFINITY }] },
  ]);
  expect(text).toBe(
    `# HELP a_total line\\nbreak\n# TYPE a_total counter\na_total{name="x\\"\\\\\\n"} 1.5\n# HELP b Empty.\n# TYPE b gauge\n# HELP c Odd.\n# TYPE c gauge\nc +Inf\n`,
  );
});
