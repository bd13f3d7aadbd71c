import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { guardedLookup, isAllowedAddress, isAllowedHost } from "./outbound-guard.ts";

describe("addresses of webhooks", () => {
  it.each([
    "169.254.169.254",
    "169.254.0.1",
    "0.0.0.0",
    "100.100.100.200",
    "168.63.129.16",
    "224.0.0.1",
    "255.255.255.255",
    "fe80::1",
    "fe80::1%eth0",
    "[fe80::1]",
    "fd00:ec2::254",
    "::",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "0:0:0:0:0:ffff:a9fe:a9fe",
    "no address",
  ])("%s is refused", (address) => {
    expect(isAllowedAddress(address)).toBe(false);
  });
  it.each(["127.0.0.1", "10.1.2.3", "192.168.1.1", "93.184.216.34", "::1", "2606:2800:220:1::1", "::ffff:10.0.0.1"])(
    "%s is allowed",
    (address) => {
      expect(isAllowedAddress(address)).toBe(true);
    },
  );
  it("are checked in the URL where nothing is looked up, names are left to the look-up", () => {
    expect(isAllowedHost("169.254.169.254")).toBe(false);
    expect(isAllowedHost("[fe80::1]")).toBe(false);
    expect(isAllowedHost("hooks.example")).toBe(true);
    // The URL parser writes every spelling of an address in the plain one.
    expect(isAllowedHost(new URL("http://0xa9fea9fe/").hostname)).toBe(false);
    expect(isAllowedHost(new URL("http://2852039166/").hostname)).toBe(false);
  });
  it("are what the look-up gives, or a refusal", async () => {
    const look = promisify(guardedLookup as (host: string, options: object, done: (error: unknown) => void) => void);
    await expect(look("localhost", {})).resolves.toBeDefined();
    await expect(look("169.254.169.254", {})).rejects.toMatchObject({ code: "ADDRESS_REFUSED" });
  });
});
