import { describe, expect, test } from "vitest";
import { boolean, children, integer, namedBits, octets, oid, sequence, text, time } from "./der.ts";

const hex = (part: Uint8Array) => Buffer.from(part).toString("hex");

describe("DER", () => {
  test("object identifiers", () => {
    expect(hex(oid("1.2.840.10045.4.3.2"))).toBe("06082a8648ce3d040302");
    expect(hex(oid("2.5.29.17"))).toBe("0603551d11");
  });

  test("named bits end with the last that is set", () => {
    expect(hex(namedBits([0]))).toBe("03020780");
    expect(hex(namedBits([0, 5, 6]))).toBe("03020186");
    expect(hex(namedBits([8]))).toBe("0303070080");
  });

  test("lengths of one, two and three bytes", () => {
    expect(hex(octets(new Uint8Array(127)).subarray(0, 3))).toBe("047f00");
    expect(hex(octets(new Uint8Array(128)).subarray(0, 3))).toBe("048180");
    expect(hex(octets(new Uint8Array(256)).subarray(0, 4))).toBe("04820100");
  });

  test("times have four digits of the year from 2050 on", () => {
    expect(Buffer.from(time(new Date("2049-12-31T23:59:59Z"))).toString("latin1")).toBe("\x17\x0d491231235959Z");
    expect(Buffer.from(time(new Date("2050-01-01T00:00:00Z"))).toString("latin1")).toBe("\x18\x0f20500101000000Z");
  });

  test("a sequence gives its elements back", () => {
    const parts = [boolean(true), text("é"), sequence(integer(Uint8Array.of(2))), octets(new Uint8Array(300))];
    expect(children(sequence(...parts)).map(hex)).toEqual(parts.map(hex));
  });
});
