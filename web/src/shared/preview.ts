// A stored file shown in the page. Files are served with a sandbox policy, in which browsers show
// no PDF; a copy in this page's memory may be shown in a frame.
import { onBeforeUnmount, ref, shallowRef } from 'vue';
import { attachmentUrl, type Schemas } from '../api/client';

export function usePreview() {
  const file = shallowRef<Schemas['Attachment'] | null>(null);
  const url = ref('');
  const failed = ref(false);

  function close() {
    if (url.value) URL.revokeObjectURL(url.value);
    url.value = '';
    file.value = null;
    failed.value = false;
  }
  async function show(caseId: string, one: Schemas['Attachment']) {
    close();
    file.value = one;
    try {
      const answer = await fetch(attachmentUrl(caseId, one.id));
      if (!answer.ok) throw new Error(String(answer.status));
      const body = new Blob([await answer.blob()], { type: one.media_type });
      if (file.value === one) url.value = URL.createObjectURL(body);
    } catch {
      failed.value = file.value === one;
    }
  }
  onBeforeUnmount(close);
  return { file, url, failed, show, close };
}
