/** The gate of a sluice: three boards, the water level between them. */
export function Logo() {
  return (
    <svg aria-hidden viewBox="0 0 24 24" className="size-6 shrink-0" fill="none">
      <rect x="3" y="3" width="3" height="18" rx="1" className="fill-foreground" />
      <rect x="18" y="3" width="3" height="18" rx="1" className="fill-foreground" />
      <rect x="7.5" y="3" width="9" height="6.5" rx="1" className="fill-accent" />
      <path
        d="M7.5 14c1.5-1.4 3-1.4 4.5 0s3 1.4 4.5 0M7.5 18.5c1.5-1.4 3-1.4 4.5 0s3 1.4 4.5 0"
        className="stroke-accent"
        strokeWidth="1.75"
        strokeLinecap="round"
      />
    </svg>
  );
}
