import { CelScalar, celEnv, celFunc, celMethod, mapType, parse, plan } from "@bufbuild/cel";
import type { DeviceFacts } from "../snapshot.ts";

/*
 * CEL of DeviceClasses and claims, compiled and evaluated as the scheduler does: one variable `device` with driver, attributes and
 * capacity by domain. Of Kubernetes' own functions `quantity` with its comparisons and `cel.bind` matter for devices; an expression
 * that uses anything else cannot be judged here and says so.
 */

/** A quantity stands for its base units; `compareTo` and its kin work on those. */
const QUANTITY = celFunc("quantity", [CelScalar.STRING], CelScalar.DOUBLE, toBaseUnits);
const COMPARISONS = [
  celMethod("compareTo", CelScalar.DOUBLE, [CelScalar.DOUBLE], CelScalar.INT, function (other) {
    return BigInt(Math.sign(this - other));
  }),
  celMethod("isGreaterThan", CelScalar.DOUBLE, [CelScalar.DOUBLE], CelScalar.BOOL, function (other) {
    return this > other;
  }),
  celMethod("isLessThan", CelScalar.DOUBLE, [CelScalar.DOUBLE], CelScalar.BOOL, function (other) {
    return this < other;
  }),
];
const ENVIRONMENT = celEnv({
  variables: { device: mapType(CelScalar.STRING, CelScalar.DYN) },
  funcs: [QUANTITY, ...COMPARISONS],
});

export type DeviceSelector = {
  /** True or false; null = the expression cannot be judged for this device (an attribute is missing, a function is not known). */
  readonly selects: (device: SelectableDevice) => boolean | null;
};
export type SelectableDevice = Pick<DeviceFacts, "attributes" | "capacity"> & { readonly driver: string };

/** What is wrong with the syntax of a CEL expression; null = it compiles. */
export function celErrorOf(expression: string): string | null {
  try {
    plan(ENVIRONMENT, parse(expression));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : "not CEL";
  }
}

/**
 * All selectors of a class or request together, compiled once.
 * Errors: none; null = one of them does not compile.
 */
export function compileSelector(expressions: readonly string[]): DeviceSelector | null {
  let programs: readonly ((bindings: { device: DeviceValue }) => unknown)[];
  try {
    programs = expressions.map((expression) => plan(ENVIRONMENT, parse(expression)));
  } catch {
    return null;
  }
  return {
    selects: (device) => {
      const value = toValue(device);
      let isKnown = true;
      for (const program of programs) {
        const result = program({ device: value });
        if (result === false) return false;
        if (result !== true) isKnown = false;
      }
      return isKnown ? true : null;
    },
  };
}

/** The driver that an expression names, where it does. */
export function driverOf(expressions: readonly string[]): string | null {
  for (const expression of expressions) {
    const driver = /device\.driver\s*==\s*["']([^"']+)["']/.exec(expression)?.[1];
    if (driver !== undefined) return driver;
  }
  return null;
}

type DeviceValue = Map<string, string | Map<string, Map<string, string | number | boolean | bigint>>>;

/** Attributes without a domain belong to the driver's. */
function toValue({ driver, attributes, capacity }: SelectableDevice): DeviceValue {
  return new Map<string, string | Map<string, Map<string, string | number | boolean | bigint>>>([
    ["driver", driver],
    ["attributes", byDomain(driver, attributes)],
    ["capacity", byDomain(driver, capacity, true)],
  ]);
}

function byDomain(
  driver: string,
  values: Readonly<Record<string, string | number | boolean>>,
  isQuantity = false,
): Map<string, Map<string, string | number | boolean | bigint>> {
  const domains = new Map([[driver, new Map<string, string | number | boolean | bigint>()]]);
  for (const [key, value] of Object.entries(values)) {
    const slash = key.indexOf("/");
    const domain = slash < 0 ? driver : key.slice(0, slash);
    const own = domains.get(domain) ?? new Map<string, string | number | boolean | bigint>();
    own.set(key.slice(slash + 1), !isQuantity && Number.isInteger(value) ? BigInt(Number(value)) : value);
    domains.set(domain, own);
  }
  return domains;
}

const SUFFIXES: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  m: 1e-3,
};

function toBaseUnits(text: string): number {
  const match = /^([+-]?[\d.]+)([a-zA-Z]*)$/.exec(text);
  const factor = SUFFIXES[match?.[2] ?? "?"];
  const amount = Number(match?.[1]);
  if (factor === undefined || !Number.isFinite(amount)) throw new Error(`not a quantity: ${text}`);
  return amount * factor;
}
