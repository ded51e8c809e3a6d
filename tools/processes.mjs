// Child processes with a group of their own, for the runners: started, logged, ended with all they began.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

/** Sends a signal to a child and all that it started; none left is no error. */
export function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (e) {
    if (e.code !== 'ESRCH') throw e;
  }
}

/** Starts a command whose output goes to a file: {child, over}; over resolves with the exit status (null: by a
 * signal) when the output is complete. onText gets the output as it comes. */
export function startLogged(command, args, path, options = {}, onText = () => undefined) {
  const log = createWriteStream(path);
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const streams = [child.stdout, child.stderr];
  for (const stream of streams) {
    stream.on('data', (bytes) => {
      log.write(bytes);
      onText(String(bytes));
    });
  }
  const over = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => {
      // Whoever is left of the group would hold the pipes for ever; one outside of it must not either.
      signalGroup(child, 'SIGKILL');
      const patience = setTimeout(() => streams.forEach((s) => s.destroy()), 10000);
      child.once('close', () => {
        clearTimeout(patience);
        log.end(() => resolve(status));
      });
    });
  });
  return { child, over };
}
