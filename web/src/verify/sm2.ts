// SM2 with SM3 as the licences use it: raw r ‖ s, the usual user id. What the library leaves to its
// caller (the range of r and s, keys that are no points) is looked at here.
import { sm2, sm3 } from 'sm-crypto-v2';

const USER_ID = '1234567812345678';
const ORDER = BigInt('0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123');
const inRange = (hex: string): boolean => {
  const n = BigInt(`0x${hex}`);
  return n > BigInt(0) && n < ORDER;
};

export const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** publicHex: 04 ‖ X ‖ Y; signature: 128 hex digits. Anything else is false, never an error. */
export function signedBy(publicHex: string, message: Uint8Array, signature: string): boolean {
  if (!/^04[0-9a-f]{128}$/.test(publicHex) || !/^[0-9a-f]{128}$/.test(signature)) return false;
  if (!inRange(signature.slice(0, 64)) || !inRange(signature.slice(64))) return false;
  try {
    return sm2.doVerifySignature(message, signature, publicHex, { hash: true, userId: USER_ID });
  } catch {
    return false;
  }
}

/** The name of a key everywhere: the first 8 bytes of SM3 over the point. */
export function keyId(publicHex: string): string {
  const bytes = Uint8Array.from(publicHex.match(/../g) ?? [], (two) => parseInt(two, 16));
  return sm3(bytes).slice(0, 16);
}
