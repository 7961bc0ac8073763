import "reflect-metadata";
import { createPrivateKey, generateKeyPair, generateKeyPairSync, randomBytes, webcrypto } from "node:crypto";
import { promisify } from "node:util";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A certificate and its private key, PEM. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority, ready to sign. */
export interface CertificateAuthority extends KeyedCertificate {
  readonly parsed: X509Certificate;
  readonly signingKey: webcrypto.CryptoKey;
}

export interface CertificateRequest {
  readonly commonName: string;
  /** Groups of a client. */
  readonly organizations?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly usage: "client" | "server" | "both";
  /** `rsa` (2048 bits, 13 to 154 ms) only where a client library cannot read EC keys. Left out: `ec`. */
  readonly keyType?: "ec" | "rsa";
  /** Left out: one year. */
  readonly validityDays?: number;
}

/** PEM, PKCS#8 and SPKI. */
export interface KeyPairPem {
  readonly privateKey: string;
  readonly publicKey: string;
}

const dayMs = 86_400_000;
/** Other machines' clocks may be behind ours. */
const backdateMs = 5 * 60_000;
const caDays = 3650;
const certificateDays = 365;
const ecAlgorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const rsaAlgorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;
const pemEncoding = {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
} as const;
const generateRsa = promisify(generateKeyPair);

/** A new self-signed authority with a P-256 key, good for ten years. */
export async function createCa(commonName: string): Promise<CertificateAuthority> {
  const pair = ecKeyPair();
  const signingKey = await importPrivateKey(pair.privateKey);
  const publicKey = await importPublicKey(pair.publicKey, ecAlgorithm);
  const parsed = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [commonName] }],
    ...validity(caDays),
    keys: { privateKey: signingKey, publicKey },
    signingAlgorithm: ecAlgorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(publicKey),
      new SubjectAlternativeNameExtension([{ type: "dns", value: commonName }]),
    ],
  });
  return { certificate: pem(parsed), key: pair.privateKey, parsed, signingKey };
}

/** An authority that was made earlier. Its key must be P-256. */
export async function loadCa(stored: KeyedCertificate): Promise<CertificateAuthority> {
  return {
    certificate: stored.certificate,
    key: stored.key,
    parsed: new X509Certificate(stored.certificate),
    signingKey: await importPrivateKey(stored.key),
  };
}

/** A new key and a certificate for it, signed by `ca`. */
export async function issueCertificate(
  ca: CertificateAuthority,
  request: CertificateRequest,
): Promise<KeyedCertificate> {
  const rsa = request.keyType === "rsa";
  const pair = rsa ? await generateRsa("rsa", { modulusLength: 2048, ...pemEncoding }) : ecKeyPair();
  const publicKey = await importPublicKey(pair.publicKey, rsa ? rsaAlgorithm : ecAlgorithm);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: subjectOf(request),
    issuer: ca.parsed.subject,
    ...validity(request.validityDays ?? certificateDays),
    publicKey,
    signingKey: ca.signingKey,
    signingAlgorithm: ecAlgorithm,
    extensions: await extensionsOf(ca, request),
  });
  return { certificate: pem(certificate), key: pair.privateKey };
}

/** The pair that signs service account tokens (ES256). */
export function createServiceAccountKeys(): KeyPairPem {
  return ecKeyPair();
}

function ecKeyPair(): KeyPairPem {
  return generateKeyPairSync("ec", { namedCurve: "P-256", ...pemEncoding });
}

/** One multi-valued O would not be read by clients: each group is an RDN of its own. */
function subjectOf(request: CertificateRequest) {
  return [...(request.organizations ?? []).map(group => ({ O: [group] })), { CN: [request.commonName] }];
}

async function extensionsOf(ca: CertificateAuthority, request: CertificateRequest): Promise<Extension[]> {
  const names: JsonGeneralNames = [
    ...(request.dnsNames ?? []).map(value => ({ type: "dns", value }) as const),
    ...(request.ipAddresses ?? []).map(value => ({ type: "ip", value }) as const),
  ];
  const encipherment = request.keyType === "rsa" ? KeyUsageFlags.keyEncipherment : 0;
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature | encipherment, true),
    new ExtendedKeyUsageExtension(extendedUsages(request.usage)),
    await AuthorityKeyIdentifierExtension.create(ca.parsed.publicKey),
    ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
  ];
}

function extendedUsages(usage: CertificateRequest["usage"]): ExtendedKeyUsage[] {
  if (usage === "client") return [ExtendedKeyUsage.clientAuth];
  if (usage === "server") return [ExtendedKeyUsage.serverAuth];
  return [ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth];
}

function validity(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - backdateMs), notAfter: new Date(now + days * dayMs) };
}

/** 16 random bytes; the top bit cleared and the next set: positive, and never a leading zero. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString("hex");
}

function importPrivateKey(keyPem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(keyPem).export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", der, ecAlgorithm, false, ["sign"]);
}

function importPublicKey(
  keyPem: string,
  algorithm: typeof ecAlgorithm | typeof rsaAlgorithm,
): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(keyPem.replace(/-----[^-]+-----|\s/g, ""), "base64");
  return webcrypto.subtle.importKey("spki", der, algorithm, true, ["verify"]);
}

function pem(certificate: X509Certificate): string {
  return `${certificate.toString("pem").trimEnd()}\n`;
}
