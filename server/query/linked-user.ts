import { authSettings } from "../auth-settings.ts";
import { hashSecret, SECRET_SHAPE } from "../opaque-secret.ts";
import { getStore } from "../store/client.ts";
import { readPasswordLink } from "../store/sql/write-users.ts";

/** Whose password a one-time link sets; `null` for a link that is used, old or none. */
export async function getLinkedUser(link: string, now = new Date()): Promise<{ readonly name: string } | null> {
  if (authSettings()?.hasLocal !== true || !SECRET_SHAPE.test(link)) return null;
  return readPasswordLink(getStore().pool, hashSecret(link), now);
}
