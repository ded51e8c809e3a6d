// OFD in a reader that is not ours: npm ofd.js 0.2.6 in Chromium. It opens what we make, shows the same as
// the PDF (compared as pictures), and finds the seal; the fonts inside are fonts that a browser takes. Then the
// page where people fetch all this.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { DESK, inspect, openPage, output, PHONE, signInApplicant, startBrowser, startWorld } from './lib.mjs';
import { TWO } from '../integration/lib/world.mjs';

const PHONE_NUMBER = '13912345670';
const require = createRequire(import.meta.url);
const reader = join(dirname(require.resolve('ofd.js/package.json')), 'lib', 'ofd.umd.js');

let world, browser, who, licence, dir;
before(async () => {
  world = await startWorld();
  browser = await startBrowser();
  dir = mkdtempSync(join(tmpdir(), 'yizheng-ofd-'));
  who = await world.w.client().applicant(PHONE_NUMBER, '示例店主');
  const { licence: issued } = await world.w.licensed(who, TWO);
  licence = await who.get(`/api/v1/licences/${issued.number}`);
});
after(async () => {
  await browser?.close();
  await world?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const fetchPaper = (paper) => who.get(`/api/v1/licences/${licence.number}/papers/${paper}`);
const tool = (program, ...args) => execFileSync(program, args, { maxBuffer: 64 << 20 });

/** The font files of an OFD with the name under which the reader asks for them. */
function fontsOf(path) {
  const res = tool('unzip', '-p', path, 'Doc_0/PublicRes.xml').toString('utf8');
  const family = { 宋体: 'SimSun', 黑体: 'SimHei' };
  return [...res.matchAll(/FamilyName="([^"]+)"( Bold="true")?><ofd:FontFile>([^<]+)</g)].map(([, name, bold, file]) => ({
    family: family[name],
    weight: bold ? '700' : '400',
    data: tool('unzip', '-p', path, `Doc_0/Res/${file}`).toString('base64'),
  }));
}

/** Shows an OFD 1200 pixels wide; gives what the reader says of it. */
async function show(page, path) {
  await page.setContent('<!doctype html><title>ofd</title><body style="margin:0;background:#fff"></body>');
  await page.addScriptTag({ path: reader });
  return page.evaluate(async ({ data, fonts }) => {
    const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    for (const f of fonts) document.fonts.add(await new FontFace(f.family, bytes(f.data), { weight: f.weight }).load());
    const docs = await new Promise((success, fail) => window.ofd.parseOfdDocument({ ofd: bytes(data).buffer, success, fail }));
    for (const div of window.ofd.renderOfd(1200, docs[0])) document.body.append(div);
    await document.fonts.ready;
    const sheet = document.body.lastElementChild;
    sheet.id = 'sheet';
    const seal = document.querySelector('[name=seal_img_div]');
    return {
      pages: docs[0].pages.length,
      texts: [...document.querySelectorAll('#sheet svg')].map((s) => s.textContent).filter(Boolean),
      seal: seal && JSON.parse(seal.dataset.sesSignature).toSign.eseal.esealInfo.property.name,
      checked: seal && JSON.parse(seal.dataset.signedInfo).VerifyRet,
    };
  }, { data: readFileSync(path).toString('base64'), fonts: fontsOf(path) });
}

/** How much two pictures differ, both drawn small so that a hair's breadth does not count: 0 to 1. */
const distance = (page, a, b) =>
  page.evaluate(async ([one, two]) => {
    const grey = async (data) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: 300, height: Math.round((300 * image.height) / image.width) });
      const c = canvas.getContext('2d');
      c.imageSmoothingQuality = 'high';
      c.drawImage(image, 0, 0, canvas.width, canvas.height);
      const p = c.getImageData(0, 0, canvas.width, canvas.height).data;
      return Array.from({ length: p.length / 4 }, (_, i) => (p[4 * i] + p[4 * i + 1] + p[4 * i + 2]) / 765);
    };
    const [x, y] = [await grey(one), await grey(two)];
    if (Math.abs(x.length - y.length) > 600) return 1;
    return x.reduce((sum, v, i) => sum + (Math.abs(v - (y[i] ?? 1)) > 0.25 ? 1 : 0), 0) / x.length;
  }, [a.toString('base64'), b.toString('base64')]);

test('ofd.js opens every OFD, shows what the PDF shows, and finds the seal', async () => {
  const page = await openPage(browser, world.base, { width: 1300, height: 1800 });
  for (const { paper } of licence.papers.filter((p) => p.type === 'application/ofd')) {
    const path = join(dir, paper);
    const pdf = path.replace('.ofd', '.pdf');
    writeFileSync(path, await fetchPaper(paper));
    writeFileSync(pdf, await fetchPaper(paper.replace('.ofd', '.pdf')));
    const seen = await show(page, path);
    assert.equal(seen.pages, 1);
    const all = seen.texts.join('').replace(/\s/g, '');
    const permit = licence.permits.find((p) => all.includes(p.number.replace(/\s/g, '')));
    assert.ok(permit && all.includes(licence.uscc) && all.includes(licence.holder.replace(/\s/g, '')), all);
    assert.equal(seen.seal, paper.startsWith('permit') ? permit.department : licence.issuer);
    assert.equal(seen.checked, true, 'the reader checks the signature for itself');
    const shot = await page.locator('#sheet').screenshot({ path: join(output, `ofd-${paper.replace(/-\d+/, '')}.png`) });
    tool('pdftoppm', '-png', '-singlefile', '-scale-to-x', '1200', '-scale-to-y', '-1', pdf, pdf.slice(0, -4));
    const apart = await distance(page, shot, readFileSync(`${pdf.slice(0, -4)}.png`));
    console.log(`# ${paper}: ${(apart * 100).toFixed(2)} % of the picture differs from the PDF`);
    assert.ok(apart < 0.02, `${paper}: ${apart}`);
  }
  await page.context().close();
});

test('the licence page offers all files', async () => {
  for (const [size, viewport] of [['360', PHONE], ['1440', DESK]]) {
    const page = await openPage(browser, world.base, viewport);
    await signInApplicant(page, PHONE_NUMBER, '示例店主');
    await page.goto(`/licences/${licence.number}`);
    await page.getByRole('heading', { name: '下载电子证照' }).waitFor();
    await page.getByText('各项许可自己的电子证照').click();
    for (const p of licence.papers) {
      const link = page.getByRole('link', { name: p.title, exact: true });
      assert.ok((await link.getAttribute('href')).endsWith(`/papers/${p.paper}`));
    }
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /OFD，盖有电子印章/ }).click()]);
    assert.equal(download.suggestedFilename(), `${licence.number}-licence.ofd`);
    await inspect(page, `licence-files-${size}`);
    await page.context().close();
  }
});
