/**
 * Kubernetes quantities ("250m", "1.5Gi", "1e3", "12E") as numbers in base units.
 *
 * Decimal suffixes become an exponent of the same literal, so the result is the double nearest to what was written; binary
 * suffixes multiply by a power of two, which is exact. `1E` is exa, `1E3` is an exponent, as in the API server.
 */
const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d{1,3}))?$/;

const BINARY: Readonly<Record<string, number>> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
const DECIMAL: Readonly<Record<string, string>> = {
  n: "e-9",
  u: "e-6",
  m: "e-3",
  k: "e3",
  M: "e6",
  G: "e9",
  T: "e12",
  P: "e15",
  E: "e18",
};

const CACHE_LIMIT = 20_000; // a fleet writes few distinct quantities; the bound guards against hostile ones
const cache = new Map<string, number | null>();

/** The number, or `null` when it is no quantity. Plain JSON numbers are accepted when finite. */
export function parseQuantity(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string") return null;
  const hit = cache.get(value);
  if (hit !== undefined) return hit;
  const parsed = parseQuantityText(value);
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(value, parsed);
  return parsed;
}

function parseQuantityText(text: string): number | null {
  if (text.length > 64) return null;
  const match = QUANTITY.exec(text);
  if (match === null) return null;
  const [, digits = "", binary, decimal, exponent] = match;
  const amount =
    binary !== undefined
      ? Number(digits) * (BINARY[binary] ?? Number.NaN)
      : decimal !== undefined
        ? Number(`${digits}${DECIMAL[decimal] ?? ""}`)
        : exponent !== undefined
          ? Number(`${digits}e${exponent}`)
          : Number(digits);
  return Number.isFinite(amount) ? amount : null;
}
