import { connect } from "node:http2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HttpHandler } from "../http.ts";
import { silentLog } from "../log.ts";
import { createCa, issueCertificate } from "./certificates.ts";
import { createHttpClient } from "./http-client.ts";
import { type HttpServer, listenHttps } from "./http-server.ts";

const text = (value: string) => new TextEncoder().encode(value);
const large = new Uint8Array(14 * 1024 * 1024).fill(120);

/** Watches that are open now. */
let open = 0;
const handler: HttpHandler = async request => {
  const { connection } = request;
  if (request.path === "/who")
    return {
      status: 200,
      headers: {},
      body: text(
        JSON.stringify({
          peer: connection.peer?.commonName,
          groups: connection.peer?.organizations,
          rejected: connection.peerRejected,
        }),
      ),
    };
  if (request.path === "/echo")
    return { status: 200, headers: { "x-query": request.query }, body: await request.readBody(1_000) };
  if (request.path === "/large") {
    return {
      status: 200,
      headers: {},
      body: async sink => {
        for (let at = 0; at < large.length && !sink.signal.aborted; at += 256 * 1024)
          if (!sink.write(large.subarray(at, at + 256 * 1024))) await sink.drained();
      },
    };
  }
  if (request.path === "/filled") {
    const letter = request.query.charCodeAt(0);
    return {
      status: 200,
      headers: {},
      body: async sink => {
        for (let at = 0; at < large.length && !sink.signal.aborted; at += 256 * 1024) {
          const room = sink.room!(256 * 1024);
          if (!sink.write(room.fill(letter))) await sink.drained();
        }
      },
    };
  }
  if (request.path === "/watch") {
    return {
      status: 200,
      headers: {},
      body: sink => {
        open++;
        sink.write(text("first\n"));
        return new Promise(resolve =>
          sink.signal.addEventListener("abort", () => {
            open--;
            resolve();
          }),
        );
      },
    };
  }
  if (request.path === "/upgrade")
    return {
      status: 101,
      headers: { connection: "Upgrade", upgrade: "SPDY/3.1" },
      upgrade: socket => socket.on("data", bytes => socket.write(bytes)),
    };
  throw new Error("unknown path");
};

describe("HTTPS server and client", () => {
  let server: HttpServer;
  let ca: Awaited<ReturnType<typeof createCa>>;
  let client: ReturnType<typeof createHttpClient>;
  const clientOf = async (issuer: typeof ca) => {
    const own = await issueCertificate(issuer, { commonName: "alice", organizations: ["dev", "ops"], usage: "client" });
    return createHttpClient({
      url: `https://127.0.0.1:${server.port}`,
      ca: ca.certificate,
      certificate: own.certificate,
      key: own.key,
      log: silentLog,
    });
  };

  beforeAll(async () => {
    ca = await createCa("test-ca");
    const own = await issueCertificate(ca, {
      commonName: "server",
      organizations: [],
      ipAddresses: ["127.0.0.1"],
      usage: "server",
    });
    server = await listenHttps({
      handler,
      host: "127.0.0.1",
      port: 0,
      certificate: own.certificate,
      key: own.key,
      clientCa: ca.certificate,
      log: silentLog,
    });
    client = await clientOf(ca);
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await server.close();
  });

  it("knows who presents a certificate of the client CA", async () => {
    const response = await client.request({ method: "GET", target: "/who" });
    expect(JSON.parse(new TextDecoder().decode(await response.readAll()))).toEqual({
      peer: "alice",
      groups: ["dev", "ops"],
    });
  });

  it("rejects a certificate of another CA without ending the connection", async () => {
    await using foreign = await clientOf(await createCa("other-ca"));
    const response = await foreign.request({ method: "GET", target: "/who" });
    const answer = JSON.parse(new TextDecoder().decode(await response.readAll()));
    expect(answer.peer).toBeUndefined();
    expect(answer.rejected).toMatch(/UNABLE_TO|SELF_SIGNED|INVALID/);
  });

  it("carries bodies and queries both ways", async () => {
    const response = await client.request({ method: "POST", target: "/echo?a=1&b", body: text("hello") });
    expect(response.headers["x-query"]).toBe("a=1&b");
    expect(new TextDecoder().decode(await response.readAll())).toBe("hello");
  });

  it("refuses a server that it does not know, unless any will do", async () => {
    const url = `https://127.0.0.1:${server.port}`;
    await using careful = createHttpClient({ url, log: silentLog });
    await expect(careful.request({ method: "GET", target: "/who" })).rejects.toThrow("certificate");
    await using careless = createHttpClient({ url, log: silentLog, anyServer: true });
    const response = await careless.request({ method: "POST", target: "/echo?a=1", body: text("hello") });
    expect(new TextDecoder().decode(await response.readAll())).toBe("hello");
  });

  it("hands an HTTP/1.1 connection over on upgrade", async () => {
    const { status, socket } = await client.upgrade({
      method: "GET",
      target: "/upgrade",
      headers: { connection: "Upgrade", upgrade: "SPDY/3.1" },
    });
    expect(status).toBe(101);
    const answer = new Promise<string>(resolve =>
      socket!.on("data", bytes => resolve(new TextDecoder().decode(bytes))),
    );
    socket!.write(text("ping"));
    expect(await answer).toBe("ping");
    socket!.destroy();
  });

  it("answers 5,000 watches opened and cancelled on one connection, and goes on", async () => {
    const session = connect(`https://127.0.0.1:${server.port}`, {
      ca: ca.certificate,
      peerMaxConcurrentStreams: 1_000,
    });
    session.on("error", () => undefined);
    for (let round = 0; round < 50; round++)
      await Promise.all(
        Array.from({ length: 100 }, () => {
          const stream = session.request({ ":path": "/watch" });
          stream.on("error", () => undefined);
          return new Promise<void>(resolve => {
            stream.once("data", () => stream.close(8));
            stream.once("close", () => resolve());
          });
        }),
      );
    expect(session.destroyed).toBe(false);
    await expect.poll(() => open).toBe(0);
    session.destroy();
    expect((await client.request({ method: "GET", target: "/who" })).status).toBe(200);
  });

  it("sends eight answers of 14 MB at once on one connection", async () => {
    const sizes = await Promise.all(
      Array.from(
        { length: 8 },
        async () => (await (await client.request({ method: "GET", target: "/large" })).readAll()).length,
      ),
    );
    expect(sizes).toEqual(Array.from({ length: 8 }, () => large.length));
  });

  it("never mixes bodies up, whoever leaves early, though their buffers are used again", async () => {
    const session = connect(`https://127.0.0.1:${server.port}`, { ca: ca.certificate });
    session.on("error", () => undefined);
    const leave = (letter: string) => {
      const stream = session.request({ ":path": `/filled?${letter}` });
      stream.on("error", () => undefined);
      stream.once("data", () => stream.close(8));
      return new Promise<void>(resolve => stream.once("close", () => resolve()));
    };
    const read = async (letter: string) => {
      const body = await (await client.request({ method: "GET", target: `/filled?${letter}` })).readAll();
      return body.length === large.length && body.every(byte => byte === letter.charCodeAt(0));
    };
    const leaving = Array.from({ length: 30 }, () => leave("x"));
    expect(await Promise.all([..."abcdefgh"].map(read))).toEqual(Array.from({ length: 8 }, () => true));
    await Promise.all(leaving);
    session.destroy();
    expect(await read("z")).toBe(true);
  });
});
