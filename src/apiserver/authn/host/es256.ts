import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";

/** The one signature that service account tokens use: ECDSA over P-256 with SHA-256, as JOSE encodes it (r then s). */
export interface Es256 {
  /** SHA-256 of the public key's DER, base64url: what `kid` says. */
  readonly keyId: string;
  /** Coordinates of the public key, base64url, as a JWK has them. */
  readonly x: string;
  readonly y: string;
  sign(text: string): Uint8Array;
  verify(text: string, signature: Uint8Array): boolean;
}

export function createEs256(keys: { readonly privateKey: string; readonly publicKey: string }): Es256 {
  const privateKey = createPrivateKey(keys.privateKey);
  const publicKey = createPublicKey(keys.publicKey);
  const jwk = publicKey.export({ format: "jwk" });
  const der = publicKey.export({ type: "spki", format: "der" });
  return {
    keyId: createHash("sha256").update(der).digest("base64url"),
    x: jwk.x!,
    y: jwk.y!,
    sign: text => sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" }),
    verify: (text, signature) =>
      verify("sha256", Buffer.from(text), { key: publicKey, dsaEncoding: "ieee-p1363" }, signature),
  };
}
