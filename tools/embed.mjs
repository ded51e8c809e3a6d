// Writes one C file that holds every resource the program carries inside: SQL migrations,
// the API description, the shipped catalogue and the built web pages (as they are and gzipped).
// usage: node tools/embed.mjs SOURCE_ROOT OUTPUT.c
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

const [root, output] = process.argv.slice(2);
const folders = ['sql', 'openapi', 'catalog', 'web/dist'];

function* files(dir) {
  if (!existsSync(dir)) return;
  for (const name of readdirSync(dir).sort()) {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}

function literal(bytes) {
  const lines = [];
  for (let i = 0; i < bytes.length; i += 24) lines.push([...bytes.subarray(i, i + 24)].join(','));
  return lines.join(',\n');
}

let arrays = '';
let table = '';
let count = 0;
for (const folder of folders) {
  for (const path of files(join(root, folder))) {
    const body = readFileSync(path);
    const packed = gzipSync(body, { level: 9 });
    const useGzip = packed.length < body.length * 0.9;
    const name = relative(root, path).replace(/^web\/dist\//, 'web/');
    const etag = createHash('sha256').update(body).digest('hex').slice(0, 16);
    arrays += `static const unsigned char body_${count}[] = {\n${literal(body)}${body.length ? ',' : ''}0};\n`;
    if (useGzip) arrays += `static const unsigned char gz_${count}[] = {\n${literal(packed)}};\n`;
    table += `    { "${name}", body_${count}, ${body.length}, ${useGzip ? `gz_${count}` : '0'}, ${useGzip ? packed.length : 0}, "${etag}" },\n`;
    count++;
  }
}
const text = `/* Made by tools/embed.mjs. Do not edit. */
#include "sys/embed.h"
${arrays}
const struct embed_file EMBED_FILES[] = {
${table}    { 0, 0, 0, 0, 0, 0 },
};
const size_t EMBED_COUNT = ${count};
`;
mkdirSync(join(output, '..'), { recursive: true });
if (!existsSync(output) || readFileSync(output, 'utf8') !== text) writeFileSync(output, text);
