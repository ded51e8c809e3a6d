// Checks what a compiler does not: directions of includes, sizes, calls and places that are not allowed,
// routes against the API description, links, migrations. Prints every violation, then
// "lint: N passed, N failed" (rules, not violations).
// usage: node tools/lint.mjs [-v] [ROOT]         (-v also lists what is only long)
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const args = process.argv.slice(2);
const verbose = args[0] === '-v' && args.shift();
const root = args[0] ?? join(dirname(fileURLToPath(import.meta.url)), '..');
const self = 'tools/lint.mjs';

/* What .gitignore names is not ours. */
const SKIP_AT_ROOT = /^(build.*|data|run|test-output|\.git|\.cache)$/;
const SKIP_ANYWHERE = /^(node_modules|dist)$|^\.stamp-|\.log$/;
const TEXT = /\.(c|h|ts|vue|mjs|js|json|md|sh|sql|html|css|txt|build|yml|yaml|service|supp)$|(^|\/)(Makefile|run|LICENSE|\.gitignore)$/;

function walk(dir = '') {
  return readdirSync(join(root, dir), { withFileTypes: true }).flatMap((entry) => {
    const path = dir ? `${dir}/${entry.name}` : entry.name;
    if ((!dir && SKIP_AT_ROOT.test(entry.name)) || SKIP_ANYWHERE.test(entry.name)) return [];
    return entry.isDirectory() ? walk(path) : entry.isFile() ? [path] : [];
  });
}

const files = walk().sort();
const texts = new Map();
const text = (path) => texts.get(path) ?? texts.set(path, readFileSync(join(root, path), 'utf8')).get(path);
const under = (folder, ...endings) => files.filter((f) => f.startsWith(folder) && endings.some((e) => f.endsWith(e)));
const lineOf = (all, at) => all.slice(0, at).split('\n').length;

/** C text with comments (and, when asked, the inside of strings) blanked; lines stay where they are. */
function blank(source, strings) {
  const pattern = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;
  return source.replace(pattern, (m) => {
    if (m[0] === '/') return m.replace(/[^\n]/g, ' ');
    return strings ? m[0] + ' '.repeat(m.length - 2) + m[0] : m;
  });
}

/** Functions of a C file: { name, from, lines }, by this project's style (braces in the first column). */
function functionsOf(path) {
  const lines = blank(text(path), true).split('\n');
  const found = [];
  let start = -1;
  lines.forEach((line, i) => {
    if (line === '{' && start < 0) {
      start = i - 1;
      while (start > 0 && /\S/.test(lines[start - 1]) && !/[;}]\s*$/.test(lines[start - 1]) && !lines[start - 1].startsWith('#')) start--;
    } else if (line === '}' && start >= 0) {
      const head = lines.slice(start, i).join(' ');
      found.push({ name: /(\w+)\s*\(/.exec(head)?.[1] ?? '?', from: start + 1, to: i + 1, lines: i - start + 1 });
      start = -1;
    }
  });
  return found;
}

/* ---- the rules: each returns its violations ---- */

/** "name: what it may include", from docs/architecture.md, which is the truth. */
function layerTable() {
  const block = existsSync(join(root, 'docs/architecture.md')) && /```layers\n([\s\S]*?)```/.exec(text('docs/architecture.md'));
  const table = new Map();
  for (const line of block ? block[1].trim().split('\n') : []) {
    const [name, rest] = line.split(':');
    table.set(name.trim(), new Set((rest ?? '').trim().split(/\s+/).filter(Boolean)));
  }
  return table;
}

const PURE = /^src\/domain\/(law|case|licence|ledger|archive)\//;
const ONLY_IN = [
  [/^(sqlite3\.h|libpq-fe\.h|libpq\/.*)$/, /^src\/db\//],
  [/^microhttpd\.h$/, /^src\/http\//],
  [/^curl\//, /^src\/(job|share)\//],
  [/^xlsxwriter\.h$/, /^src\/sheet\//],
  [/^zip\.h$/, /^src\/(sheet|doc)\//],
  [/^libxml\//, /^src\/(base\/xml|sheet\/xlsx_)/],
  [/^openssl\//, /^src\/sys\//],
  [/^ini\.h$/, /^src\/service\/gateway\.c$/],
];

function includes() {
  const table = layerTable();
  const bad = [];
  if (table.size === 0) bad.push('docs/architecture.md: no fenced block "layers"');
  for (const [name, allowed] of table)
    for (const other of allowed)
      if (!table.has(other)) bad.push(`docs/architecture.md: layer ${name} names the unknown layer ${other}`);
      else if (table.get(other).has(name)) bad.push(`docs/architecture.md: ${name} and ${other} include each other`);
  for (const path of under('src/', '.c', '.h')) {
    const layer = path.split('/')[1];
    if (path.split('/').length > 2 && !table.has(layer)) bad.push(`${path}: the layer ${layer} is not in docs/architecture.md`);
    const source = blank(text(path), false);
    for (const m of source.matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]/gm)) {
      const where = `${path}:${lineOf(source, m.index)}`;
      const [, kind, name] = m;
      for (const [header, place] of ONLY_IN) if (header.test(name) && !place.test(path)) bad.push(`${where}: ${name} may not be included here`);
      if (PURE.test(path) && /^(base\/json\.h|jansson\.h)$/.test(name)) bad.push(`${where}: this part of the domain knows no JSON`);
      if (/(^|\/)tests?\//.test(name) || /^\.\./.test(name) || name.startsWith('test_')) bad.push(`${where}: ${name} is not below src`);
      if (kind !== '"') continue;
      const target = name.split('/')[0];
      if (!existsSync(join(root, 'src', name))) bad.push(`${where}: ${name} is not below src`);
      else if (target !== layer && !table.get(layer)?.has(target)) bad.push(`${where}: ${layer} may not include ${target}`);
    }
  }
  return bad;
}

const FILE_MAX = 1000;
const FILE_LONG = 600;
const FUNCTION_MAX = 120;
const FUNCTION_LONG = 60;
const long = [];

function fileSizes() {
  const written = (f) => !/auto-generated/.test(text(f).slice(0, 200));
  const sized = files.filter((f) => /\.(c|h|ts|vue|mjs)$/.test(f) && written(f));
  return sized.flatMap((path) => {
    const n = text(path).split('\n').length - 1;
    if (n > FILE_LONG) long.push(`${path}: ${n} lines`);
    return n > FILE_MAX ? [`${path}: ${n} lines, more than ${FILE_MAX}`] : [];
  });
}

function functionSizes() {
  const sized = files.filter((f) => /^(src|tests)\/.*\.[ch]$/.test(f));
  return sized.flatMap((path) => functionsOf(path).flatMap((f) => {
    if (f.lines > FUNCTION_LONG) long.push(`${path}:${f.from}: ${f.name} has ${f.lines} lines`);
    return f.lines > FUNCTION_MAX ? [`${path}:${f.from}: ${f.name} has ${f.lines} lines, more than ${FUNCTION_MAX}`] : [];
  }));
}

const BANNED = 'sprintf vsprintf strcpy strcat gets atoi atol atof strtok gmtime localtime rand srand alloca system popen tmpnam mktemp';

function bannedCalls() {
  const call = new RegExp(`(?<![\\w.>])(${BANNED.split(' ').join('|')})\\s*\\(`, 'g');
  return under('src/', '.c', '.h').flatMap((path) => {
    const source = blank(text(path), true);
    return [...source.matchAll(call)].map((m) => `${path}:${lineOf(source, m.index)}: ${m[1]}() is not used here`);
  });
}

const SQL = /"\s*(?:SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|(?:CREATE|DROP|ALTER)\s+(?:TABLE|UNIQUE|INDEX)\b)/g;

/** SQL stands in src/store and src/db; in src/store outside functions, that is in the query tables. */
function sqlPlaces() {
  return under('src/', '.c', '.h').flatMap((path) => {
    if (path.startsWith('src/db/')) return [];
    const source = blank(text(path), false);
    const inStore = path.startsWith('src/store/');
    const bodies = inStore ? functionsOf(path) : [];
    return [...source.matchAll(SQL)].map((m) => lineOf(source, m.index))
      .filter((line) => !inStore || bodies.some((f) => line > f.from && line < f.to))
      .map((line) => `${path}:${line}: SQL belongs in the query table of a store file`);
  });
}

function routes() {
  const bad = [];
  const source = blank(text('src/api/routes.c'), false);
  const table = /API_ROUTES\[\]\s*=\s*\{([\s\S]*?)\n\};/.exec(source)?.[1] ?? '';
  const row = /\{\s*"([A-Z]+)",\s*"([^"]*)",\s*(\w+),\s*([^,]+?),\s*([^,]+?),\s*([^,]+?),\s*"(\w*)"\s*\}/g;
  const rows = [...table.matchAll(row)].map((m) => ({ method: m[1], path: m[2], permission: m[4], operation: m[7] }));
  const written = (table.match(/\{\s*"/g) ?? []).length;
  if (rows.length === 0 || rows.length !== written) bad.push(`src/api/routes.c: ${written} rows, ${rows.length} of them understood`);
  const described = new Map();
  const api = JSON.parse(text('openapi/openapi.json'));
  const ids = new Set();
  for (const [path, item] of Object.entries(api.paths))
    for (const [method, operation] of Object.entries(item)) {
      if (!/^(get|put|post|delete|patch|head|options)$/.test(method)) continue;
      described.set(`${method.toUpperCase()} ${path}`, operation.operationId);
      if (ids.has(operation.operationId)) bad.push(`openapi/openapi.json: operationId ${operation.operationId} twice`);
      ids.add(operation.operationId);
    }
  const seen = new Set();
  for (const r of rows) {
    const key = `${r.method} ${r.path}`;
    if (seen.has(key)) bad.push(`src/api/routes.c: ${key} twice`);
    seen.add(key);
    if (!/^PERM_\w+(\s*\|\s*PERM_\w+)*$/.test(r.permission)) bad.push(`src/api/routes.c: ${key} names no permission`);
    if (r.operation === '') {
      if (described.has(key)) bad.push(`src/api/routes.c: ${key} is described but has no operation`);
    } else if (described.get(key) !== r.operation) {
      bad.push(`src/api/routes.c: ${key} is ${r.operation}, openapi/openapi.json says ${described.get(key) ?? 'nothing'}`);
    }
  }
  for (const [key, id] of described) if (!seen.has(key)) bad.push(`openapi/openapi.json: ${key} (${id}) has no row in src/api/routes.c`);
  return bad;
}

const HAN = /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+/;
const COMMENTS_OF_PAGES = /<!--[\s\S]*?-->|\/\*[\s\S]*?\*\/|(?<![:'"\w])\/\/[^\n]*/g;

/** What people read on the pages stands in the strings files of its part, where another language can replace it. (dictionary.ts is
 * part of a format: nobody reads it.) */
function words() {
  const pages = under('web/src/', '.vue', '.ts').filter((f) => !/(^|[/-])strings\.ts$|\/schema\.d\.ts$|\/verify\/dictionary\.ts$/.test(f) && !f.startsWith('web/src/lang/'));
  return pages.flatMap((path) => text(path).replace(COMMENTS_OF_PAGES, (m) => m.replace(/[^\n]/g, ' ')).split('\n').flatMap((line, i) => {
    const m = HAN.exec(line);
    return m ? [`${path}:${i + 1}: “${m[0]}” belongs in a strings file`] : [];
  }));
}

/* Written in pieces, so that this file does not find itself. */
const MACHINE = new RegExp(`(?<![\\w.*/])/(?:${['wo' + 'rk', 'ro' + 'ot', 't' + 'mp'].join('|')})/`);
const HOSTS = new RegExp([
  'registry\\.npm' + 'js', 'npm' + 'mirror', 'yarn' + 'pkg\\.com', 'deb\\.deb' + 'ian\\.org', 'py' + 'pi\\.org', 'unp' + 'kg\\.com', 'js' + 'delivr',
].join('|'));
const UNFINISHED = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`);

function lines(pattern, chosen, what) {
  return chosen.flatMap((path) => (pattern.test(text(path)) ? text(path).split('\n') : []).flatMap((line, i) => {
    const m = pattern.exec(line);
    return m ? [`${path}:${i + 1}: ${what} “${m[0]}”`] : [];
  }));
}

const textFiles = files.filter((f) => TEXT.test(f));
const machinePaths = () => lines(MACHINE, textFiles.filter((f) => !/^(tests|tools|web\/test)\//.test(f)), "a machine's path");
const registryHosts = () => lines(HOSTS, textFiles, 'a registry');
const unfinished = () => lines(UNFINISHED, textFiles, 'unfinished:');
const resolvedLocks = () => lines(/"resolved"\s*:/, files.filter((f) => /(^|\/)package-lock\.json$/.test(f)), 'a lock file that names a server:');

function links() {
  const pages = files.filter((f) => /^(docs\/.*|[^/]*|src\/.*)\.md$/.test(f));
  return pages.flatMap((path) => {
    const source = text(path).replace(/```[\s\S]*?```/g, (m) => m.replace(/[^\n]/g, ' '));
    return [...source.matchAll(/\]\(([^)\s]+)\)/g)].flatMap((m) => {
      const target = decodeURI(m[1].replace(/[#?].*$/, ''));
      if (target === '' || /^[a-z]+:/i.test(target)) return [];
      const file = normalize(join(dirname(path), target));
      return existsSync(join(root, file)) ? [] : [`${path}:${lineOf(source, m.index)}: the link ${m[1]} leads nowhere`];
    });
  });
}

function migrations() {
  const bad = [];
  const numbers = (engine) => under(`sql/${engine}/`, '').map((f) => {
    const m = /^sql\/\w+\/(\d{4})_[a-z0-9_]+\.sql$/.exec(f);
    if (!m) bad.push(`${f}: not named NNNN_name.sql`);
    return m ? m[0].split('/')[2] : '';
  });
  const [lite, pg] = [numbers('sqlite'), numbers('postgres')];
  if (lite.join() !== pg.join()) bad.push(`sql: sqlite has ${lite}, postgres has ${pg}`);
  for (const [engine, list] of [['sqlite', lite], ['postgres', pg]]) {
    if (list.length === 0) bad.push(`sql/${engine}: no migrations`);
    list.forEach((name, i) => Number(name.slice(0, 4)) === i + 1 || bad.push(`sql/${engine}/${name}: number ${i + 1} was expected`));
  }
  return bad;
}

/** A file that no meson.build names is not built, a test that is not listed does not run. */
function everythingIsBuilt() {
  return files.filter((f) => /^(src|tests\/(unit|bench|fuzz))\/.*\.c$/.test(f)).flatMap((path) => {
    const name = relative(dirname(path), path);
    const list = join(dirname(path).replace('tests/fuzz', 'tests/unit'), 'meson.build');
    const word = /^tests\/(unit|fuzz)\//.test(path) ? name.replace(/^(?:test|fuzz)_(.*)\.c$/, '$1') : name;
    return existsSync(join(root, list)) && text(list).includes(`'${word}'`) ? [] : [`${path}: ${list} does not name it`];
  });
}

const RULES = [
  ['includes run downwards', includes],
  ['files are at most 1000 lines', fileSizes],
  ['functions are at most 120 lines', functionSizes],
  ['no dangerous calls', bannedCalls],
  ['SQL only in query tables', sqlPlaces],
  ['routes and API description agree', routes],
  ['words of the pages in strings files', words],
  ['no paths of one machine', machinePaths],
  ['no registry hosts', registryHosts],
  ['no lock file names a server', resolvedLocks],
  ['nothing marked unfinished', unfinished],
  ['links lead somewhere', links],
  ['migrations are numbered alike', migrations],
  ['every source file is built', everythingIsBuilt],
];

let passed = 0;
let failed = 0;
for (const [name, rule] of RULES) {
  const bad = [...new Set(rule())];
  bad.length ? failed++ : passed++;
  console.log(`${bad.length ? 'FAIL' : 'ok  '} ${name}`);
  for (const line of bad) console.log(`     ${line}`);
}
if (long.length) console.log(`note ${long.length} long files or functions${verbose ? '' : ` (node ${self} -v lists them)`}`);
if (verbose) for (const line of long) console.log(`     ${line}`);
console.log(`lint: ${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
