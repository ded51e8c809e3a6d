// Bytes over a raw socket, for requests that no HTTP library would send.
import net from 'node:net';

/** Send and read until the server closes, or quiet ms pass. {text, closed, statuses}. */
export function exchange(port, bytes, { quiet = 1500, half = false } = {}) {
  return new Promise((resolve) => {
    const s = net.connect(port, '127.0.0.1');
    let text = '';
    let timer;
    const done = (closed) => {
      clearTimeout(timer);
      s.destroy();
      resolve({ text, closed, statuses: [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((m) => Number(m[1])) });
    };
    const again = () => {
      clearTimeout(timer);
      timer = setTimeout(() => done(false), quiet);
    };
    s.on('connect', () => {
      s.write(bytes);
      if (half) s.end();
      again();
    });
    s.on('data', (d) => {
      text += d.toString('latin1');
      again();
    });
    s.on('error', () => done(true));
    s.on('close', () => done(true));
  });
}
