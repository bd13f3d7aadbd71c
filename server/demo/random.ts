/**
 * Chance as an argument: everything "random" in the demo fleet is a pure function of a seed and a name, so two runs
 * with the same seed give the same bytes, and adding an object never shifts the numbers of another one.
 */

/** 32-bit hash of a text (FNV-1a with a final avalanche, so that near names give far numbers). */
export function hash32(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value ^= text.charCodeAt(index);
    value = Math.imul(value, 0x01000193);
  }
  value ^= value >>> 16;
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/** A number in [0, 1) that belongs to this seed and name. */
export function uniform(seed: number, name: string): number {
  return hash32(`${seed}/${name}`) / 0x1_0000_0000;
}

/** A number in [low, high). */
export function between(seed: number, name: string, low: number, high: number): number {
  return low + (high - low) * uniform(seed, name);
}

/** Lower-case hexadecimal digits. */
export function hexDigits(seed: number, name: string, length: number): string {
  let text = "";
  for (let part = 0; text.length < length; part += 1) {
    text += hash32(`${seed}/${name}/${part}`).toString(16).padStart(8, "0");
  }
  return text.slice(0, length);
}

/** A UUID of version 4 shape. */
export function uuid(seed: number, name: string): string {
  const hex = hexDigits(seed, `uuid/${name}`, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The alphabet of generated Kubernetes name suffixes: no vowels, no look-alikes. */
const NAME_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

export function nameSuffix(seed: number, name: string, length = 5): string {
  let text = "";
  for (let index = 0; index < length; index += 1) {
    text += NAME_ALPHABET[hash32(`${seed}/suffix/${name}/${index}`) % NAME_ALPHABET.length] ?? "b";
  }
  return text;
}
