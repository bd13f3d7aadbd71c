import { describe, expect, it } from "vitest";
import type { AuthSettings } from "../auth-settings.ts";
import { clientAddress } from "./client-address.ts";
import { readCookie, writeCookie } from "./cookies.ts";
import { isInNetworks } from "./networks.ts";
import { markPeer, PEER_HEADER, peerOf } from "./peer.ts";

const SETTINGS = { trustedProxies: ["10.0.0.0/8", "fd00::/8"], proxy: null } as unknown as AuthSettings; // what is read here
const from = (peer: string, forwarded?: string) =>
  new Headers({ [PEER_HEADER]: markPeer(peer), ...(forwarded === undefined ? {} : { "x-forwarded-for": forwarded }) });

describe("where a reader sits", () => {
  it.each([
    ["192.0.2.1", undefined, "192.0.2.1"],
    ["192.0.2.1", "198.51.100.9", "192.0.2.1"], // nobody vouches for it
    ["10.0.0.1", "198.51.100.9", "198.51.100.9"],
    ["::ffff:10.0.0.1", "198.51.100.9", "198.51.100.9"],
    ["10.0.0.1", "203.0.113.5, 198.51.100.9", "198.51.100.9"], // the left one a reader made up
    ["10.0.0.1", "198.51.100.9, 10.3.3.3", "198.51.100.9"],
    ["10.0.0.1", "not-an-address", "10.0.0.1"],
    ["10.0.0.1", "10.9.9.9", "10.9.9.9"],
    ["fd00::1", "2001:db8::7", "2001:db8::7"],
  ])("%s with %j is %s", (peer, forwarded, expected) => {
    expect(clientAddress(from(peer, forwarded), SETTINGS)).toBe(expected);
  });
  it("is not known from a header that somebody made up", () => {
    expect(peerOf(new Headers({ [PEER_HEADER]: "guess 10.0.0.1" }))).toBeNull();
    expect(peerOf(new Headers({ [PEER_HEADER]: "10.0.0.1" }))).toBeNull();
    expect(peerOf(new Headers())).toBeNull();
  });
});

describe("networks", () => {
  it.each([
    ["10.1.2.3", ["10.0.0.0/8"], true],
    ["11.1.2.3", ["10.0.0.0/8"], false],
    ["10.1.2.3", ["10.1.2.3"], true],
    ["::1", ["::1"], true],
    ["::1", ["10.0.0.0/8"], false],
    ["", ["0.0.0.0/0"], false],
    ["name", ["0.0.0.0/0"], false],
    [null, ["0.0.0.0/0"], false],
    ["10.1.2.3", [], false],
  ])("%s in %j: %s", (address, networks, expected) => {
    expect(isInNetworks(address, networks)).toBe(expected);
  });
});

describe("cookies", () => {
  it("are found by their whole name", () => {
    const headers = new Headers({ cookie: "a=1; __Host-sluice=x=y; sluice=2" });
    expect(readCookie(headers, "__Host-sluice")).toBe("x=y");
    expect(readCookie(headers, "sluice")).toBe("2");
    expect(readCookie(headers, "luice")).toBeNull();
    expect(readCookie(new Headers(), "a")).toBeNull();
  });
  it("are out of reach of scripts and other sites", () => {
    expect(writeCookie("n", "v", { maxAgeSeconds: 5, isSecure: true })).toBe(
      "n=v; Path=/; Max-Age=5; HttpOnly; SameSite=Lax; Secure",
    );
  });
});
