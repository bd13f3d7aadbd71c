/** Go's text forms, which Prometheus' answers and queries are made of. */

/** strconv.FormatFloat(value, 'f', -1, 64): never an exponent. */
export function formatFloatPlain(value: number): string {
  const text = formatFloat(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] = match;
  const digits = whole + fraction;
  const point = 1 + Number(exponentText);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, "0");
}

/** The form of sample values in API answers: an exponent below 1e-6 and from 1e21 on, of two digits at least. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  return text.includes("e") ? text.replace(/e([+-])(\d)$/, "e$10$2") : text;
}

/** strconv.ParseFloat as far as `le` labels and parameters need it; undefined when Go would refuse. */
export function parseFloatText(text: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return /^nan$/i.test(text) ? Number.NaN : undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  y: 365 * 86_400_000,
  w: 7 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};

/** "1h30m" → milliseconds; units in falling order, each once. Undefined when it is not a duration. */
export function parseDurationMs(text: string): number | undefined {
  if (text === "0") return 0;
  if (text === "" || !/^(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, digits = "0", unit = "ms"] of text.matchAll(/(\d+)(ms|[ywdhms])/g)) {
    totalMs += Number(digits) * (UNIT_MS[unit] ?? 0);
  }
  return totalMs;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

/** Content of a PromQL string literal with its quotes; undefined when it is malformed. */
export function unquote(literal: string): string | undefined {
  const quote = literal[0];
  if (literal.length < 2 || literal.at(-1) !== quote) return undefined;
  const body = literal.slice(1, -1);
  if (quote === "`") return body;
  if (body.includes("\n")) return undefined;
  let isMalformed = false;
  // Hex and octal escapes name bytes, so runs of them are decoded together as UTF-8.
  const text = body.replace(
    /((?:\\x[0-9a-fA-F]{2}|\\[0-7]{3})+)|\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\(.?)/gs,
    (_all, bytes: string | undefined, short: string | undefined, long: string | undefined, simple: string) => {
      if (bytes !== undefined) return decodeBytes(bytes);
      const hex = short ?? long;
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      const plain = SIMPLE_ESCAPES[simple];
      if (plain === undefined || ((simple === "'" || simple === '"') && simple !== quote)) isMalformed = true;
      return plain ?? "";
    },
  );
  return isMalformed ? undefined : text;
}

function decodeBytes(escapes: string): string {
  const bytes = [...escapes.matchAll(/\\x(..)|\\(\d{3})/g)].map(([, hex, octal]) =>
    hex === undefined ? Number.parseInt(octal ?? "0", 8) : Number.parseInt(hex, 16),
  );
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
