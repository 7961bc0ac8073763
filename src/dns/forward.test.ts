import { expect, test } from "vitest";
import { createForward, nameServersOf } from "./forward.ts";

const query = Uint8Array.of(0, 1, 1, 0);
const answer = Uint8Array.of(0, 1, 0x80, 0);
const cut = Uint8Array.of(0, 1, 0x82, 0);

test("the next server is asked when one is silent, and TCP when an answer was cut", async () => {
  const asked: string[] = [];
  const forward = createForward(
    {
      exchangeDatagram: async ({ host }) => {
        asked.push(`udp ${host}`);
        if (host === "10.0.0.1") throw new Error("timeout");
        return cut;
      },
      exchangeStream: async ({ host }) => {
        asked.push(`tcp ${host}`);
        return answer;
      },
    },
    ["10.0.0.1", "10.0.0.2", "10.0.0.3"],
  );
  expect(await forward(query)).toBe(answer);
  expect(asked).toEqual(["udp 10.0.0.1", "udp 10.0.0.2", "tcp 10.0.0.2"]);
});

test("without servers there is no answer", async () => {
  const never = async () => answer;
  await expect(createForward({ exchangeDatagram: never, exchangeStream: never }, [])(query)).rejects.toThrow(
    "no name server",
  );
});

test("resolv.conf", () => {
  expect(nameServersOf("# nameserver 1.1.1.1\nsearch a b\nnameserver 10.0.0.2\n nameserver fe80::1\n")).toEqual([
    "10.0.0.2",
    "fe80::1",
  ]);
});
