import { formatNumber } from "./number.ts";

const STEPS = [
  { seconds: 86_400, en: "d", zh: "天" },
  { seconds: 3_600, en: "h", zh: "小时" },
  { seconds: 60, en: "min", zh: "分钟" },
  { seconds: 1, en: "s", zh: "秒" },
] as const;

/** A length of time in its two largest units ("4 min 12 s"); below one second in ms or µs. */
export function formatDuration(seconds: number, locale: string): string {
  const isChinese = locale.startsWith("zh");
  const sign = seconds < 0 ? "−" : "";
  const length = Math.abs(seconds);
  if (length === 0) return isChinese ? "0 秒" : "0 s";
  if (length < 0.001) return `${sign}${formatNumber(length * 1e6, locale)} ${isChinese ? "微秒" : "µs"}`;
  if (length < 1) return `${sign}${formatNumber(length * 1000, locale)} ${isChinese ? "毫秒" : "ms"}`;
  if (length < 10) return `${sign}${formatNumber(length, locale)} ${isChinese ? "秒" : "s"}`;
  let rest = Math.round(length);
  const parts: string[] = [];
  for (const step of STEPS) {
    const count = Math.floor(rest / step.seconds);
    rest -= count * step.seconds;
    if (count > 0) parts.push(`${count.toLocaleString(locale)} ${isChinese ? step.zh : step.en}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return `${sign}${parts.join(" ")}`;
}

/** Where one unit is enough ("4 min", "3 d"): ages, ranges. */
export function formatDurationShort(seconds: number, locale: string): string {
  const isChinese = locale.startsWith("zh");
  const length = Math.max(0, Math.round(seconds));
  const step = STEPS.find((candidate) => length >= candidate.seconds) ?? STEPS[3];
  return `${Math.floor(length / step.seconds).toLocaleString(locale)} ${isChinese ? step.zh : step.en}`;
}
