import { createApp } from 'vue';
import { onSignedOut } from '../api/client';
import { restoreElder } from '../shared/session';
import '../shared/tokens.css';
import '../shared/base.css';
import './inspect.css';
import App from './App.vue';
import { app, start } from './state';

restoreElder();
onSignedOut(() => {
  app.expired = !!app.account;
});
createApp(App).mount('#app');
void start();
// Only the built page has its worker; the worker is new whenever the page is.
if (import.meta.env.PROD && 'serviceWorker' in navigator) void navigator.serviceWorker.register('/inspect-sw.js', { scope: '/inspect' }).catch(() => undefined);
