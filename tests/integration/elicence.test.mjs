// The files of a licence: PDF on A4 and A3, OFD with metadata and electronic seal, the card of a phone, each
// permit's certificate. Sound by tools that are not ours, verified by ours, refused when changed.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertProblem } from './lib/client.mjs';
import { inflateSync } from 'node:zlib';
import { execFileSync } from 'node:child_process';
import { ENGINES, hasTool, run, yizheng } from './lib/env.mjs';
import { zip } from './lib/files.mjs';
import { startServer } from './lib/server.mjs';
import { TWO, World } from './lib/world.mjs';

const jsQR = createRequire(import.meta.url)('jsqr');
const runBytes = (program, args) => execFileSync(program, args, { maxBuffer: 64 << 20 });
const packed = (text) => text.replace(/\s/g, '');

/** MOD 37,36 of ISO 7064, written a second time. */
function check37(text) {
  let p = 36;
  for (const c of text) p = ((p + parseInt(c, 36)) % 36 || 36) * 2 % 37;
  return '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'[(37 - p) % 36];
}

for (const engine of ENGINES)
  describe(`files of a licence on ${engine}`, () => {
    let server, w, who, dir, licence;
    before(async () => {
      for (const tool of ['qpdf', 'pdftotext', 'pdffonts', 'pdfinfo', 'pdftoppm', 'zbarimg', 'unzip']) assert.ok(hasTool(tool), `${tool} is needed`);
      server = await startServer({ engine });
      w = new World(server);
      who = await w.applicant('示例申请人');
      dir = mkdtempSync(join(tmpdir(), 'yizheng-elicence-'));
      await w.workday();
      const { licence: issued } = await w.licensed(who, TWO);
      licence = await who.get(`/api/v1/licences/${issued.number}`);
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    });

    const url = (paper) => `/api/v1/licences/${licence.number}/papers/${paper}`;
    const tool = (name, ...args) => {
      const r = run(name, args);
      assert.equal(r.code, 0, `${name}: ${r.out}${r.err}`);
      return r.out;
    };
    async function save(paper) {
      const path = join(dir, paper);
      writeFileSync(path, await who.get(url(paper)));
      if (process.env.YZ_KEEP_PAPERS) writeFileSync(join(process.env.YZ_KEEP_PAPERS, `${engine}-${paper}`), readFileSync(path));
      return path;
    }
    const part = (path, name) => tool('unzip', '-p', path, name);
    const verify = (path, ...more) => yizheng(['verify', path, '--data', server.data, ...more]);

    function soundPdf(path, size) {
      tool('qpdf', '--check', path);
      for (const line of tool('pdffonts', path).trim().split('\n').slice(2)) assert.match(line, /\s(yes)\s+(yes|no)\s+(yes|no)\s+\d+\s+\d+$/, `not embedded: ${line}`);
      const [, width, height] = /Page size:\s+([\d.]+) x ([\d.]+)/.exec(tool('pdfinfo', path));
      assert.deepEqual([Number(width), Number(height)].map((pt) => Math.round(pt / 72 * 25.4)), size);
      return packed(tool('pdftotext', '-raw', path, '-'));
    }

    function scanned(path) {
      const base = path.replace(/\.pdf$/, '');
      tool('pdftoppm', '-r', '300', '-gray', '-singlefile', path, base);
      return tool('zbarimg', '-q', '--raw', '-Sdisable', '-Sqrcode.enable', `${base}.pgm`).trim();
    }

    test('the list names all of them, and each can be fetched', async () => {
      const names = licence.papers.map((p) => p.paper);
      assert.deepEqual(names.slice(0, 5), ['licence.ofd', 'licence.pdf', 'licence-a3.pdf', 'licence-a3.ofd', 'card.png']);
      assert.equal(names.length, 5 + 2 * licence.permits.length);
      for (const p of licence.papers) {
        const a = await who.call('GET', url(p.paper));
        assert.equal(a.status, 200, p.paper);
        assert.equal(a.headers['content-type'], p.type);
        const kind = p.paper.endsWith('.ofd') ? 'attachment' : 'inline';
        assert.equal(a.headers['content-disposition'], `${kind}; filename="${licence.number}-${p.paper}"`);
        assert.equal(a.headers['cache-control'], 'private, no-store');
      }
      for (const none of ['licence.doc', 'permit-0.pdf', 'permit-x.ofd', 'permit-1.', 'card.svg', '..', 'licence.pdf.ofd', `permit-${2n ** 64n}.pdf`]) assertProblem(await who.call('GET', url(encodeURIComponent(none))), 404, 'not_found');
      const stranger = await w.applicant('示例路人');
      for (const p of licence.papers) assertProblem(await stranger.call('GET', url(p.paper)), 404, 'not_found');
    });

    test('PDF on A4 and A3: sound, fonts inside, the same text, a code that scans', async () => {
      const a4 = await save('licence.pdf');
      const a3 = await save('licence-a3.pdf');
      assert.deepEqual(await who.get(`/api/v1/licences/${licence.number}/document.pdf`), readFileSync(a4));
      assert.deepEqual(await who.get(url('licence-a3.pdf')), readFileSync(a3), 'reproducible');
      const text = soundPdf(a4, [297, 210]);
      assert.equal(soundPdf(a3, [420, 297]), text);
      for (const piece of [licence.number, licence.uscc, licence.holder, '行业综合许可证', ...licence.permits.map((p) => p.number)]) assert.ok(text.includes(packed(piece)), piece);
      for (const path of [a4, a3]) assert.equal(scanned(path), licence.qr_text);
    });

    test('each permit has its own certificate', async () => {
      for (const entry of licence.papers.filter((p) => /^permit-.*pdf$/.test(p.paper))) {
        const path = await save(entry.paper);
        const text = soundPdf(path, [210, 297]);
        const permit = licence.permits.find((p) => entry.title.startsWith(p.name));
        for (const piece of [permit.number, permit.department, licence.holder, licence.uscc, '示例数据', licence.number]) assert.ok(text.includes(packed(piece)), piece);
        assert.equal(scanned(path), licence.qr_text);
        assert.equal(/1\.2\.156\.3005\.2\.[0-9A-Z.]+/.exec(text)?.[0].split('.').length, 10, text);
      }
    });

    test('OFD: metadata, identifier, index; verified by command', async () => {
      for (const entry of licence.papers.filter((p) => p.type === 'application/ofd')) {
        const path = await save(entry.paper);
        const root = part(path, 'OFD.xml');
        const meta = Object.fromEntries([...root.matchAll(/<ofd:CustomData Name="(\w+)">([^<]*)</g)].map((m) => [m[1], m[2]]));
        const permit = entry.paper.startsWith('permit') ? licence.permits.find((p) => entry.title.startsWith(p.name)) : null;
        assert.equal(meta.ZZBH, permit?.number ?? licence.number);
        assert.equal(meta.CZZT, licence.holder);
        assert.equal(meta.CZZTDM, licence.uscc);
        assert.equal(meta.CZZTDMLXDM, '001');
        assert.equal(meta.ZZBFJG, permit?.department ?? licence.issuer);
        assert.equal(meta.ZZBFRQ, permit?.granted_on ?? licence.issued_on);
        const id = meta.ZZBS.split('.');
        assert.equal(meta.ZZBS.slice(0, 15), '1.2.156.3005.2.');
        assert.deepEqual([id[5], id[6], id[8]], [meta.ZZLXDM, meta.ZZBFJGDM, '001']);
        assert.equal(id[9], check37(id.slice(5, 9).join('')));
        const attached = part(path, 'Doc_0/Attachs/metadata.xml');
        for (const [name, value] of Object.entries(meta)) assert.ok(attached.includes(`<lic:${name}>${value}</lic:${name}>`), name);
        const page = part(path, 'Doc_0/Pages/Page_0/Content.xml');
        const shown = [...part(path, 'Doc_0/Tags/Tag_License.xml').matchAll(/<lic:(\w+)>(.*?)<\/lic:\1>/g)].map((m) => [m[1], [...m[2].matchAll(/>(\d+)</g)].map((r) => r[1])]);
        const texts = (ids) => ids.map((n) => new RegExp(`<ofd:TextObject ID="${n}".*?<ofd:TextCode[^>]*>([^<]*)<`).exec(page)?.[1] ?? '').join('');
        for (const name of ['ZZBH', 'CZZT', 'CZZTDM', 'ZZBFJG']) assert.ok(texts(shown.find((s) => s[0] === name)[1]).includes(meta[name]), `${name} of ${entry.paper}`);
        const good = verify(path);
        assert.equal(good.code, 0, good.out + good.err);
        assert.match(good.out, /核验通过/);
        assert.ok(good.out.includes(meta.ZZBS) && good.out.includes(permit?.department ?? licence.issuer));
      }
    });

    test('OFD that is not what was sealed is refused, and says why', async () => {
      const path = await save('licence.ofd');
      const other = join(dir, 'changed.ofd');
      const unknown = yizheng(['verify', path]);
      assert.equal(unknown.code, 1);
      assert.match(unknown.out, /没有指定根证书/);
      const names = tool('unzip', '-Z1', path).trim().split('\n');
      const files = Object.fromEntries(names.map((name) => [name, runBytes('unzip', ['-p', path, name])]));
      writeFileSync(other, zip(files));
      assert.equal(verify(other).code, 0, 'packed anew, the same files');
      const page = 'Doc_0/Pages/Page_0/Content.xml';
      files[page] = Buffer.from(files[page].toString('utf8').replace(licence.uscc, `9${licence.uscc.slice(1, -1)}0`));
      writeFileSync(other, zip(files));
      const bad = verify(other);
      assert.equal(bad.code, 1, bad.out + bad.err);
      assert.match(bad.out, /不通过：文件被改动过：Doc_0\/Pages\/Page_0\/Content\.xml/);
      writeFileSync(other, 'no archive at all');
      assert.match(verify(other).out, /核验不通过：这不是能读取的OFD文件/);
      assert.equal(yizheng(['verify', join(dir, 'none.ofd')]).code, 3);
      assert.equal(yizheng(['verify', path, '--ca', 'x', '--data', 'y']).code, 2);
    });

    test('the card: 1080 pixels wide, its code read from the picture', async () => {
      const path = await save('card.png');
      const bytes = readFileSync(path);
      assert.equal(bytes.readUInt32BE(16), 1080);
      const height = bytes.readUInt32BE(20);
      assert.ok(height > 1500 && height < 4000, String(height));
      assert.equal(tool('zbarimg', '-q', '--raw', '-Sdisable', '-Sqrcode.enable', path).trim(), licence.qr_text);
      const found = jsQR(pixels(bytes), 1080, height);
      assert.equal(found?.data, licence.qr_text);
    });
  });

/** The pixels of a PNG of 8 bits RGB, as RGBA; its five filters are undone. */
function pixels(bytes) {
  const chunks = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') chunks.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  assert.deepEqual([bytes[24], bytes[25]], [8, 2]);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const raw = inflateSync(Buffer.concat(chunks));
  const stride = 3 * width;
  const out = new Uint8ClampedArray(4 * width * height);
  let before = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    const line = new Uint8Array(stride);
    for (let i = 0; i < stride; i++) {
      const a = i >= 3 ? line[i - 3] : 0;
      const b = before[i];
      const c = i >= 3 ? before[i - 3] : 0;
      const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
      const paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      line[i] = raw[y * (stride + 1) + 1 + i] + [0, a, b, (a + b) >> 1, paeth][filter];
    }
    for (let x = 0; x < width; x++) out.set([line[3 * x], line[3 * x + 1], line[3 * x + 2], 255], 4 * (y * width + x));
    before = line;
  }
  return out;
}
