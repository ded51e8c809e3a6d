// Addresses of the portal. The pages of a case are shared with the workbench under the same names.
import { nextTick } from 'vue';
import { createRouter, createWebHistory } from 'vue-router';
import { loadSession, session } from '../shared/session';
import HomePage from './pages/HomePage.vue';
import { text } from './strings';

declare module 'vue-router' {
  interface RouteMeta {
    title?: string;
    private?: boolean;
  }
}

const t = text.titles;
const mine = (title: string) => ({ title, private: true });

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/', name: 'home', component: HomePage, meta: { title: t.home } },
    { path: '/guide/:industry', name: 'guide', component: () => import('./pages/GuidePage.vue'), props: true, meta: { title: t.guide } },
    { path: '/notice/:industry', name: 'notice', component: () => import('./pages/NoticePage.vue'), props: true, meta: { title: t.notice } },
    { path: '/signin', name: 'signin', component: () => import('./pages/SignInPage.vue'), meta: { title: t.signin } },
    { path: '/cases', name: 'cases', component: () => import('./pages/CasesPage.vue'), meta: mine(t.cases ?? '') },
    { path: '/cases/:id', name: 'case', component: () => import('./pages/CasePage.vue'), props: true, meta: mine(t.case ?? '') },
    { path: '/cases/:id/form', name: 'case-form', component: () => import('../shared/case/FormPage.vue'), props: true, meta: mine(t.form ?? '') },
    { path: '/cases/:id/form/:section', name: 'case-section', component: () => import('../shared/case/SectionPage.vue'), props: true, meta: mine(t.form ?? '') },
    { path: '/cases/:id/materials', name: 'case-materials', component: () => import('../shared/case/MaterialsPage.vue'), props: true, meta: mine(t.materials ?? '') },
    { path: '/cases/:id/check', name: 'case-check', component: () => import('../shared/case/CheckPage.vue'), props: true, meta: mine(t.check ?? '') },
    { path: '/cases/:id/done', name: 'case-done', component: () => import('./pages/DonePage.vue'), props: true, meta: mine(t.done ?? '') },
    { path: '/cases/:id/correct', name: 'case-correct', component: () => import('../shared/case/CorrectPage.vue'), props: true, meta: mine(t.correct ?? '') },
    { path: '/licences', name: 'licences', component: () => import('./pages/LicencesPage.vue'), meta: mine(t.licences ?? '') },
    { path: '/licences/:number', name: 'licence', component: () => import('./pages/LicencePage.vue'), props: true, meta: mine(t.licence ?? '') },
    { path: '/messages', name: 'messages', component: () => import('./pages/MessagesPage.vue'), meta: mine(t.messages ?? '') },
    { path: '/verify', name: 'verify', component: () => import('./pages/VerifyPage.vue'), meta: { title: t.verify } },
    { path: '/help', name: 'help', component: () => import('./pages/HelpPage.vue'), meta: { title: t.help } },
    { path: '/:path(.*)*', name: 'missing', component: () => import('./pages/MissingPage.vue'), meta: { title: t.missing } },
  ],
  scrollBehavior: (to, from, saved) => (to.path === from.path ? undefined : (saved ?? { top: 0 })),
});

router.beforeEach(async (to) => {
  if (!session.ready) await loadSession().catch(() => undefined);
  if (to.meta.private && session.user?.kind !== 'applicant') return { name: 'signin', query: { next: to.fullPath } };
  return true;
});

// A new page: its title, and the focus on its heading, so that screen readers say where we are.
router.afterEach(async (to, from) => {
  document.title = to.name === 'home' ? text.name : `${to.meta.title ?? ''} · ${text.name}`;
  if (from.matched.length === 0 || to.path === from.path) return;
  await nextTick();
  setTimeout(() => document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true }), 50);
});
