import { type BytesPurpose, toBytesQuantity } from "./bytes.ts";
import { formatNumber, joinQuantity, type Quantity } from "./number.ts";

/** Bytes per second; the purpose decides between MiB/s (disks, swap) and MB/s (networks). */
export function formatBytesPerSecond(rate: number, purpose: BytesPurpose, locale: string): string {
  const { value, unit } = toBytesQuantity(rate, purpose, locale);
  return `${value} ${unit}/s`;
}

const PERIODS = [
  { seconds: 1, en: "s", zh: "秒" },
  { seconds: 60, en: "min", zh: "分钟" },
  { seconds: 3_600, en: "h", zh: "小时" },
  { seconds: 86_400, en: "d", zh: "天" },
] as const;

/** Events per second over the shortest period in which at least one is expected: "3.2 /s", "4 /h". Rare ones per day. */
export function toEventRateQuantity(eventsPerSecond: number, locale: string): Quantity {
  const period = PERIODS.find(({ seconds }) => Math.abs(eventsPerSecond) * seconds >= 1) ?? PERIODS[3];
  const shown = eventsPerSecond === 0 ? PERIODS[0] : period;
  const unit = `/${locale.startsWith("zh") ? shown.zh : shown.en}`;
  return { value: formatNumber(eventsPerSecond * shown.seconds, locale), unit };
}

export function formatEventRate(eventsPerSecond: number, locale: string): string {
  return joinQuantity(toEventRateQuantity(eventsPerSecond, locale));
}
