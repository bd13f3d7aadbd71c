import type { ReactNode } from "react";
import { Logo } from "../layout/logo.tsx";
import { Preferences } from "../layout/preferences.tsx";
import type { Theme } from "../layout/theme.ts";

export type LoginFrameProps = {
  readonly theme: Theme;
  readonly title: string;
  readonly summary: string;
  readonly children: ReactNode;
};

/** One card in calm water. Everything in it is plain HTML: it works before and without scripts. */
export function LoginFrame({ theme, title, summary, children }: LoginFrameProps) {
  return (
    <main className="relative isolate flex min-h-dvh flex-col items-center justify-center overflow-hidden px-4 py-16">
      <Water />
      <div className="absolute top-3 right-3">
        <Preferences theme={theme} />
      </div>
      <div className="flex w-full max-w-sm flex-col gap-6">
        <div className="flex flex-col items-center gap-3 text-center">
          <span className="flex items-center gap-2.5">
            <Logo />
            <span className="text-lg font-semibold tracking-tight">Sluice</span>
          </span>
          <p className="text-balance text-sm text-muted-foreground">{summary}</p>
        </div>
        <section
          aria-labelledby="login-title"
          className="flex flex-col gap-5 rounded-xl border bg-card p-6 shadow-float"
        >
          <h1 id="login-title" className="text-lg">
            {title}
          </h1>
          {children}
        </section>
      </div>
    </main>
  );
}

/** Levels behind a gate, drawn once and still: nothing moves while somebody types. */
function Water() {
  return (
    <svg
      aria-hidden
      viewBox="0 0 1440 480"
      preserveAspectRatio="none"
      className="absolute inset-x-0 bottom-0 -z-10 h-[46vh] w-full text-accent"
      fill="none"
    >
      <path d="M0 150c240-60 420 50 720 10s480-90 720-20v340H0z" className="fill-current opacity-[0.05]" />
      <path d="M0 250c260-50 460 60 760 10s440-60 680 0v220H0z" className="fill-current opacity-[0.06]" />
      <path d="M0 350c280-40 480 50 780 10s420-40 660 0v120H0z" className="fill-current opacity-[0.08]" />
    </svg>
  );
}
