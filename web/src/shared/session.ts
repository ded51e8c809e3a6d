// Who is signed in, and the large-type setting: shared by portal and workbench.
import { reactive } from 'vue';
import { api, csrfHeader, get, setCsrf, type Session } from '../api/client';
import { shanghaiDate } from './format';

export const session = reactive({
  ready: false,
  user: null as Session['user'],
  demo: false,
  demoAccounts: [] as NonNullable<Session['demo_accounts']>,
  today: shanghaiDate(new Date()),
  elder: false,
});

/** The phone page of the inspection opens without a network for whoever used it last: not after somebody else came. */
function forgetOtherInspector(user: Session['user']): void {
  const kept = JSON.parse(localStorage.getItem('yz-inspect-account') ?? 'null') as { id: string } | null;
  if (user && kept && kept.id !== user.id) localStorage.removeItem('yz-inspect-account');
}

let changes = 0;
export function setSession(answer: Session): void {
  changes++;
  setCsrf(answer.csrf);
  forgetOtherInspector(answer.user);
  session.user = answer.user;
  session.demo = answer.demo;
  session.demoAccounts = answer.demo_accounts ?? session.demoAccounts;
  session.today = shanghaiDate(new Date(answer.now));
  session.ready = true;
}

let loading: Promise<void> | null = null;
/** Asks who is signed in; an answer that comes after somebody has signed in is out of date. */
export function loadSession(): Promise<void> {
  const before = changes;
  loading ??= get(api.GET('/api/v1/session'))
    .then((answer) => (changes === before ? setSession(answer) : undefined))
    .finally(() => {
      loading = null;
    });
  return loading;
}

export async function signOut(): Promise<void> {
  await get(api.DELETE('/api/v1/session', { params: { header: csrfHeader() } }));
  localStorage.removeItem('yz-inspect-account');
  for (let i = sessionStorage.length - 1; i >= 0; i--) {
    const name = sessionStorage.key(i);
    if (name?.startsWith('yz-')) sessionStorage.removeItem(name);
  }
  await loadSession();
}

export function setElder(on: boolean): void {
  session.elder = on;
  document.documentElement.toggleAttribute('data-elder', on);
  localStorage.setItem('yz-elder', on ? '1' : '');
}
export function restoreElder(): void {
  if (localStorage.getItem('yz-elder')) setElder(true);
}
