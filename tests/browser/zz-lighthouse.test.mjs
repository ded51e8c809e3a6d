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
  ({ licence } = await server.w.licensed(await server.w.applicant('韩店主')));
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const PAGES = [
  ['home', () => '/'],
  ['guide', () => '/guide/I01?region=150302&I01-Q1=A'],
  ['notice', () => '/notice/I01?region=150302&I01-Q1=A&I01-Q2=B&I01-Q3=C&I01-Q4=B&I01-Q5=A&I01-Q6=D'],
  ['verification', () => `/v/${licence.short_id}`],
];

async function measured(path) {
  const { lhr } = await lighthouse(`${server.base}${path}`, { port, output: 'json', logLevel: 'error', onlyCategories: CATEGORIES, throttlingMethod: 'simulate' });
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
