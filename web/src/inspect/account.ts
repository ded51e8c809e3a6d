// Whose device this is at the moment: the officer who signed in last and has not signed out. Kept
// apart from the queue, so that the page opens for the right person without a network. Signing out
// or somebody else's signing in (also in the workbench: shared/session.ts) takes it away.
export interface Account {
  id: string;
  name: string;
  department: string;
  /** Server's clock minus the device's, ms. */
  offset: number;
}
const NAME = 'yz-inspect-account';
const LEAVING = 'yz-inspect-leaving';

export function readAccount(): Account | null {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? 'null') as Account | null;
  } catch {
    return null;
  }
}
export function keepAccount(account: Account): void {
  localStorage.setItem(NAME, JSON.stringify(account));
  localStorage.removeItem(LEAVING);
}
/** pending: the server has not heard of it yet. */
export function forgetAccount(pending: boolean): void {
  localStorage.removeItem(NAME);
  if (pending) localStorage.setItem(LEAVING, '1');
  else localStorage.removeItem(LEAVING);
}
/** Somebody signed out without a network: the session has still to be ended. */
export const leavingPending = (): boolean => localStorage.getItem(LEAVING) !== null;
/** Another tab signed in or out. */
export const isAccountEvent = (event: StorageEvent): boolean => event.key === NAME || event.key === null;
