// ZIP as an outsider reads and writes it: from the central directory, parts stored uncompressed only.
import { crc32 } from 'node:zlib';

/** Map of name to bytes, in the order of the central directory. Throws for anything but plain stored parts. */
export function unzip(bytes) {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('no end of central directory');
  const files = new Map();
  let at = bytes.readUInt32LE(end + 16);
  for (let n = bytes.readUInt16LE(end + 10); n > 0; n--) {
    if (bytes.readUInt32LE(at) !== 0x02014b50) throw new Error('no central entry');
    const [flags, method] = [bytes.readUInt16LE(at + 8), bytes.readUInt16LE(at + 10)];
    const [crc, packed, size] = [16, 20, 24].map((k) => bytes.readUInt32LE(at + k));
    const [nameN, extraN, commentN] = [28, 30, 32].map((k) => bytes.readUInt16LE(at + k));
    const name = bytes.subarray(at + 46, at + 46 + nameN).toString('utf8');
    const local = bytes.readUInt32LE(at + 42);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const data = bytes.subarray(from, from + size);
    if (method !== 0 || packed !== size || (flags & 1) || crc32(data) !== crc) throw new Error(`not plainly stored: ${name}`);
    if (files.has(name)) throw new Error(`twice: ${name}`);
    files.set(name, data);
    at += 46 + nameN + extraN + commentN;
  }
  return files;
}

/** A ZIP of [name, bytes] pairs: names as they are, good or bad. mode: of a Unix file. */
export function zip(entries, mode = 0o100644) {
  const parts = [];
  const central = [];
  let at = 0;
  for (const [name, data] of entries) {
    const raw = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(10, 0);
    common.writeUInt16LE(0x0800, 2);
    common.writeUInt16LE(33, 8);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(raw.length, 22);
    const attributes = Buffer.alloc(14);
    attributes.writeUInt32LE((mode << 16) >>> 0, 6);
    attributes.writeUInt32LE(at, 10);
    central.push(Buffer.from('PK\x01\x02', 'latin1'), Buffer.from([10, 3]), common, attributes, raw);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), common, raw, data);
    at += 30 + raw.length + data.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, directory, end]);
}
