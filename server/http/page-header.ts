/** Written by proxy.ts for pages alone: path and query of the page that was asked for. */
export const PAGE_HEADER = "x-sluice-page";
