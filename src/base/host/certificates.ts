import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";
import { isIPv4 } from "node:net";
import { promisify } from "node:util";
import {
  bits,
  boolean,
  children,
  contentOf,
  implicit,
  integer,
  namedBits,
  octets,
  oid,
  sequence,
  set,
  tagged,
  text,
  time,
} from "./der.ts";

/** A certificate and its private key, PEM. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority, ready to sign. */
export interface CertificateAuthority extends KeyedCertificate {
  /** Its name, as the certificates that it signs repeat it: DER. */
  readonly subject: Uint8Array;
  readonly signingKey: KeyObject;
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
const pemEncoding = {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
} as const;
const generateRsa = promisify(generateKeyPair);

const oids = {
  commonName: "2.5.4.3",
  organization: "2.5.4.10",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAlternativeName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
} as const;
/** Bits of the extension keyUsage. */
const keyUsages = { digitalSignature: 0, keyEncipherment: 2, keyCertSign: 5, cRLSign: 6 } as const;

/** A new self-signed authority with a P-256 key, good for ten years. */
export async function createCa(commonName: string): Promise<CertificateAuthority> {
  const pair = ecKeyPair();
  const subject = nameOf([[oids.commonName, commonName]]);
  const signingKey = createPrivateKey(pair.privateKey);
  const publicKey = createPublicKey(pair.publicKey);
  const { digitalSignature, keyCertSign, cRLSign } = keyUsages;
  const certificate = signed(
    { issuer: subject, subject, days: caDays, publicKey },
    [
      critical(oids.basicConstraints, sequence(boolean(true))),
      critical(oids.keyUsage, namedBits([digitalSignature, keyCertSign, cRLSign])),
      extension(oids.subjectKeyIdentifier, octets(keyIdentifier(publicKey))),
      extension(oids.subjectAlternativeName, sequence(dnsName(commonName))),
    ],
    signingKey,
  );
  return { certificate, key: pair.privateKey, subject, signingKey };
}

/** An authority that was made earlier. Its key must be P-256. */
export async function loadCa({ certificate, key }: KeyedCertificate): Promise<CertificateAuthority> {
  return { certificate, key, subject: subjectOfCertificate(certificate), signingKey: createPrivateKey(key) };
}

/** A new key and a certificate for it, signed by `ca`. */
export async function issueCertificate(
  ca: CertificateAuthority,
  request: CertificateRequest,
): Promise<KeyedCertificate> {
  const rsa = request.keyType === "rsa";
  const pair = rsa ? await generateRsa("rsa", { modulusLength: 2048, ...pemEncoding }) : ecKeyPair();
  const certificate = signed(
    {
      issuer: ca.subject,
      subject: subjectOf(request),
      days: request.validityDays ?? certificateDays,
      publicKey: createPublicKey(pair.publicKey),
    },
    extensionsOf(ca, request),
    ca.signingKey,
  );
  return { certificate, key: pair.privateKey };
}

/** True when less than `days` of the certificate's time is left (or it is over). */
export function expiresWithin(certificatePem: string, nowMs: number, days: number): boolean {
  return Date.parse(new X509Certificate(certificatePem).validTo) - nowMs < days * dayMs;
}

/** The pair that signs service account tokens (ES256). */
export function createServiceAccountKeys(): KeyPairPem {
  return ecKeyPair();
}

function ecKeyPair(): KeyPairPem {
  return generateKeyPairSync("ec", { namedCurve: "P-256", ...pemEncoding });
}

interface Statement {
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly days: number;
  readonly publicKey: KeyObject;
}

/** A certificate of version 3 (RFC 5280, section 4.1), PEM. */
function signed(
  { issuer, subject, days, publicKey }: Statement,
  extensions: readonly Uint8Array[],
  signingKey: KeyObject,
): string {
  const algorithm = sequence(oid(oids.ecdsaWithSha256));
  const now = Date.now();
  const content = sequence(
    tagged(0, integer(Uint8Array.of(2))),
    integer(serialNumber()),
    algorithm,
    issuer,
    sequence(time(new Date(now - backdateMs)), time(new Date(now + days * dayMs))),
    subject,
    spkiOf(publicKey),
    tagged(3, sequence(...extensions)),
  );
  return pem(sequence(content, algorithm, bits(sign("sha256", content, signingKey))));
}

/** One multi-valued O would not be read by clients: each group is an RDN of its own. */
function subjectOf(request: CertificateRequest): Uint8Array {
  const groups = (request.organizations ?? []).map(group => [oids.organization, group] as const);
  return nameOf([...groups, [oids.commonName, request.commonName]]);
}

function nameOf(parts: readonly (readonly [string, string])[]): Uint8Array {
  return sequence(...parts.map(([type, value]) => set(sequence(oid(type), text(value)))));
}

function extensionsOf(ca: CertificateAuthority, request: CertificateRequest): readonly Uint8Array[] {
  const names = [...(request.dnsNames ?? []).map(dnsName), ...(request.ipAddresses ?? []).map(ipAddress)];
  const { digitalSignature, keyEncipherment } = keyUsages;
  const usages = request.keyType === "rsa" ? [digitalSignature, keyEncipherment] : [digitalSignature];
  const issuerKey = keyIdentifier(createPublicKey(ca.signingKey));
  return [
    critical(oids.basicConstraints, sequence()),
    critical(oids.keyUsage, namedBits(usages)),
    extension(oids.extendedKeyUsage, sequence(...extendedUsages(request.usage).map(oid))),
    extension(oids.authorityKeyIdentifier, sequence(implicit(0, issuerKey))),
    ...(names.length > 0 ? [extension(oids.subjectAlternativeName, sequence(...names))] : []),
  ];
}

const extension = (id: string, value: Uint8Array) => sequence(oid(id), octets(value));
const critical = (id: string, value: Uint8Array) => sequence(oid(id), boolean(true), octets(value));

const dnsName = (name: string) => implicit(2, Buffer.from(name));

function ipAddress(address: string): Uint8Array {
  return implicit(7, isIPv4(address) ? Uint8Array.from(address.split("."), Number) : ipv6Bytes(address));
}

function ipv6Bytes(address: string): Uint8Array {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1); // Eight groups of hex, one run of zeros as "::".
  const [head, tail = []] = canonical.split("::").map(half => half.split(":").filter(group => group !== "")) as [
    string[],
    string[]?,
  ];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => "0");
  return Uint8Array.from(
    [...head, ...zeros, ...tail].map(group => Number.parseInt(group, 16)).flatMap(group => [group >> 8, group & 0xff]),
  );
}

function extendedUsages(usage: CertificateRequest["usage"]): readonly string[] {
  if (usage === "client") return [oids.clientAuth];
  if (usage === "server") return [oids.serverAuth];
  return [oids.serverAuth, oids.clientAuth];
}

/** SHA-1 of the key's bits: what RFC 5280, section 4.2.1.2, proposes, and others expect. */
function keyIdentifier(publicKey: KeyObject): Uint8Array {
  const [, keyBits] = children(spkiOf(publicKey));
  // After the count of unused bits, which is 0.
  return createHash("sha1").update(contentOf(keyBits!).subarray(1)).digest();
}

const spkiOf = (publicKey: KeyObject): Uint8Array => publicKey.export({ type: "spki", format: "der" });

/** Version, serial number, algorithm, issuer and validity come before it. */
function subjectOfCertificate(certificate: string): Uint8Array {
  const [content] = children(new X509Certificate(certificate).raw);
  return children(content!)[5]!;
}

/** 16 random bytes; the top bit cleared and the next set: positive, and never a leading zero. */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes;
}

function pem(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString("base64")
    .match(/.{1,64}/g)!;
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
