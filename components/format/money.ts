import { numberFormat } from "./number.ts";

/**
 * An amount in an ISO 4217 currency. From 1,000 on whole units, below that hundredths, and amounts under one hundredth
 * keep two significant digits, so that a price per GB never rounds to nothing.
 */
export function formatMoney(amount: number, currency: string, locale: string): string {
  const magnitude = Math.abs(amount);
  const digits: Intl.NumberFormatOptions =
    magnitude >= 1000
      ? { maximumFractionDigits: 0 }
      : magnitude > 0 && magnitude < 0.095
        ? { maximumSignificantDigits: 2 }
        : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return numberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol", ...digits }).format(
    amount === 0 ? 0 : amount,
  );
}

/** A change of money, always signed. */
export function formatMoneyChange(change: number, currency: string, locale: string): string {
  const sign = change > 0 ? "+" : change < 0 ? "−" : "";
  return `${sign}${formatMoney(Math.abs(change), currency, locale)}`;
}

/** 730 hours: the run-rate month (365 × 24 ÷ 12). For run-rates only; past months use their real hours. */
export const RUN_RATE_HOURS_PER_MONTH = 730;
