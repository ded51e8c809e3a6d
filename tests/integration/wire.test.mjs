// Broken, hostile and endless HTTP over raw sockets (R9.5): a clean 4xx or a close, never a second
// request hidden in the first, never unbounded memory.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { sleep, until } from './lib/env.mjs';
import { startServer } from './lib/server.mjs';
import { exchange } from './lib/socket.mjs';
import { pdf } from './lib/files.mjs';
import { TWO, World } from './lib/world.mjs';

let server, w;
before(async () => {
  server = await startServer();
  w = new World(server);
});
after(async () => {
  assert.ok(server.rss() < 200, `${server.rss()} MB`);
  server.assertLogClean();
  w.close();
  await server.stop();
});
const alive = async () => assert.equal((await w.client().get('/healthz')).status, 'ok');
const send = (text, options) => exchange(server.port, text, options);
const SECRET = 'GET /api/v1/session HTTP/1.1\r\nHost: x\r\n\r\n';
const post = (headers, body = '') => `POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;

/** Each may be refused or closed, but must never be answered twice: that is smuggling. */
const SMUGGLING = {
  'CL and TE': post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${SECRET}`),
  'TE and CL': post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `5c\r\n${SECRET}\r\n0\r\n\r\n`),
  'two different lengths': post('Content-Length: 2\r\nContent-Length: 60\r\n', `{}${SECRET}`),
  'two equal lengths': post('Content-Length: 2\r\nContent-Length: 2\r\n', `{}${SECRET}`),
  'a list of lengths': post('Content-Length: 2, 60\r\n', `{}${SECRET}`),
  'a negative length': post('Content-Length: -1\r\n', SECRET),
  'a signed length': post('Content-Length: +2\r\n', `{}${SECRET}`),
  'a hexadecimal length': post('Content-Length: 0x2\r\n', `{}${SECRET}`),
  'a length that overflows': post('Content-Length: 18446744073709551618\r\n', `{}${SECRET}`),
  'a length with a space inside': post('Content-Length: 1 2\r\n', `{}${SECRET}`),
  'an empty length': post('Content-Length:\r\n', `{}${SECRET}`),
  'two encodings': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', `0\r\n\r\n${SECRET}`),
  'an unknown encoding': post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${SECRET}`),
  'a space before the colon': post('Transfer-Encoding : chunked\r\nContent-Length: 5\r\n', `0\r\n\r\n${SECRET}`),
  'a folded encoding': post('Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n', `0\r\n\r\n${SECRET}`),
  'a folded header': post('X-A: b\r\n Content-Length: 5\r\nContent-Length: 2\r\n', `{}${SECRET}`),
};
for (const [name, bytes] of Object.entries(SMUGGLING))
  test(`smuggling: ${name}`, async () => {
    const r = await send(bytes, { quiet: 400 });
    assert.ok(!r.text.includes('demo_accounts'), `the hidden request was answered: ${r.text.slice(0, 300)}`);
    for (const s of r.statuses) assert.ok(s >= 400 && s < 600, r.text.slice(0, 300));
    // libmicrohttpd writes the head of its own 400 twice; what counts is that the connection ends.
    assert.ok(r.statuses.length <= 1 || r.closed);
    await alive();
  });

const CHUNKS = {
  'no hexadecimal size': 'zz\r\nabc\r\n0\r\n\r\n', 'a negative size': '-5\r\nabcde\r\n0\r\n\r\n', 'a size that overflows': 'ffffffffffffffffff\r\nabc', 'a huge size': '7fffffffffffffff\r\nabc',
  'no line end after the data': '3\r\nabcXX0\r\n\r\n', 'a bare LF': '3\nabc\n0\n\n', 'a NUL in the size': '3\0\r\nabc\r\n0\r\n\r\n', 'an endless extension': `3;${'x'.repeat(100000)}\r\nabc\r\n0\r\n\r\n`,
};
for (const [name, body] of Object.entries(CHUNKS))
  test(`chunks: ${name}`, async () => {
    const r = await send(post('Transfer-Encoding: chunked\r\n', body), { quiet: 400 });
    for (const s of r.statuses) assert.ok(s >= 400 && s < 600, r.text.slice(0, 200));
    await alive();
  });

const HEADS = {
  'nothing': '', 'line ends only': '\r\n'.repeat(1000), 'noise': Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)), 'a TLS hello': Buffer.from('16030100ff010000fb0303', 'hex'),
  'no version': 'GET /\r\n\r\n', 'HTTP/9.9': 'GET / HTTP/9.9\r\nHost: x\r\n\r\n', 'no host': 'GET /api/v1/regions HTTP/1.1\r\n\r\n', 'two hosts': 'GET /api/v1/regions HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'a NUL in the path': 'GET /api\0/v1 HTTP/1.1\r\nHost: x\r\n\r\n', 'a space in the path': 'GET /api v1/regions HTTP/1.1\r\nHost: x\r\n\r\n', 'a long path': `GET /${'a'.repeat(100000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  'a long method': `${'A'.repeat(50000)} / HTTP/1.1\r\nHost: x\r\n\r\n`, 'a header of 1 MB': `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(1 << 20)}\r\n\r\n`,
  '10,000 headers': `GET / HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 10000 }, (_, i) => `X-${i}: ${i}\r\n`).join('')}\r\n`, 'a header without colon': 'GET / HTTP/1.1\r\nHost x\r\n\r\n', 'a NUL in a header': 'GET /api/v1/session HTTP/1.1\r\nHost: x\r\nCookie: yz_session=a\0b\r\n\r\n',
  'a bare CR in a header': 'GET / HTTP/1.1\r\nHost: x\r\nX: a\rSet-Cookie: b\r\n\r\n', '1,000 cookies': `GET /api/v1/session HTTP/1.1\r\nHost: x\r\nCookie: ${'yz_session=x; '.repeat(1000)}\r\n\r\n`,
  'a full URL': 'GET http://evil.example/api/v1/regions HTTP/1.1\r\nHost: x\r\n\r\n', 'CONNECT': 'CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n', 'an upgrade': 'GET /api/v1/regions HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
};
for (const [name, bytes] of Object.entries(HEADS))
  test(`heads: ${name}`, async () => {
    const r = await send(bytes, { quiet: 300 });
    assert.ok(r.statuses.every((s) => s < 500 || s === 501 || s === 505), r.text.slice(0, 200));
    assert.ok(!/\r\nSet-Cookie: b/.test(r.text));
    await alive();
  });

test('pipelined requests are answered in order', async () => {
  const r = await send('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(20), { quiet: 800 });
  assert.deepEqual(r.statuses, Array(20).fill(200));
});

test('a body of 1 GB announced is refused before it comes', async () => {
  const r = await send(post('Content-Length: 1073741824\r\n', 'x'.repeat(1000)), { quiet: 500 });
  assert.deepEqual(r.statuses, [413]);
  assert.match(r.text, /problem\+json/);
});

/** Write a stream of chunks for as long as the server takes them. */
function stream(head, megabytes) {
  return new Promise((resolve) => {
    const s = net.connect(server.port, '127.0.0.1');
    const piece = Buffer.from(`100000\r\n${' '.repeat(1 << 20)}\r\n`);
    let sent = 0;
    let text = '';
    let peak = 0;
    const end = () => {
      s.destroy();
      resolve({ sent, text, peak });
    };
    const more = () => {
      peak = Math.max(peak, server.rss());
      while (sent < megabytes && !s.destroyed) {
        sent++;
        if (!s.write(piece)) return void s.once('drain', more);
      }
      s.write('0\r\n\r\n');
      setTimeout(end, 1000);
    };
    s.on('connect', () => (s.write(head), more()));
    s.on('data', (d) => (text += d.toString('latin1')));
    s.on('error', end);
    s.on('close', end);
  });
}

test('1 GB streamed in chunks: cut off early, memory stays bounded', async () => {
  const json = await stream(post('Transfer-Encoding: chunked\r\n'), 1024);
  assert.ok(json.sent < 64, `took ${json.sent} MB`);
  assert.ok(json.peak < 200, `${json.peak} MB`);
  const who = await w.applicant();
  const c = await w.create(who, TWO);
  const upload = await stream(`POST /api/v1/cases/${c.id}/attachments?material=M-YYZZ&name=a.pdf HTTP/1.1\r\nHost: x\r\nCookie: ${who.cookie}\r\nX-CSRF-Token: ${who.csrf}\r\nTransfer-Encoding: chunked\r\n\r\n`, 1024);
  assert.ok(upload.sent < 128, `took ${upload.sent} MB`);
  assert.ok(upload.peak < 200, `${upload.peak} MB`);
  await alive();
});

test('slow senders: 300 half requests held open do not keep others waiting', async () => {
  const sockets = Array.from({ length: 300 }, (_, i) => {
    const s = net.connect(server.port, '127.0.0.1');
    s.on('error', () => {});
    s.write(i % 2 ? 'GET /api/v1/regions HTTP/1.1\r\nHost: x\r\nX-Slow: ' : post('Content-Length: 1000\r\n', '{'));
    return s;
  });
  const drip = setInterval(() => sockets.forEach((s) => s.writable && s.write('a')), 200);
  await sleep(800);
  const start = Date.now();
  for (let i = 0; i < 20; i++) await alive();
  assert.ok(Date.now() - start < 3000, `${Date.now() - start} ms for 20 answers`);
  assert.ok(server.rss() < 200);
  clearInterval(drip);
  sockets.forEach((s) => s.destroy());
});

test('clients that leave before their answer do no harm', async () => {
  const who = await w.applicant();
  const c = await w.prepare(who, TWO);
  for (let i = 0; i < 30; i++) {
    const s = net.connect(server.port, '127.0.0.1');
    s.on('error', () => {});
    s.write(`GET /api/v1/cases/${c.id} HTTP/1.1\r\nHost: x\r\nCookie: ${who.cookie}\r\n\r\n`, () => s.destroy());
  }
  const body = JSON.stringify({ truth: true });
  const s = net.connect(server.port, '127.0.0.1');
  s.on('error', () => {});
  s.write(`POST /api/v1/cases/${c.id}/submit HTTP/1.1\r\nHost: x\r\nCookie: ${who.cookie}\r\nX-CSRF-Token: ${who.csrf}\r\nIf-Match: "${c.version}"\r\nIdempotency-Key: gone-before-the-answer\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`, () => setTimeout(() => s.destroy(), 5));
  await until('the act took effect all the same', async () => (await who.get(`/api/v1/cases/${c.id}`)).state === 'submitted', 5000);
  const again = await who.call('POST', `/api/v1/cases/${c.id}/submit`, { body: Buffer.from(body), match: c.version, key: 'gone-before-the-answer', headers: { 'Content-Type': 'application/json' } });
  assert.equal(again.status, 200, 'the replay tells the outcome');
  assert.ok(pdf().length);
});

test('a flood of connections and requests: all answered or turned away, none lost', async () => {
  const clients = Array.from({ length: 20 }, () => w.client());
  const answers = await Promise.all(Array.from({ length: 1000 }, (_, i) => clients[i % 20].call('GET', i % 3 ? '/api/v1/regions' : '/api/v1/industries/I03')));
  assert.ok(answers.every((a) => a.status === 200 || a.status === 503));
  assert.ok(answers.filter((a) => a.status === 200).length > 900);
});

test('long public answers are packed for who can unpack them, and say the same; private ones never are', async () => {
  const ask = async (headers) => {
    const r = await exchange(server.port, `GET /api/v1/process HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`);
    const [head, body] = r.text.split(/\r\n\r\n([^]*)/);
    return { head: head.toLowerCase(), body: Buffer.from(body, 'latin1') };
  };
  const plain = await ask('');
  const packed = await ask('Accept-Encoding: br, gzip\r\n');
  assert.ok(plain.body.length > 8192 && !plain.head.includes('content-encoding'));
  assert.match(packed.head, /content-encoding: gzip\r\n[^]*vary: accept-encoding/);
  assert.ok(packed.body.length < plain.body.length / 2, `${packed.body.length} of ${plain.body.length}`);
  assert.deepEqual(gunzipSync(packed.body), plain.body);
  const who = await w.applicant();
  const c = await w.prepare(who, TWO);
  const own = await who.call('GET', `/api/v1/cases/${c.id}/form`, { headers: { 'Accept-Encoding': 'gzip' } });
  assert.ok(own.body.length > 8192 && !own.headers['content-encoding'], `${own.body.length}`);
});
