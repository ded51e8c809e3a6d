// Lighthouse on the pages that everybody meets first, as a phone with a slow network (its own simulated
// throttling): at least 95 for performance, accessibility and best practices. Whatever else the machine does
// can only make a page look slower than it is, so one that is below is measured again, up to five times, and its best counts.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import lighthouse from 'lighthouse';
import { output, startBrowser, startWorld } from './lib.mjs';

const LEAST = 95;
const RUNS = 5;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
/** Lighthouse makes the processor four times slower to get from an ordinary laptop to a simple phone, and asks to choose less
 * on a host that is slower than that. What such a laptop is assumed to take for the work below; its own index looks at
 * scripts alone, and what is slow on virtual machines is laying out text. */
const FACTOR = 4;
const LAPTOP_MS = 45;
/** Lighthouse's slow 4G, as it is by default. */
const SLOW_4G = { rttMs: 150, throughputKbps: 1638.4, requestLatencyMs: 562.5, downloadThroughputKbps: 1474.56, uploadThroughputKbps: 675 };
let factor;
let server;
let browser;
let port;
let licence;

const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address();
      probe.close(() => resolve(free));
    });
  });

before(async () => {
  server = await startWorld();
  port = await freePort();
  browser = await startBrowser([`--remote-debugging-port=${port}`]);
  const ms = await layoutTime();
  factor = Math.max(1, Math.min(FACTOR, (FACTOR * LAPTOP_MS) / ms));
  console.log(`layout ${ms.toFixed(0)} ms: processor slowed down by ${factor.toFixed(1)}`);
  ({ licence } = await server.w.licensed(await server.w.applicant('韩店主')));
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Milliseconds for laying out 24,000 Chinese characters, the middle of nine rounds. */
async function layoutTime() {
  const page = await browser.newPage();
  await page.setContent('<body lang="zh-CN" style="font-family: sans-serif; width: 360px"></body>');
  const rounds = await page.evaluate(() =>
    Array.from({ length: 9 }, (_, round) => {
      const from = performance.now();
      const box = document.createElement('div');
      for (let i = 0; i < 400; i++) {
        const p = document.createElement('p');
        p.textContent = String.fromCharCode(...Array.from({ length: 60 }, (__, j) => 0x4e00 + ((i * 977 + j * 131 + round * 17) % 6000)));
        box.append(p);
      }
      document.body.replaceChildren(box);
      box.getBoundingClientRect();
      return performance.now() - from;
    }),
  );
  await page.close();
  return rounds.sort((a, b) => a - b)[4];
}

const PAGES = [
  ['home', () => '/'],
  ['guide', () => '/guide/I01?region=150302&I01-Q1=A'],
  ['notice', () => '/notice/I01?region=150302&I01-Q1=A&I01-Q2=B&I01-Q3=C&I01-Q4=B&I01-Q5=A&I01-Q6=D'],
  ['verification', () => `/v/${licence.short_id}`],
];

async function measured(path) {
  const { lhr } = await lighthouse(`${server.base}${path}`, { port, output: 'json', logLevel: 'error', onlyCategories: CATEGORIES, throttlingMethod: 'simulate', throttling: { ...SLOW_4G, cpuSlowdownMultiplier: factor } });
  assert.equal(lhr.runtimeError, undefined, `lighthouse: ${lhr.runtimeError?.message}`);
  const scores = Object.fromEntries(CATEGORIES.map((name) => [name, Math.round((lhr.categories[name].score ?? 0) * 100)]));
  return { lhr, scores, least: Math.min(...Object.values(scores)) };
}

/** What keeps a category from the full score, for whoever has to mend it. */
function faults({ lhr }) {
  const refs = CATEGORIES.flatMap((name) => lhr.categories[name].auditRefs.filter((ref) => ref.weight > 0));
  return refs.map((ref) => lhr.audits[ref.id]).filter((audit) => audit.score !== null && audit.score < 0.9).map((audit) => `${audit.id} ${audit.displayValue ?? ''} ${JSON.stringify(audit.details?.items?.slice(0, 2) ?? []).slice(0, 300)}`);
}

for (const [name, path] of PAGES) {
  test(`lighthouse: ${name}`, async (t) => {
    let best;
    for (let run = 0; run < RUNS && !(best?.least >= LEAST); run++) {
      if (run) await sleep(run * 2000);
      const now = await measured(path());
      t.diagnostic(`${name}: ${CATEGORIES.map((category) => `${category} ${now.scores[category]}`).join(', ')}`);
      if (!best || now.least > best.least) best = now;
    }
    writeFileSync(join(output, `lighthouse-${name}.json`), JSON.stringify(best.lhr));
    for (const category of CATEGORIES) assert.ok(best.scores[category] >= LEAST, `${name}: ${category} is ${best.scores[category]}\n${faults(best).join('\n')}`);
  });
}
