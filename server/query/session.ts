import { authSettings } from "../auth-settings.ts";
import type { Session, SignInMethods } from "../contract/auth.ts";
import { rightsOf } from "../contract/rights.ts";
import type { Viewer } from "../contract/viewer.ts";

/** Who is asking; `null` = nobody is signed in. Holds nothing that a stranger may not know. */
export function toSession(viewer: Viewer | null): Session {
  const bound = (names: "all" | readonly string[]): "all" | string[] => (names === "all" ? "all" : [...names]);
  return {
    isSignInOn: authSettings() !== null,
    methods: signInMethods(),
    viewer:
      viewer === null
        ? null
        : {
            name: viewer.name,
            via: viewer.via ?? "loopback",
            roles: [...viewer.roles],
            clusters: bound(viewer.clusters),
            teams: bound(viewer.teams),
            rights: rightsOf(viewer),
          },
  };
}

/** The ways to sign in that are on. */
export function signInMethods(): SignInMethods {
  const settings = authSettings();
  if (settings === null) return { isLocal: false, oidc: null, isProxy: false };
  const { oidc, hasLocal, proxy } = settings;
  return {
    isLocal: hasLocal,
    oidc: oidc === null ? null : { label: oidc.label, issuer: oidc.issuer },
    isProxy: proxy !== null,
  };
}
