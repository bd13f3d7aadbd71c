import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Session } from "#server/contract/auth.ts";
import { RIGHTS, type Right, rightsOf } from "#server/contract/rights.ts";
import type { Role } from "#server/contract/viewer.ts";
import { accessKeys } from "../data/access-queries.ts";
import { renderWithReader } from "../testing.tsx";
import { Button } from "../ui/button.tsx";
import { useRefusal } from "./use-refusal.ts";

afterEach(cleanup);
beforeEach(() => vi.stubGlobal("fetch", () => new Promise(() => undefined))); // the session is known already

function sessionOf(role: Role, teams: "all" | string[] = "all"): Session {
  const viewer = { roles: [role], clusters: "all" as const, teams };
  return {
    isSignInOn: true,
    methods: { isLocal: true, oidc: null, isProxy: false },
    viewer: { name: "ada", via: "session", ...viewer, rights: rightsOf(viewer) },
  } satisfies Session;
}

function Offer({ right, onClick }: { readonly right: Right; readonly onClick: () => void }) {
  return (
    <Button refusal={useRefusal(right)} onClick={onClick}>
      Do it
    </Button>
  );
}

function offer(right: Right, session: Session | null, locale: "en" | "zh-CN" = "en") {
  const onClick = vi.fn();
  renderWithReader(<Offer right={right} onClick={onClick} />, {
    locale,
    cached: session === null ? [] : [[accessKeys.session, session]],
  });
  const button = screen.getByRole("button", { name: "Do it" });
  fireEvent.click(button);
  return { button, onClick };
}

describe("what a role may not do", () => {
  const cases = (Object.keys(RIGHTS) as Right[]).flatMap((right) =>
    (["viewer", "operator", "finance", "admin"] as const).map((role) => [role, right] as const),
  );
  it.each(cases)("is refused by the button before the server does: %s, %s", (role, right) => {
    const { button, onClick } = offer(right, sessionOf(role));
    const may = (RIGHTS[right].roles as readonly Role[]).includes(role);
    expect(onClick).toHaveBeenCalledTimes(may ? 1 : 0);
    expect(button.getAttribute("aria-disabled")).toBe(may ? null : "true");
    expect(button.getAttribute("title")).toBe(may ? null : button.getAttribute("aria-description"));
  });
  it("says which roles may, in the reader's language", () => {
    expect(offer("read-now", sessionOf("finance")).button.title).toBe(
      "Needs one of these roles: Operator, Administrator.",
    );
    cleanup();
    expect(offer("budgets", sessionOf("viewer"), "zh-CN").button.title).toBe("需要以下角色之一：财务, 管理员。");
  });
  it("is told apart from what needs sight of the whole fleet", () => {
    expect(offer("flows", sessionOf("operator", ["shop"])).button.title).toContain("whole fleet");
  });
  it("is offered while nobody knows who reads: the server decides", () => {
    expect(offer("decide", null).onClick).toHaveBeenCalledTimes(1);
  });
});
