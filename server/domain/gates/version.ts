/**
 * Kubernetes versions as text ("1.34", "v1.34.9", "1.34.9-eks-1234", "34+") and as one number per minor.
 * Every function answers `null` for text that holds no version: a guess here would become a wrong verdict.
 */
export type KubeVersion = { readonly major: number; readonly minor: number; readonly patch: number | null };

const PATTERN = /^v?(\d+)\.(\d+)\+?(?:\.(\d+))?/;

export function parseVersion(text: string): KubeVersion | null {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  if (parsed.size >= MAX_PARSED) parsed.clear();
  const version = parseAnew(text);
  parsed.set(text, version);
  return version;
}

// A matrix asks for the same few dozen versions some 60,000 times. Kernels and images have versions too, hence the bound.
const MAX_PARSED = 2_000;
const parsed = new Map<string, KubeVersion | null>();

function parseAnew(text: string): KubeVersion | null {
  const match = PATTERN.exec(text.trim());
  if (match === null) return null;
  return {
    major: Number(match[1]),
    minor: Number(match[2]),
    patch: match[3] === undefined ? null : Number(match[3]),
  };
}

/** One number that orders minors ("1.34" → 1034); `null` when the text holds none. */
export function minorIndex(text: string): number | null {
  const version = parseVersion(text);
  return version === null ? null : version.major * 1000 + version.minor;
}

export function minorText(index: number): string {
  return `${Math.floor(index / 1000)}.${index % 1000}`;
}

/** "1.34" of "v1.34.9-gke.100". */
export function minorOf(text: string): string | null {
  const index = minorIndex(text);
  return index === null ? null : minorText(index);
}

/** True or false where both versions are readable, else `null`. Compares minors only. */
export function isAtLeast(version: string, minor: string): boolean | null {
  const left = minorIndex(version);
  const right = minorIndex(minor);
  return left === null || right === null ? null : left >= right;
}

/** Linux kernel text ("6.8.0-1021-aws") against "6.4"; `null` when unreadable. */
export function isKernelAtLeast(kernel: string, wanted: string): boolean | null {
  const left = parseVersion(kernel);
  const right = parseVersion(wanted);
  if (left === null || right === null) return null;
  return left.major !== right.major ? left.major > right.major : left.minor >= right.minor;
}
