// The API description against real answers: a validator for the part of JSON Schema 2020-12 that
// openapi.json uses (anything else in it is an error here), and a record of operations called.
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, RUN_DIR } from './env.mjs';

export const api = JSON.parse(readFileSync(join(ROOT, 'openapi', 'openapi.json'), 'utf8'));
const KNOWN = new Set(['type', 'properties', 'required', 'items', 'enum', 'const', 'anyOf', 'allOf', '$ref', 'additionalProperties', 'format', 'pattern', 'minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'description', 'title', 'default', 'examples', 'example', 'contentMediaType', 'contentEncoding']);
const FORMATS = {
  date: /^\d{4}-\d{2}-\d{2}$/,
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?\+08:00$/,
};

const resolve = (schema) => {
  let s = schema;
  while (s?.$ref) s = s.$ref.split('/').slice(1).reduce((o, k) => o[k.replace(/~1/g, '/').replace(/~0/g, '~')], api);
  return s;
};

const kindOf = (v) => (v === null ? 'null' : Array.isArray(v) ? 'array' : Number.isInteger(v) ? 'integer' : typeof v);
const isKind = (v, t) => kindOf(v) === t || (t === 'number' && typeof v === 'number');

/** Names of members in an answer that the description does not know: drift as well. */
const strays = new Set();

export function faults(schema, value, at = '', out = [], part = false) {
  const s = resolve(schema);
  if (s === undefined || s === true) return out;
  for (const k of Object.keys(s)) if (!KNOWN.has(k)) out.push(`${at}: schema keyword ${k} is not understood by this validator`);
  if (s.anyOf && s.anyOf.every((o) => faults(o, value, at).length)) out.push(`${at}: none of anyOf: ${JSON.stringify(value)?.slice(0, 120)}`);
  for (const o of s.allOf ?? []) faults(o, value, at, out, true);
  if (s.type && ![s.type].flat().some((t) => isKind(value, t))) {
    out.push(`${at}: is ${kindOf(value)}, should be ${s.type}`);
    return out;
  }
  if (s.enum && !s.enum.includes(value)) out.push(`${at}: ${JSON.stringify(value)} is none of ${s.enum}`);
  if ('const' in s && s.const !== value) out.push(`${at}: should be ${s.const}`);
  if (typeof value === 'string') {
    if (FORMATS[s.format] && !FORMATS[s.format].test(value)) out.push(`${at}: ${value} is no ${s.format}`);
    if (s.pattern && !new RegExp(s.pattern, 'u').test(value)) out.push(`${at}: ${value} does not match ${s.pattern}`);
    if (value.length < (s.minLength ?? 0) || value.length > (s.maxLength ?? Infinity)) out.push(`${at}: length ${value.length}`);
  }
  if (typeof value === 'number' && (value < (s.minimum ?? -Infinity) || value > (s.maximum ?? Infinity))) out.push(`${at}: ${value} out of range`);
  if (Array.isArray(value)) value.forEach((v, i) => s.items && faults(s.items, v, `${at}/${i}`, out));
  if (kindOf(value) === 'object') members(s, value, at, out, part);
  return out;
}

/** All named members, those of allOf and anyOf included. */
const named = (schema) => {
  const s = resolve(schema);
  return [...Object.keys(s?.properties ?? {}), ...[...(s?.allOf ?? []), ...(s?.anyOf ?? [])].flatMap(named)];
};

function members(s, value, at, out, part) {
  const all = named(s);
  for (const k of s.required ?? []) if (!(k in value)) out.push(`${at}: lacks ${k}`);
  for (const [k, v] of Object.entries(value)) {
    if (s.properties?.[k]) faults(s.properties[k], v, `${at}/${k}`, out);
    else if (s.additionalProperties === false) out.push(`${at}: has unknown ${k}`);
    else if (s.additionalProperties && s.additionalProperties !== true) faults(s.additionalProperties, v, `${at}/${k}`, out);
    else if (!part && all.length && !s.additionalProperties && !all.includes(k)) strays.add(`${at.replace(/\/\d+/g, '/#')}/${k}`);
  }
}

export const straysSeen = () => [...strays].sort();

const table = Object.entries(api.paths).flatMap(([path, methods]) =>
  Object.entries(methods).filter(([, op]) => op.operationId).map(([method, op]) => ({
    id: op.operationId, method: method.toUpperCase(), op,
    // Literal segments before parameters, so that /licences/{n}/status is not /licences/{n}.
    re: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`, path.startsWith('/v') ? 'i' : ''),
  })));

export const operations = table.map((o) => o.id);
const coverageDir = join(RUN_DIR, `coverage-${process.env.YZ_RUN ?? process.ppid}`);
const called = new Set();

function record(id) {
  if (called.has(id)) return;
  called.add(id);
  mkdirSync(coverageDir, { recursive: true });
  appendFileSync(join(coverageDir, String(process.pid)), `${id}\n`);
}

/** Operations called with success by any test file of this run, and how many files took part. */
export function coverage() {
  const files = existsSync(coverageDir) ? readdirSync(coverageDir) : [];
  return { files: files.length, called: new Set(files.flatMap((f) => readFileSync(join(coverageDir, f), 'utf8').trim().split('\n'))) };
}

/** Compare one answer with the description. */
export function check(method, path, answer) {
  const hit = table.find((o) => o.method === method && o.re.test(path.split('?')[0]));
  if (!hit) return;
  const described = resolve(hit.op.responses[answer.status] ?? hit.op.responses.default);
  if (answer.status < 300) {
    assert.ok(hit.op.responses[answer.status], `${hit.id}: ${answer.status} is not described`);
    record(hit.id);
  }
  const type = (answer.headers['content-type'] ?? '').split(';')[0];
  if (!answer.body.length) return;
  const media = described?.content?.[type] ?? described?.content?.['*/*'];
  assert.ok(media, `${hit.id} ${answer.status}: ${type} is not described`);
  if (answer.json === undefined) return;
  const found = faults(media.schema ?? true, answer.json);
  assert.deepEqual(found, [], `${hit.id} ${answer.status} differs from openapi.json`);
}
