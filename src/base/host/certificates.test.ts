import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type TLSSocket } from "node:tls";
import { describe, expect, test } from "vitest";
import { createCa, issueCertificate, loadCa } from "./certificates.ts";

describe("certificates", () => {
  test("carry subject, names, usage and validity", async () => {
    const ca = await createCa("kubernetes-ca");
    const made = await issueCertificate(ca, {
      commonName: "system:node:n1",
      organizations: ["system:nodes", "extra, with comma"],
      dnsNames: ["n1"],
      ipAddresses: ["198.18.0.2", "::1"],
      usage: "both",
    });
    const parsed = new X509Certificate(made.certificate);
    expect(parsed.subject).toBe("O=system:nodes\nO=extra\\, with comma\nCN=system:node:n1");
    expect(parsed.subjectAltName).toBe("DNS:n1, IP Address:198.18.0.2, IP Address:0:0:0:0:0:0:0:1");
    expect(parsed.ca).toBe(false);
    expect(parsed.verify(new X509Certificate(ca.certificate).publicKey)).toBe(true);
    expect(new X509Certificate(ca.certificate).ca).toBe(true);
    const days = (Date.parse(parsed.validTo) - Date.parse(parsed.validFrom)) / 86_400_000;
    expect(days).toBeGreaterThan(365);
    expect(days).toBeLessThan(365.01);
  });

  test("serve mutual TLS; an RSA client signed by a reloaded authority is accepted, another authority's is not", async () => {
    const ca = await createCa("kubernetes-ca");
    const server = await issueCertificate(ca, { commonName: "api", dnsNames: ["api.test"], usage: "server" });
    const reloaded = await loadCa(ca);
    const client = await issueCertificate(reloaded, {
      commonName: "kubernetes-admin",
      organizations: ["kubeadm:cluster-admins"],
      usage: "client",
      keyType: "rsa",
    });
    const stranger = await issueCertificate(await createCa("other"), { commonName: "x", usage: "client" });
    const listener = createServer({
      cert: server.certificate,
      key: server.key,
      ca: ca.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    });
    listener.on("secureConnection", socket => {
      const subject = socket.getPeerCertificate().subject;
      socket.end(JSON.stringify({ authorized: socket.authorized, cn: subject.CN, o: subject.O }));
    });
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const port = (listener.address() as { port: number }).port;
    const ask = async (pair: { certificate: string; key: string }): Promise<unknown> => {
      const socket: TLSSocket = connect({
        port,
        host: "127.0.0.1",
        servername: "api.test",
        ca: ca.certificate,
        cert: pair.certificate,
        key: pair.key,
      });
      let text = "";
      for await (const chunk of socket) text += chunk;
      return JSON.parse(text);
    };
    expect(await ask(client)).toEqual({ authorized: true, cn: "kubernetes-admin", o: "kubeadm:cluster-admins" });
    expect(await ask(stranger)).toEqual({ authorized: false, cn: "x" });
    listener.close();
  });
});
