import { formatNumber, joinQuantity, type Quantity } from "./number.ts";

/** Memory and disks are counted in powers of 1,024 (GiB); traffic is billed in powers of 1,000 (GB). */
export type BytesPurpose = "memory" | "traffic";

const UNITS = {
  memory: { base: 1024, names: ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] },
  traffic: { base: 1000, names: ["B", "kB", "MB", "GB", "TB", "PB"] },
} as const;

export function toBytesQuantity(bytes: number, purpose: BytesPurpose, locale: string): Quantity {
  const { base, names } = UNITS[purpose];
  let amount = bytes;
  let step = 0;
  // 999.5 and more would read as four digits: go to the next unit.
  while (Math.abs(amount) >= 999.5 && step < names.length - 1) {
    amount /= base;
    step += 1;
  }
  return { value: formatNumber(amount, locale), unit: names[step] ?? "B" };
}

export function formatBytes(bytes: number, purpose: BytesPurpose, locale: string): string {
  return joinQuantity(toBytesQuantity(bytes, purpose, locale));
}
