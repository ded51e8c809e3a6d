// One caller: cookie, CSRF token, own client address; every answer is compared with the API
// description, and which operations were called is recorded.
import http from 'node:http';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { check } from './openapi.mjs';

let nextAddress = (process.pid * 251) % 60000;

/** 127.x.y.z: throttles per address must not make tests disturb each other. */
export function freshAddress() {
  nextAddress = (nextAddress + 1) % 60000;
  return `127.${1 + Math.floor(Math.random() * 250)}.${Math.floor(nextAddress / 250)}.${1 + (nextAddress % 250)}`;
}

export const newKey = () => randomBytes(12).toString('hex');

export class Client {
  constructor(server, { address = freshAddress() } = {}) {
    this.server = server;
    this.address = address;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
    this.cookie = '';
    this.csrf = '';
    this.user = null;
  }

  /** The bare request: {status, headers, body: Buffer}. A kept connection that the server closed while nothing was
   * asked is no answer: the request never arrived, and goes again on a new one. */
  async raw(method, path, options) {
    try {
      return await this.#once(method, path, options);
    } catch (e) {
      if (!e.idle || !['ECONNRESET', 'EPIPE'].includes(e.code)) throw e;
      return this.#once(method, path, options);
    }
  }

  #once(method, path, { headers = {}, body } = {}) {
    return new Promise((resolve, reject) => {
      const rq = http.request({ host: '127.0.0.1', port: this.server.port, localAddress: this.address, agent: this.agent, method, path, headers }, (rs) => {
        const parts = [];
        rs.on('data', (d) => parts.push(d));
        rs.once('error', reject);
        rs.on('end', () => {
          this.spoke = Date.now();
          resolve({ status: rs.statusCode, headers: rs.headers, body: Buffer.concat(parts) });
        });
      });
      const idle = Date.now() - (this.spoke ?? Date.now()) > 5000;
      rq.setTimeout(60000, () => rq.destroy(new Error(`no answer in 60 s: ${method} ${path}`)));
      rq.once('error', (e) => reject(Object.assign(e, { idle: idle && rq.reusedSocket })));
      rq.end(body);
    });
  }

  /** json: sent as such. match: version for If-Match. key: true = a new Idempotency-Key. */
  async call(method, path, { json, body, match, key, headers = {}, describe = true } = {}) {
    if (this.lasting && this.since !== undefined && this.server.now() - this.since > 11 * 3600e3) {
      this.since = undefined;
      await this.renew();
    }
    const h = { ...headers };
    if (this.cookie && !('Cookie' in h)) h.Cookie = this.cookie;
    if (method !== 'GET' && this.csrf && !('X-CSRF-Token' in h)) h['X-CSRF-Token'] = this.csrf;
    if (match !== undefined) h['If-Match'] = `"${match}"`;
    if (key) h['Idempotency-Key'] = key === true ? newKey() : key;
    let bytes = body;
    if (json !== undefined) {
      bytes = Buffer.from(JSON.stringify(json));
      h['Content-Type'] ??= 'application/json';
    }
    if (bytes !== undefined) h['Content-Length'] ??= bytes.length;
    else if (method !== 'GET') h['Content-Length'] ??= 0;
    for (const k of Object.keys(h)) if (h[k] === null) delete h[k];
    const answer = await this.raw(method, path, { headers: h, body: bytes });
    if (/json/.test(answer.headers['content-type'] ?? '') && answer.body.length) answer.json = JSON.parse(answer.body.toString('utf8'));
    const set = answer.headers['set-cookie']?.[0];
    if (set) this.cookie = /Max-Age=0/.test(set) ? '' : set.split(';')[0];
    if (describe) check(method, path, answer);
    return answer;
  }

  async ok(method, path, options) {
    const a = await this.call(method, path, options);
    assert.ok(a.status >= 200 && a.status < 300, `${method} ${path}: ${a.status} ${a.body.toString('utf8').slice(0, 1500)}`);
    return a.json ?? a.body;
  }

  get(path, options) {
    return this.ok('GET', path, options);
  }

  post(path, json, options = {}) {
    return this.ok('POST', path, { json, ...options });
  }

  /** Sign in with a phone and a fresh code; the account is made when new. */
  async applicant(phone, name = '示例申请人') {
    Object.assign(this, { phone, name });
    const sent = await this.post('/api/v1/codes', { phone });
    return this.#signedIn(await this.post('/api/v1/session/applicant', { phone, code: sent.demo_code, name }));
  }

  /** Sign in again after the clock was moved past the session's end. */
  renew() {
    return this.login ? this.officer(this.login) : this.applicant(this.phone, this.name);
  }

  async officer(login, password = 'yizheng-demo') {
    this.login = login;
    return this.#signedIn(await this.post('/api/v1/session/officer', { login, password }));
  }

  #signedIn(session) {
    this.csrf = session.csrf;
    this.since = this.server.now();
    this.user = session.user;
    return this;
  }

  close() {
    this.agent.destroy();
  }
}

/** A refusal as RFC 9457 says it, with a Chinese sentence. Gives the problem. */
export function assertProblem(answer, status, code, rule) {
  const text = answer.body.toString('utf8').slice(0, 1000);
  assert.equal(answer.status, status, text);
  assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/, text);
  const p = answer.json;
  assert.equal(p.status, status);
  if (code) assert.equal(p.code, code, text);
  if (rule) assert.equal(p.rule, rule, text);
  assert.match(p.type, /^urn:yizheng:problem:/);
  assert.match(p.title, /[\u4e00-\u9fff]/);
  assert.match(p.detail ?? p.title, /[\u4e00-\u9fff]/);
  assert.ok(p.request_id);
  for (const e of p.errors ?? []) assert.match(e.message, /[\u4e00-\u9fff]/);
  return p;
}

/** One pointer's problem within an invalid_input problem. */
export function assertPointer(answer, pointer, code) {
  const p = assertProblem(answer, 422, 'invalid_input');
  const hit = p.errors.find((e) => e.pointer === pointer && (!code || e.code === code));
  assert.ok(hit, `no ${code ?? ''} at ${pointer} in ${JSON.stringify(p.errors)}`);
  return hit;
}
