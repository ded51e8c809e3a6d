/* check_guide: an industry's own consistency, and that no answers lead nowhere.
 *
 * Only questions that can change the set of permits are tried (others only add notes or
 * prefill); of these every combination is, so "cannot dead-end" is a fact, not a hope.
 */
#include <stdio.h>

#include "domain/catalog/check.h"
#include "domain/catalog/guide_core.h"

enum { COMBINATIONS_MAX = 200000 };

#define BIT(i) (UINT64_C(1) << (i))
#define S(x) (int)((x).n > 80 ? 80 : (x).n), (x).p ? (x).p : ""

static const struct group *group_of(const struct industry *i, struct sv code)
{
    for (size_t k = 0; k < i->n_groups; k++)
        if (sv_eq(i->groups[k].code, code))
            return &i->groups[k];
    return NULL;
}

static bool in_group(const struct group *g, const struct permit_type *p)
{
    for (size_t k = 0; k < g->n_permits; k++)
        if (g->permits[k] == p)
            return true;
    return false;
}

static void check_listing(struct load *l, const struct at *at, const struct industry *i, size_t k)
{
    const struct industry_permit *p = &i->permits[k];
    struct at permit = at_key(at, "permit"), mode = at_key(at, "mode"), group = at_key(at, "group");
    if (!p->permit)
        return;
    for (size_t n = 0; n < k; n++)
        if (i->permits[n].permit == p->permit)
            load_problem(l, &permit, "duplicate_permit", "“%.*s”在本行业列了两次", S(p->permit->name));
    if (p->mode == MODE_REQUIRED && p->permit->retired)
        load_problem(l, &mode, "retired_permit", "“%.*s”已停用，不能是必办", S(p->permit->name));
    const struct group *g = group_of(i, p->group);
    if ((p->mode == MODE_ONE_OF) == sv_empty(p->group))
        load_problem(l, &group, "group_missing", "“二选一”的事项应写明所在的组，其他事项不写");
    else if (!sv_empty(p->group) && (!g || !in_group(g, p->permit)))
        load_problem(l, &group, "unknown_reference", "组“%.*s”不存在，或者没有这个事项", S(p->group));
}

static void check_members(struct load *l, const struct at *up, const char *key,
                          const struct industry *i, const struct permit_type **list, size_t n)
{
    struct at at = at_key(up, key);
    for (size_t k = 0; k < n; k++) {
        struct at here = at_index(&at, k);
        if (guide_index(i, list[k]) < 0)
            load_problem(l, &here, "not_in_industry", "“%.*s”不在行业“%.*s”的事项中",
                         S(list[k]->name), S(i->name));
    }
}

/* ---- prefill ---- */

static bool prefill_ok(const struct field *f, const json_t *v)
{
    int64_t n;
    if (f->type == FIELD_BOOL)
        return json_is_boolean(v);
    if (f->type == FIELD_NUMBER || f->type == FIELD_INTEGER)
        return cond_number(v, &n);
    if (f->type == FIELD_TABLE || f->type == FIELD_PERSON)
        return false;
    if (f->type != FIELD_MULTISELECT) {
        bool found = f->n_options == 0;
        for (size_t k = 0; k < f->n_options; k++)
            found = found || sv_eq(f->options[k].value, json_text(v));
        return json_is_string(v) && found;
    }
    for (size_t k = 0; k < json_array_size(v); k++) {
        bool found = false;
        for (size_t n_ = 0; n_ < f->n_options; n_++)
            found = found || sv_eq(f->options[n_].value, json_text(json_array_get(v, k)));
        if (!found)
            return false;
    }
    return json_array_size(v) > 0;
}

static void check_prefill(struct load *l, const struct at *up, const struct guide_option *o)
{
    struct at at = at_key(up, "prefill");
    const char *key;
    json_t *v;
    json_object_foreach(o->prefill, key, v) {
        struct at here = at_key(&at, key);
        const struct field *f = load_find(l->c, "field", sv_of(key));
        if (!f)
            load_problem(l, &here, "unknown_field", "没有代码为“%.60s”的字段", key);
        else if (!prefill_ok(f, v))
            load_problem(l, &here, "bad_prefill", "预填的值与字段“%.*s”的类型或选项不符", S(f->label));
    }
}

/* ---- questions ---- */

/* show_if may look only at earlier questions of the same industry. */
static bool looks_ahead(const struct cond *c, const struct industry *i, const struct question *q)
{
    if (!c)
        return false;
    for (size_t k = 0; k < c->n_kids; k++)
        if (looks_ahead(c->kids[k], i, q))
            return true;
    if (c->kind == COND_FIELD)
        return true;
    return c->kind == COND_ANSWER && c->question &&
           (c->question < i->questions || c->question >= q);
}

/* unless may look at any question of the same industry. */
static bool looks_away(const struct cond *c, const struct industry *i)
{
    return looks_ahead(c, i, i->questions + i->n_questions);
}

static void check_question(struct load *l, const struct at *at, const struct industry *i,
                           const struct question *q)
{
    struct at show = at_key(at, "show_if"), options = at_key(at, "options");
    if (looks_ahead(q->show_if, i, q))
        load_problem(l, &show, "question_order", "问题的显示条件只能看本行业排在前面的问题");
    for (size_t k = 0; k < q->n_options; k++) {
        const struct guide_option *o = &q->options[k];
        struct at here = at_index(&options, k), redirects = at_key(&here, "redirects");
        struct at exclusive = at_key(&here, "exclusive");
        check_members(l, &here, "add", i, o->add, o->n_add);
        check_members(l, &here, "drop", i, o->drop, o->n_drop);
        for (size_t n = 0; n < o->n_redirect; n++) {
            struct at one = at_index(&redirects, n);
            if (!load_find(l->c, "industry", o->redirect[n]) || sv_eq(o->redirect[n], i->code))
                load_problem(l, &one, "unknown_reference", "不能转到行业“%.*s”", S(o->redirect[n]));
        }
        if (o->exclusive && !q->multi)
            load_problem(l, &exclusive, "rule_does_not_fit", "只有多选题的选项可以排斥其他选项");
        check_prefill(l, &here, o);
    }
}

/* ---- every combination ----
 *
 * Questions that have nothing to do with each other need not be tried together: they are parted
 * into components, connected by conditions, permits, groups and rules. What an answer does to
 * permits, groups and visible questions stays within its component, so trying each component's
 * combinations finds exactly what trying all of them would. */

enum { NODE_PERMIT = GUIDE_MAX, NODE_GROUP = 2 * GUIDE_MAX, NODES = 3 * GUIDE_MAX };

struct walk {
    struct load *l;
    const struct at *at;
    const struct industry *i;
    uint64_t relevant;               /* questions that matter */
    unsigned char parent[NODES];     /* union-find over questions, permits, groups */
    size_t asked[GUIDE_MAX], n_asked; /* questions of the component under work */
    uint64_t permits, questions, groups; /* that belong to it */
    size_t tried;
    bool open;                       /* some combination of it is not blocked */
    bool quiet;                      /* only find out whether it is open */
    uint64_t reached, seen;          /* permits, questions over all combinations */
    uint64_t dead;                   /* groups already reported */
};

static size_t root_of(struct walk *w, size_t n)
{
    while (w->parent[n] != n)
        n = w->parent[n] = w->parent[w->parent[n]];
    return n;
}

static void join(struct walk *w, size_t a, size_t b)
{
    w->parent[root_of(w, a)] = (unsigned char)root_of(w, b);
}

static bool names_question(const struct cond *c, const struct question *q)
{
    if (!c)
        return false;
    for (size_t k = 0; k < c->n_kids; k++)
        if (names_question(c->kids[k], q))
            return true;
    return c->question == q;
}

static bool is_relevant(const struct industry *i, const struct question *q)
{
    for (size_t k = 0; k < q->n_options; k++)
        if (q->options[k].n_add || q->options[k].n_drop)
            return true;
    for (size_t k = 0; k < i->n_questions; k++)
        if (names_question(i->questions[k].show_if, q))
            return true;
    for (size_t k = 0; k < i->n_groups; k++)
        if (names_question(i->groups[k].unless, q))
            return true;
    for (size_t k = 0; k < i->n_system_rules; k++)
        if (names_question(i->system_rules[k].when, q))
            return true;
    return false;
}

static void join_permits(struct walk *w, size_t node, const struct permit_type **list, size_t n)
{
    for (size_t k = 0; k < n; k++)
        join(w, node, (size_t)(NODE_PERMIT + guide_index(w->i, list[k])));
}

/* What question q reaches, and what conditions tie to it. */
static void join_question(struct walk *w, size_t q)
{
    const struct industry *i = w->i;
    const struct question *question = &i->questions[q];
    for (size_t k = 0; k < question->n_options; k++) {
        join_permits(w, q, question->options[k].add, question->options[k].n_add);
        join_permits(w, q, question->options[k].drop, question->options[k].n_drop);
    }
    for (size_t k = 0; k < i->n_questions; k++)
        if (names_question(i->questions[k].show_if, question))
            join(w, q, k);
    for (size_t k = 0; k < i->n_groups && k < GUIDE_MAX; k++)
        if (names_question(i->groups[k].unless, question))
            join(w, q, NODE_GROUP + k);
    for (size_t k = 0; k < i->n_system_rules; k++)
        if (names_question(i->system_rules[k].when, question)) {
            join_permits(w, q, i->system_rules[k].add, i->system_rules[k].n_add);
            join_permits(w, q, i->system_rules[k].drop, i->system_rules[k].n_drop);
        }
}

static void part(struct walk *w)
{
    for (size_t n = 0; n < NODES; n++)
        w->parent[n] = (unsigned char)n;
    for (size_t k = 0; k < w->i->n_groups && k < GUIDE_MAX; k++)
        join_permits(w, NODE_GROUP + k, w->i->groups[k].permits, w->i->groups[k].n_permits);
    for (size_t q = 0; q < w->i->n_questions; q++)
        if (is_relevant(w->i, &w->i->questions[q])) {
            w->relevant |= BIT(q);
            join_question(w, q);
        }
}

/* Take up the component of root, or (root NODES) all that no relevant question touches. */
static void take_component(struct walk *w, size_t root)
{
    uint64_t asked[NODES] = { 0 };
    w->n_asked = w->tried = 0;
    w->permits = w->questions = w->groups = 0;
    w->open = false;
    for (size_t q = 0; q < w->i->n_questions; q++)
        if (w->relevant & BIT(q)) {
            asked[root_of(w, q)] = 1;
            if (root_of(w, q) == root)
                w->asked[w->n_asked++] = q;
        }
    for (size_t n = 0; n < NODES; n++) {
        bool mine = root < NODES ? root_of(w, n) == root : !asked[root_of(w, n)];
        uint64_t *of = n < NODE_PERMIT ? &w->questions : n < NODE_GROUP ? &w->permits : &w->groups;
        if (mine)
            *of |= BIT(n % GUIDE_MAX);
    }
}

/* Next answer to q after `now`: 0 when there is none. Exclusive options stand alone. */
static uint64_t next_answer(const struct question *q, uint64_t now)
{
    uint64_t exclusive = 0, end = q->n_options < GUIDE_MAX ? BIT(q->n_options) : 0;
    for (size_t k = 0; k < q->n_options; k++)
        if (q->options[k].exclusive)
            exclusive |= BIT(k);
    do {
        now = q->multi ? now + 1 : now ? now << 1 : 1;
    } while (now != end && now && (now & exclusive) && (now & (now - 1)));
    return now == end ? 0 : now;
}

/* Which answers lead there, for whoever mends it. */
static void name_answers(const struct walk *w, const struct guide_state *s, char *text, size_t size)
{
    size_t at = 0;
    text[0] = 0;
    for (size_t m = 0; m < w->n_asked && at < size - 60; m++) {
        size_t q = w->asked[m];
        if (!s->selected[q])
            continue;
        const struct question *question = &w->i->questions[q];
        struct sv code = question->options[__builtin_ctzll(s->selected[q])].code;
        at += (size_t)snprintf(text + at, size - at, "%s%.*s=%.*s", at ? "、" : "",
                               S(question->code), S(code));
        at = at < size ? at : size - 1;
    }
}

static void look_at(struct walk *w, const uint64_t *answers)
{
    struct guide_state s;
    struct at groups = at_key(w->at, "groups");
    char text[300];
    guide_solve(w->i, answers, w->l->c->context, &s);
    w->open = w->open || !s.blocked;
    w->reached |= s.permits & w->permits;
    w->seen |= s.visible & w->questions;
    for (size_t k = 0; !s.blocked && !w->quiet && k < w->i->n_groups && k < GUIDE_MAX; k++) {
        const struct group *g = &w->i->groups[k];
        struct at here = at_index(&groups, k);
        if (!(w->groups & BIT(k)) || (w->dead & BIT(k)))
            continue;
        int n = guide_group_count(w->i, g, w->l->c->context, &s);
        if (n < 0 || (n >= g->min && n <= g->max))
            continue;
        w->dead |= BIT(k);
        name_answers(w, &s, text, sizeof text);
        load_problem(w->l, &here, "guide_dead_end",
                     "按答案 %s，组“%.*s”选出%d个事项，应为%lld至%lld个", text, S(g->code), n,
                     (long long)g->min, (long long)g->max);
    }
}

/* A question that is not shown counts as unanswered, whatever its answer: one try is enough. */
static void try_all(struct walk *w, size_t depth, uint64_t *answers)
{
    if (w->tried > COMBINATIONS_MAX)
        return;
    if (depth == w->n_asked) {
        w->tried++;
        look_at(w, answers);
        return;
    }
    size_t q = w->asked[depth];
    const struct question *question = &w->i->questions[q];
    struct cond_env env = { .context = w->l->c->context, .industry = w->i, .selected = answers };
    answers[q] = 0;
    if (!cond_true(question->show_if, &env)) {
        try_all(w, depth + 1, answers);
        return;
    }
    for (uint64_t a = next_answer(question, 0); a; a = next_answer(question, a)) {
        answers[q] = a;
        try_all(w, depth + 1, answers);
    }
    answers[q] = 0;
}

static void report_unreachable(struct walk *w)
{
    struct at permits = at_key(w->at, "permits"), questions = at_key(w->at, "questions");
    for (size_t k = 0; k < w->i->n_permits; k++) {
        struct at here = at_index(&permits, k);
        const struct permit_type *p = w->i->permits[k].permit;
        bool by_rule = false; /* under another context, e.g. an older law */
        for (size_t n = 0; n < w->i->n_system_rules; n++)
            for (size_t m = 0; m < w->i->system_rules[n].n_add; m++)
                by_rule = by_rule || w->i->system_rules[n].add[m] == p;
        if (p && !(w->reached & BIT(k)) && !by_rule)
            load_problem(w->l, &here, "permit_unreachable", "没有任何答案会选出“%.*s”", S(p->name));
    }
    for (size_t k = 0; k < w->i->n_questions; k++) {
        struct at here = at_index(&questions, k);
        if (!(w->seen & BIT(k)))
            load_problem(w->l, &here, "question_unreachable", "问题“%.*s”永远不会显示",
                         S(w->i->questions[k].code));
    }
}

/* false: it has more combinations than we try. */
static bool walk_component(struct walk *w, size_t root)
{
    uint64_t answers[GUIDE_MAX] = { 0 };
    take_component(w, root);
    if (w->n_asked || root == NODES)
        try_all(w, 0, answers);
    return w->tried <= COMBINATIONS_MAX;
}

/* All components, quietly at first: where one is always blocked, no answers lead to a result, and
 * groups are not asked about. */
static void walk_guide(struct load *l, const struct at *at, const struct industry *i)
{
    struct walk w = { .l = l, .at = at, .i = i };
    struct at questions = at_key(at, "questions");
    bool blocks = false, closed = false;
    for (size_t q = 0; q < i->n_questions; q++)
        for (size_t k = 0; k < i->questions[q].n_options; k++)
            blocks = blocks || i->questions[q].options[k].block;
    part(&w);
    for (int pass = blocks ? 0 : 1; pass < 2; pass++) {
        w.quiet = pass == 0 || closed;
        for (size_t root = 0; root <= NODES; root++) {
            if (root < NODES && root_of(&w, root) != root)
                continue;
            if (!walk_component(&w, root)) {
                load_problem(l, &questions, "guide_too_complex",
                             "互相有关的问题的组合超过%d种，请拆分行业或减少问题", COMBINATIONS_MAX);
                return;
            }
            closed = closed || (w.tried && !w.open);
        }
    }
    report_unreachable(&w);
}

void check_industry(struct load *l, const struct at *at, const struct industry *i)
{
    struct at permits = at_key(at, "permits"), groups = at_key(at, "groups");
    struct at questions = at_key(at, "questions"), rules = at_key(at, "system_rules");
    size_t before = l->e->n_problems;
    if (i->n_permits == 0 || i->n_permits > GUIDE_MAX || i->n_questions > GUIDE_MAX) {
        load_problem(l, &permits, "no_permits", "行业应有1到%d个事项，至多%d个问题", GUIDE_MAX,
                     GUIDE_MAX);
        return;
    }
    for (size_t k = 0; k < i->n_permits; k++) {
        struct at here = at_index(&permits, k);
        check_listing(l, &here, i, k);
    }
    for (size_t k = 0; k < i->n_groups; k++) {
        struct at here = at_index(&groups, k), unless = at_key(&here, "unless");
        check_members(l, &here, "permits", i, i->groups[k].permits, i->groups[k].n_permits);
        if (looks_away(i->groups[k].unless, i))
            load_problem(l, &unless, "question_order", "条件只能看本行业的问题");
    }
    for (size_t k = 0; k < i->n_questions; k++) {
        struct at here = at_index(&questions, k);
        check_question(l, &here, i, &i->questions[k]);
    }
    for (size_t k = 0; k < i->n_system_rules; k++) {
        struct at here = at_index(&rules, k), when = at_key(&here, "when");
        check_members(l, &here, "add", i, i->system_rules[k].add, i->system_rules[k].n_add);
        check_members(l, &here, "drop", i, i->system_rules[k].drop, i->system_rules[k].n_drop);
        if (looks_away(i->system_rules[k].when, i))
            load_problem(l, &when, "question_order", "条件只能看本行业的问题");
    }
    if (l->e->n_problems == before) /* the walk trusts what was checked above */
        walk_guide(l, at, i);
}
