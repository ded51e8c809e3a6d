// An SMS gateway and an SMTP server on loopback, as small as they can be; what they answer is up to the test.
import http from 'node:http';
import net from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// A test that failed before ending its gateway must not keep the file from ending.
const listen = (server) => new Promise((done) => server.unref().listen(0, '127.0.0.1', () => done(server.address().port)));

/** answer(request) gives a status, or null to leave the caller waiting. Everything received is in `got`. */
export class SmsGateway {
  got = [];
  answer = () => 200;

  async up() {
    this.server = http.createServer((rq, rs) => {
      let body = '';
      rq.on('data', (d) => (body += d));
      rq.on('end', async () => {
        const one = { method: rq.method, path: rq.url, key: rq.headers['idempotency-key'], auth: rq.headers.authorization, type: rq.headers['content-type'], ...JSON.parse(body) };
        this.got.push(one);
        const status = await this.answer(one);
        one.status = status;
        if (status !== null) rs.writeHead(status, { 'Content-Type': 'application/json' }).end('{"note":"不应出现在任何记录里"}');
      });
    });
    this.port = await listen(this.server);
    return this;
  }

  get url() {
    return `http://127.0.0.1:${this.port}/send`;
  }

  to(phone) {
    return this.got.filter((one) => one.phone === phone);
  }

  down() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
}

/** refuse[address] = "550 …" is answered to RCPT TO. */
export class MailServer {
  got = [];
  refuse = {};

  async up() {
    this.sockets = new Set();
    this.server = net.createServer((socket) => this.#talk(socket));
    this.port = await listen(this.server);
    return this;
  }

  #talk(socket) {
    let mail = { to: [] };
    let data = null;
    let rest = '';
    const say = (line) => socket.write(`${line}\r\n`);
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
    say('220 mail.test ESMTP');
    const line = (text) => {
      if (data !== null) {
        if (text !== '.') return void data.push(text.replace(/^\./, ''));
        this.got.push({ ...mail, lines: data });
        [mail, data] = [{ to: [] }, null];
        return say('250 taken');
      }
      const verb = text.slice(0, 4).toUpperCase();
      const address = /<(.*)>/.exec(text)?.[1];
      if (verb === 'EHLO' || verb === 'HELO') return say('250 mail.test');
      if (verb === 'MAIL') mail.from = address;
      if (verb === 'RCPT') {
        if (this.refuse[address]) return say(this.refuse[address]);
        mail.to.push(address);
      }
      if (verb === 'DATA') {
        data = [];
        return say('354 go on');
      }
      if (verb === 'QUIT') return socket.end('221 bye\r\n');
      return say('250 ok');
    };
    socket.on('data', (d) => {
      const parts = (rest + d.toString('latin1')).split('\r\n');
      rest = parts.pop();
      parts.forEach(line);
    });
  }

  down() {
    for (const s of this.sockets) s.destroy();
    return new Promise((done) => this.server.close(done));
  }
}

/** Header values and text of a received mail. */
export function readMail(mail) {
  const gap = mail.lines.indexOf('');
  const head = mail.lines.slice(0, gap).join('\r\n').replace(/\r\n /g, ' ').split('\r\n');
  const words = (v) => v.replace(/\?= =\?/g, '?==?').replace(/=\?UTF-8\?B\?(.*?)\?=/g, (_, b) => Buffer.from(b, 'base64').toString('utf8'));
  const headers = Object.fromEntries(head.map((h) => [h.slice(0, h.indexOf(':')).toLowerCase(), words(h.slice(h.indexOf(':') + 2))]));
  return { headers, text: Buffer.from(mail.lines.slice(gap + 1).join(''), 'base64').toString('utf8') };
}

/** notices.ini of a data directory, with the secrets that it names. */
export function configure(data, text, secrets = {}) {
  mkdirSync(join(data, 'keys'), { recursive: true });
  for (const [name, secret] of Object.entries(secrets)) writeFileSync(join(data, 'keys', name), `${secret}\n`, { mode: 0o600 });
  writeFileSync(join(data, 'notices.ini'), text);
}

/** A data-sharing source: enterprises and certificates by USCC; `ill` answers instead when it is set. */
export class ShareSource {
  got = [];
  enterprises = {};
  certificates = {};
  ill = null;

  async up() {
    this.server = http.createServer((rq, rs) => {
      const url = new URL(rq.url, 'http://x');
      const one = { path: url.pathname, names: url.searchParams.get('names'), holder: url.searchParams.get('holder'), auth: rq.headers.authorization, purpose: rq.headers['x-purpose'] };
      this.got.push(one);
      if (this.ill) return void this.ill(rq, rs, one);
      const found = one.holder ? this.certificates[one.holder] && { items: this.certificates[one.holder] } : this.enterprises[url.pathname.split('/').pop()];
      rs.writeHead(found ? 200 : 404, { 'Content-Type': 'application/json' }).end(JSON.stringify(found ?? {}));
    });
    this.port = await listen(this.server);
    return this;
  }

  get url() {
    return `http://127.0.0.1:${this.port}/share`;
  }

  down() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
}
