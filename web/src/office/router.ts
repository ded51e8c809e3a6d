// Addresses of the workbench. Pages that fill in a case are the portal's own, under the same names.
import { nextTick } from 'vue';
import { createRouter, createWebHistory } from 'vue-router';
import { loadSession, session } from '../shared/session';
import { text } from './strings';

declare module 'vue-router' {
  interface RouteMeta {
    title?: string;
    open?: boolean;
  }
}

const t = text.titles;

export const router = createRouter({
  history: createWebHistory('/office'),
  routes: [
    { path: '/', name: 'home', redirect: () => ({ name: homeOf(session.user?.role) }) },
    { path: '/signin', name: 'signin', component: () => import('./pages/SignInPage.vue'), meta: { title: t.signin, open: true } },
    { path: '/queue', name: 'queue', component: () => import('./pages/QueuePage.vue'), meta: { title: t.queue } },
    { path: '/items/:id', name: 'item', component: () => import('./pages/ItemPage.vue'), props: true, meta: { title: t.item } },
    { path: '/board', name: 'board', component: () => import('./pages/BoardPage.vue'), meta: { title: t.board } },
    { path: '/new/:industry?', name: 'guide', component: () => import('./pages/NewCasePage.vue'), props: true, meta: { title: t.fresh } },
    { path: '/cases', name: 'cases', component: () => import('./pages/CasesPage.vue'), meta: { title: t.cases } },
    { path: '/cases/:id', name: 'case', component: () => import('./pages/CasePage.vue'), props: true, meta: { title: t.case } },
    { path: '/cases/:id/done', name: 'case-done', redirect: (to) => ({ name: 'case', params: to.params }) },
    { path: '/cases/:id/form', name: 'case-form', component: () => import('../shared/case/FormPage.vue'), props: true, meta: { title: t.form } },
    { path: '/cases/:id/form/:section', name: 'case-section', component: () => import('../shared/case/SectionPage.vue'), props: true, meta: { title: t.form } },
    { path: '/cases/:id/materials', name: 'case-materials', component: () => import('../shared/case/MaterialsPage.vue'), props: true, meta: { title: t.materials } },
    { path: '/cases/:id/check', name: 'case-check', component: () => import('../shared/case/CheckPage.vue'), props: true, meta: { title: t.check } },
    { path: '/cases/:id/correct', name: 'case-correct', component: () => import('../shared/case/CorrectPage.vue'), props: true, meta: { title: t.correct } },
    { path: '/licences', name: 'licences', component: () => import('./pages/LicencesPage.vue'), meta: { title: t.licences } },
    { path: '/licences/:number', name: 'licence', component: () => import('./pages/LicencePage.vue'), props: true, meta: { title: t.licence } },
    { path: '/permits', name: 'permits', component: () => import('./pages/PermitsPage.vue'), meta: { title: t.permits } },
    { path: '/permits/:id(\\d+)', name: 'permit', component: () => import('./pages/PermitPage.vue'), props: true, meta: { title: t.permit } },
    { path: '/supervision', name: 'supervision', component: () => import('./pages/SupervisionPage.vue'), meta: { title: t.supervision } },
    { path: '/supervision/:id(\\d+)', name: 'supervision-task', component: () => import('./pages/SupervisionTaskPage.vue'), props: true, meta: { title: t.supervisionTask } },
    { path: '/supervised', name: 'supervised', component: () => import('./pages/SupervisedPage.vue'), meta: { title: t.supervised } },
    { path: '/visits', name: 'visits', component: () => import('./pages/VisitsPage.vue'), meta: { title: t.visits } },
    { path: '/visits/:id(\\d+)', name: 'visit', component: () => import('./pages/VisitPage.vue'), props: true, meta: { title: t.visit } },
    { path: '/items/:item/visit', name: 'visit-new', component: () => import('./pages/VisitNewPage.vue'), props: true, meta: { title: t.visitNew } },
    { path: '/questions', name: 'questions', component: () => import('./pages/QuestionsPage.vue'), meta: { title: t.questions } },
    { path: '/archives', name: 'archives', component: () => import('./pages/ArchivesPage.vue'), meta: { title: t.archives } },
    { path: '/publicity', name: 'publicity', component: () => import('./pages/PublicityPage.vue'), meta: { title: t.publicity } },
    { path: '/ratings', name: 'ratings', component: () => import('./pages/RatingsPage.vue'), meta: { title: t.ratings } },
    { path: '/calendar', name: 'calendar', component: () => import('./pages/CalendarPage.vue'), meta: { title: t.calendar } },
    { path: '/catalog', name: 'catalog', component: () => import('./pages/CatalogPage.vue'), meta: { title: t.catalog } },
    { path: '/catalog/:id(\\d+)', name: 'catalog-draft', component: () => import('./pages/CatalogDraftPage.vue'), props: true, meta: { title: t.catalogDraft } },
    { path: '/process', name: 'process', component: () => import('./pages/ProcessPage.vue'), meta: { title: t.process } },
    { path: '/messages', name: 'messages', component: () => import('./pages/MessagesPage.vue'), meta: { title: t.messages } },
    { path: '/dispatches', name: 'dispatches', component: () => import('./pages/DispatchesPage.vue'), meta: { title: t.dispatches } },
    { path: '/:path(.*)*', name: 'missing', component: () => import('./pages/MissingPage.vue'), meta: { title: t.missing } },
  ],
  scrollBehavior: (to, from, saved) => (to.path === from.path ? undefined : (saved ?? { top: 0 })),
});

/** Where each role starts the day. */
export function homeOf(role: string | undefined): string {
  return { reviewer: 'queue', admin: 'dispatches' }[role ?? ''] ?? 'board';
}

router.beforeEach(async (to) => {
  if (!session.ready) {
    await loadSession().catch(() => undefined);
    if (to.redirectedFrom?.path === '/') return { name: session.user?.kind === 'officer' ? homeOf(session.user.role) : 'signin' };
  }
  if (!to.meta.open && session.user?.kind !== 'officer') return { name: 'signin', query: to.fullPath === '/' ? {} : { next: to.fullPath } };
  return true;
});

router.afterEach(async (to, from) => {
  document.title = `${to.meta.title ?? ''} · ${text.name}`;
  if (from.matched.length === 0 || to.path === from.path) return;
  await nextTick();
  setTimeout(() => document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true }), 50);
});
