import {
  type CertificateAuthority,
  createCa,
  issueCertificate,
  type KeyedCertificate,
} from "#base/host/certificates.ts";
import { listenHttps } from "#base/host/http-server.ts";
import type { HttpHandler } from "#base/http.ts";
import { type Log, silentLog } from "#base/log.ts";

/** A handler on a loopback port, behind TLS. */
export interface TestHttps extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** It signed the server's certificate, and signs those of clients. */
  readonly ca: CertificateAuthority;
  /** Where it is and who comes, as `node:tls` and `node:http2` take it. */
  credentials(pair?: KeyedCertificate): TestCredentials;
}

export interface TestCredentials {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

export async function serveHttps(handler: HttpHandler, log: Log = silentLog): Promise<TestHttps> {
  const host = "127.0.0.1";
  const ca = await createCa("test");
  const own = await issueCertificate(ca, { commonName: "server", usage: "server", ipAddresses: [host] });
  const server = await listenHttps({ handler, host, port: 0, ...own, clientCa: ca.certificate, log });
  const { port } = server;
  return {
    port,
    url: `https://${host}:${port}`,
    ca,
    credentials: pair => ({
      ...{ host, port, ca: ca.certificate },
      ...(pair !== undefined && { cert: pair.certificate, key: pair.key }),
    }),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** A certificate for a client. */
export function clientCertificate(
  ca: CertificateAuthority,
  commonName: string,
  organizations: readonly string[] = [],
): Promise<KeyedCertificate> {
  return issueCertificate(ca, { commonName, organizations, usage: "client" });
}
