import { describe, expect, it } from "vitest";
import {
  createOutboundGuard,
  isAllowedAddress,
  type OutboundGuard,
  type Resolve,
  SOURCE_GUARD,
  WEBHOOK_GUARD,
} from "./outbound-guard.ts";

describe("addresses that are connected to", () => {
  it.each([
    "169.254.169.254",
    "169.254.0.1",
    "0.0.0.0",
    "100.100.100.200",
    "168.63.129.16",
    "224.0.0.1",
    "239.255.255.255",
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
    const isRefused = (host: string) => {
      try {
        SOURCE_GUARD.check(host);
        return false;
      } catch {
        return true;
      }
    };
    expect(isRefused("169.254.169.254")).toBe(true);
    expect(isRefused("[fe80::1]")).toBe(true);
    expect(isRefused("prometheus.example")).toBe(false);
    expect(isRefused("127.0.0.1")).toBe(false);
    // The URL parser writes every spelling of an address in the plain one.
    expect(isRefused(new URL("http://0xa9fea9fe/").hostname)).toBe(true);
    expect(isRefused(new URL("http://2852039166/").hostname)).toBe(true);
    // Where a proxy resolves, the name is all there is.
    for (const name of ["metadata.google.internal", "METADATA", "instance-data", "metadata.google.internal."])
      expect(isRefused(name), name).toBe(true);
  });
  it("of class E belong to clusters, not to receivers of messages", () => {
    expect(() => SOURCE_GUARD.check("240.10.0.1")).not.toThrow();
    expect(() => WEBHOOK_GUARD.check("240.10.0.1")).toThrow("link-local");
  });
  it("are what the look-up gives, or a refusal", async () => {
    await expect(look(SOURCE_GUARD, "localhost")).resolves.toBeDefined();
    await expect(look(SOURCE_GUARD, "169.254.169.254")).rejects.toMatchObject({ code: "ADDRESS_REFUSED" });
  });
  it("are refused where one of several is, and allowed where a network is named", async () => {
    const resolve: Resolve = (_name, _options, callback) =>
      callback(null, [
        { address: "10.0.0.1", family: 4 },
        { address: "169.254.20.10", family: 4 },
      ]);
    await expect(look(createOutboundGuard({ resolve }), "dns.example")).rejects.toMatchObject({
      code: "ADDRESS_REFUSED",
    });
    const allowing = createOutboundGuard({ resolve, allowedCIDRs: ["169.254.20.0/24", "fe80::/64"] });
    await expect(look(allowing, "dns.example")).resolves.toBeDefined();
    expect(() => allowing.check("169.254.20.10")).not.toThrow();
    expect(() => allowing.check("[fe80::1]")).not.toThrow();
    expect(() => allowing.check("169.254.169.254")).toThrow("metadata");
  });
});

function look(guard: OutboundGuard, host: string): Promise<unknown> {
  return new Promise((resolve, reject) =>
    guard.lookup(host, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error))),
  );
}
