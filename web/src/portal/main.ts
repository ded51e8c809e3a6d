import { createApp } from 'vue';
import { onSignedOut } from '../api/client';
import { restoreElder, session } from '../shared/session';
import '../shared/tokens.css';
import '../shared/base.css';
import App from './App.vue';
import { restoreLanguage } from './languages';
import { router } from './router';

restoreElder();
onSignedOut(() => {
  const here = router.currentRoute.value;
  session.user = null;
  if (here.meta.private) void router.push({ name: 'signin', query: { next: here.fullPath } });
});
void restoreLanguage().then(() => createApp(App).use(router).mount('#app'));
