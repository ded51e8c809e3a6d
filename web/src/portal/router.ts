// Addresses of the portal; titles by their names are in strings.ts. The pages of a case are shared with the workbench under the same names.
import { nextTick, ref } from 'vue';
import { createRouter, createWebHistory } from 'vue-router';
import { loadSession, session } from '../shared/session';
import { beginNotice } from './notice';
import HomePage from './pages/HomePage.vue';
import { text } from './strings';

declare module 'vue-router' {
  interface RouteMeta {
    private?: boolean;
  }
}

const mine = { private: true };
/** The address of a page that could not be opened; ''. */
export const unreachable = ref('');

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/', name: 'home', component: HomePage },
    { path: '/guide/:industry', name: 'guide', component: () => import('./pages/GuidePage.vue'), props: true },
    { path: '/notice/:industry', name: 'notice', component: () => import('./pages/NoticePage.vue'), props: true, beforeEnter: beginNotice },
    { path: '/signin', name: 'signin', component: () => import('./pages/SignInPage.vue') },
    { path: '/cases', name: 'cases', component: () => import('./pages/CasesPage.vue'), meta: mine },
    { path: '/cases/:id', name: 'case', component: () => import('./pages/CasePage.vue'), props: true, meta: mine },
    { path: '/cases/:id/form', name: 'case-form', component: () => import('../shared/case/FormPage.vue'), props: true, meta: mine },
    { path: '/cases/:id/form/:section', name: 'case-section', component: () => import('../shared/case/SectionPage.vue'), props: true, meta: mine },
    { path: '/cases/:id/materials', name: 'case-materials', component: () => import('../shared/case/MaterialsPage.vue'), props: true, meta: mine },
    { path: '/cases/:id/check', name: 'case-check', component: () => import('../shared/case/CheckPage.vue'), props: true, meta: mine },
    { path: '/cases/:id/done', name: 'case-done', component: () => import('./pages/DonePage.vue'), props: true, meta: mine },
    { path: '/cases/:id/correct', name: 'case-correct', component: () => import('../shared/case/CorrectPage.vue'), props: true, meta: mine },
    { path: '/licences', name: 'licences', component: () => import('./pages/LicencesPage.vue'), meta: mine },
    { path: '/licences/:number', name: 'licence', component: () => import('./pages/LicencePage.vue'), props: true, meta: mine },
    { path: '/messages', name: 'messages', component: () => import('./pages/MessagesPage.vue'), meta: mine },
    { path: '/industry/:industry', name: 'publicity', component: () => import('./pages/PublicityPage.vue'), props: true },
    { path: '/register', name: 'register', component: () => import('./pages/RegisterPage.vue') },
    { path: '/register/:number', name: 'register-entry', component: () => import('./pages/RegisterEntryPage.vue'), props: true },
    { path: '/ask', name: 'ask', component: () => import('./pages/AskPage.vue') },
    { path: '/help', name: 'help', component: () => import('./pages/HelpPage.vue') },
    { path: '/:path(.*)*', name: 'missing', component: () => import('./pages/MissingPage.vue') },
  ],
  scrollBehavior: (to, from, saved) => (to.path === from.path ? undefined : (saved ?? { top: 0 })),
});

router.beforeEach(async (to) => {
  // Pages that are open to everybody do not wait to hear who is signed in.
  const known = session.ready ? undefined : loadSession().catch(() => undefined);
  if (to.meta.private) await known;
  if (to.meta.private && session.user?.kind !== 'applicant') return { name: 'signin', query: { next: to.fullPath } };
  return true;
});

/** The focus on the heading of a new page once it is there, unless somebody has moved on inside the page meanwhile. */
async function focusHeading(path: string): Promise<void> {
  for (let round = 0; round < 100 && router.currentRoute.value.path === path; round++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (document.activeElement?.closest('main, dialog')) return;
    const heading = document.querySelector<HTMLElement>('main h1');
    if (heading) return heading.focus({ preventScroll: true });
  }
}

// A new page: its title, and the focus on its heading, so that screen readers say where we are.
router.afterEach(async (to, from) => {
  document.title = to.name === 'home' ? text.name : `${text.titles[String(to.name)] ?? ''} · ${text.name}`;
  if (from.matched.length === 0 || to.path === from.path) return;
  await nextTick();
  void focusHeading(to.path);
});

// A page whose script did not come: without a network the page that one is on stays and says so; with one, the
// program was renewed meanwhile, and the address is opened anew (once).
router.onError((_error, to) => {
  if (!navigator.onLine || sessionStorage.getItem('yz-opened-anew') === to.fullPath) return void (unreachable.value = to.fullPath);
  sessionStorage.setItem('yz-opened-anew', to.fullPath);
  location.assign(to.fullPath);
});
router.afterEach((to) => {
  unreachable.value = '';
  if (sessionStorage.getItem('yz-opened-anew') === to.fullPath) sessionStorage.removeItem('yz-opened-anew');
});
