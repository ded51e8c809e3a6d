import { createApp } from 'vue';
import { restoreElder } from '../shared/session';
import '../shared/tokens.css';
import '../shared/base.css';
import App from './App.vue';

restoreElder();
createApp(App).mount('#app');
// One worker for the page itself and for the addresses in QR codes: without a network those open the
// verifier, which reads what stands behind #. Only the built page has it.
// One after the other: the first fetches the files, the others find them kept.
const SCOPES = ['/verify', '/V/', '/v/'];
async function keepPage(): Promise<void> {
  for (const scope of SCOPES) {
    const registration = await navigator.serviceWorker.register('/verify-sw.js', { scope });
    const worker = registration.installing ?? registration.waiting;
    if (worker) await new Promise<void>((done) => worker.addEventListener('statechange', () => ['activated', 'redundant'].includes(worker.state) && done()));
  }
}
// Without a network there is nothing newer to fetch, and what is kept is left in peace.
if (import.meta.env.PROD && 'serviceWorker' in navigator && navigator.onLine) void keepPage().catch(() => undefined);
