// How many messages are unread, for the word beside "消息". Asked for when a page opens and once a minute while
// the window is looked at; a failure changes nothing: the number is a convenience.
import { onBeforeUnmount, onMounted, ref, watch } from 'vue';
import { api, csrfHeader, get, type Schemas } from '../api/client';
import { session } from './session';

export type Message = Schemas['Message'];
export const unread = ref(0);
const MINUTE = 60000;

export async function refreshUnread(): Promise<void> {
  if (!session.user) {
    unread.value = 0;
    return;
  }
  try {
    unread.value = (await get(api.GET('/api/v1/messages', { params: { query: { limit: 1 } } }))).unread;
  } catch {
    // Asked again soon.
  }
}

/** In the frame of the pages: keeps the number fresh. */
export function useUnread(): void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const look = () => {
    if (document.visibilityState === 'visible') void refreshUnread();
  };
  onMounted(() => {
    timer = setInterval(look, MINUTE);
    document.addEventListener('visibilitychange', look);
  });
  onBeforeUnmount(() => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
  });
  watch(() => session.user?.id, look, { immediate: true });
}

export async function markRead(message: Message): Promise<void> {
  if (message.read_at) return;
  await get(api.POST('/api/v1/messages/{id}/read', { params: { path: { id: message.id }, header: csrfHeader() } }));
  unread.value = Math.max(0, unread.value - 1);
}

/** Up to the newest that is on the page: what has come since stays unread. */
export async function markAllRead(newest: string): Promise<void> {
  await get(api.POST('/api/v1/messages/read-all', { params: { header: csrfHeader() }, body: { up_to: newest } }));
  await refreshUnread();
}
