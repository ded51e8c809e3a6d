/* guide: see guide.h. */
#include "domain/catalog/guide.h"

#include "domain/catalog/guide_paths.h"

#define BIT(i) (UINT64_C(1) << (i))

/* One run under work. */
struct run {
    const struct catalog *c;
    const struct industry *ind;
    const json_t *context;
    struct arena *a;
    struct guide_result *out;
    const struct guide_state *s;
    uint64_t unsure;  /* visible questions answered with "?" */
    uint64_t certain; /* permits that every answer to those needs */
};

/* ---- reading the answers ---- */

static void read_answer(const struct question *q, const json_t *v, struct sv ptr, uint64_t *mask,
                        struct err *e)
{
    bool exclusive = false;
    if (!json_is_array(v)) {
        err_problem(e, ptr, "wrong_type", "问题的答案应为选项代码的列表");
        return;
    }
    for (size_t i = 0; i < json_array_size(v) && i < GUIDE_MAX; i++) {
        struct sv code = json_text(json_array_get(v, i));
        size_t k = 0;
        while (k < q->n_options && !sv_eq(q->options[k].code, code))
            k++;
        if (k == q->n_options) {
            err_problem(e, json_pointer_at(e->arena, ptr, i), "unknown_option",
                        "问题“%.*s”没有这个选项", (int)q->text.n, q->text.p);
            continue;
        }
        *mask |= BIT(k);
        exclusive = exclusive || q->options[k].exclusive;
    }
    if (json_array_size(v) > 1 && !q->multi)
        err_problem(e, ptr, "too_many_answers", "问题“%.*s”只能选一项", (int)q->text.n, q->text.p);
    else if (exclusive && (*mask & (*mask - 1)))
        err_problem(e, ptr, "contradictory_answers", "问题“%.*s”选了“没有”就不能再选其他项",
                    (int)q->text.n, q->text.p);
}

/* ["?"]: I do not know. */
static bool says_unsure(const json_t *v)
{
    return json_array_size(v) == 1 && sv_is(json_text(json_array_get(v, 0)), "?");
}

static int read_answers(const struct industry *ind, const json_t *answers, uint64_t *masks,
                        uint64_t *unsure, struct err *e)
{
    const char *key;
    json_t *v;
    if (answers && !json_is_object(answers)) {
        err_problem(e, SV("/answers"), "wrong_type", "答案应为对象");
        return ERR_INVALID;
    }
    json_object_foreach((json_t *)(uintptr_t)answers, key, v) {
        struct sv ptr = json_pointer(e->arena, SV("/answers"), sv_of(key));
        size_t i = 0;
        while (i < ind->n_questions && !sv_is(ind->questions[i].code, key))
            i++;
        if (i < ind->n_questions && says_unsure(v))
            *unsure |= BIT(i);
        else if (i < ind->n_questions)
            read_answer(&ind->questions[i], v, ptr, &masks[i], e);
        else
            err_problem(e, ptr, "unknown_question", "行业“%.*s”没有问题“%.40s”", (int)ind->name.n,
                        ind->name.p, key);
    }
    return e->n_problems ? ERR_INVALID : 0;
}

/* The catalogue's context with the caller's members over it. New reference. */
static json_t *merged_context(const struct catalog *c, const json_t *over)
{
    json_t *all = c->context ? json_copy(c->context) : json_object();
    if (json_is_object(over))
        json_object_update(all, (json_t *)(uintptr_t)over);
    return all;
}

/* ---- why ---- */

static struct guide_reason *add_reason(struct run *r, struct guide_reason **list, size_t *n,
                                       size_t cap)
{
    if (!*list)
        *list = arena_array(r->a, cap, sizeof **list);
    return *n < cap ? &(*list)[(*n)++] : NULL;
}

static bool lists(const struct permit_type **list, size_t n, const struct permit_type *p)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == p)
            return true;
    return false;
}

enum { WHY_MAX = 16, DROPS_MAX = 24 };

#define S(x) (int)(x).n, (x).p ? (x).p : ""

static void explain(struct run *r, struct guide_permit *gp)
{
    const struct industry *ind = r->ind;
    struct guide_reason *why;
    struct cond_env env = { .context = r->context, .industry = ind, .selected = r->s->selected };
    if (gp->listing->mode == MODE_REQUIRED &&
        (why = add_reason(r, &gp->why, &gp->n_why, WHY_MAX)))
        why->text = arena_printf_sv(r->a, "开办%.*s必须办理。说明：%.*s", S(ind->name),
                                    S(gp->listing->mode_source));
    for (size_t i = 0; i < ind->n_questions; i++)
        for (size_t k = 0; r->s->selected[i] && k < ind->questions[i].n_options; k++) {
            const struct question *q = &ind->questions[i];
            const struct guide_option *o = &q->options[k];
            if ((r->s->selected[i] & BIT(k)) && lists(o->add, o->n_add, gp->permit) &&
                (why = add_reason(r, &gp->why, &gp->n_why, WHY_MAX)))
                *why = (struct guide_reason){
                    q, o, arena_printf_sv(r->a, "您在“%.*s”中选择了“%.*s”", S(q->text), S(o->label))
                };
        }
    for (size_t i = 0; i < ind->n_system_rules; i++)
        if (lists(ind->system_rules[i].add, ind->system_rules[i].n_add, gp->permit) &&
            cond_true(ind->system_rules[i].when, &env) &&
            (why = add_reason(r, &gp->why, &gp->n_why, WHY_MAX)))
            why->text = ind->system_rules[i].note;
}

/* It depends on open questions: on which answers. */
static void explain_maybe(struct run *r, struct guide_permit *gp)
{
    struct guide_reason *why;
    for (size_t i = 0; i < r->out->n_paths; i++) {
        const struct guide_path *x = &r->out->paths[i];
        if (lists(x->permits, x->n_permits, gp->permit) &&
            (why = add_reason(r, &gp->why, &gp->n_why, WHY_MAX)))
            *why = (struct guide_reason){
                x->question, x->option,
                arena_printf_sv(r->a, "如果在“%.*s”中选“%.*s”，就要办", S(x->question->text),
                                S(x->option->label))
            };
    }
    if (gp->n_why == 0 && (why = add_reason(r, &gp->why, &gp->n_why, WHY_MAX)))
        why->text = SV("要不要办，看还没有确定的回答");
}

/* ---- what would make it drop out: try every other answer ---- */

/* "，但要改办食品经营许可证": what the other answer needs instead; "" when nothing. */
static const char *instead(struct run *r, const struct guide_state *other)
{
    const char *text = "";
    for (size_t i = 0; i < r->ind->n_permits; i++)
        if (other->permits & ~r->s->permits & BIT(i))
            text = arena_printf(r->a, "%s%s%.*s", text, *text ? "、" : "，但要改办",
                                S(r->ind->permits[i].permit->name));
    return text;
}

static void note_drop(struct run *r, const struct guide_state *other, const struct question *q,
                      const struct guide_option *o, const char *verb)
{
    struct sv text = { NULL, 0 };
    for (size_t i = 0; i < r->out->n_permits; i++) {
        struct guide_permit *gp = &r->out->permits[i];
        struct guide_reason *why;
        if (other->permits & BIT(gp->listing - r->ind->permits))
            continue;
        if (!text.p)
            text = arena_printf_sv(r->a, "如果在“%.*s”中%s“%.*s”，就不需要办理%s", S(q->text),
                                   verb, S(o->label), instead(r, other));
        if ((why = add_reason(r, &gp->drops_out, &gp->n_drops_out, DROPS_MAX)))
            *why = (struct guide_reason){ q, o, text };
    }
}

static void try_option(struct run *r, size_t qi, size_t k)
{
    const struct question *q = &r->ind->questions[qi];
    const struct guide_option *o = &q->options[k];
    struct guide_state other;
    uint64_t answers[GUIDE_MAX];
    bool on = r->s->selected[qi] & BIT(k);
    memcpy(answers, r->s->selected, sizeof answers);
    if (!q->multi || o->exclusive)
        answers[qi] = BIT(k);
    else
        answers[qi] ^= BIT(k);
    if (answers[qi] == r->s->selected[qi])
        return;
    guide_solve(r->ind, answers, r->context, &other);
    /* A change that opens new questions decides nothing yet. */
    if (other.blocked || (other.missing & ~r->s->missing & ~BIT(qi)))
        return;
    note_drop(r, &other, q, o, !q->multi || o->exclusive ? "改选" : on ? "不选" : "加选");
}

static void find_drops(struct run *r)
{
    for (size_t i = 0; i < r->ind->n_questions; i++)
        for (size_t k = 0; r->s->selected[i] && k < r->ind->questions[i].n_options; k++)
            try_option(r, i, k);
}

/* ---- the result ---- */

static void list_questions(struct run *r)
{
    struct guide_result *out = r->out;
    const struct industry *ind = r->ind;
    out->visible = arena_array(r->a, ind->n_questions, sizeof *out->visible);
    out->missing = arena_array(r->a, ind->n_questions, sizeof *out->missing);
    out->unsure = arena_array(r->a, ind->n_questions, sizeof *out->unsure);
    for (size_t i = 0; i < ind->n_questions; i++) {
        if (r->s->visible & BIT(i))
            out->visible[out->n_visible++] = &ind->questions[i];
        if (r->unsure & BIT(i))
            out->unsure[out->n_unsure++] = &ind->questions[i];
        else if (r->s->missing & BIT(i))
            out->missing[out->n_missing++] = &ind->questions[i];
    }
    out->complete = r->s->missing == 0;
    out->blocked = r->s->blocked;
    out->selected = r->s->selected;
}

static void list_permits(struct run *r)
{
    struct guide_result *out = r->out;
    if (out->blocked)
        return; /* the guide stops: nothing may be applied for here */
    out->permits = arena_array(r->a, r->ind->n_permits, sizeof *out->permits);
    for (size_t i = 0; i < r->ind->n_permits; i++)
        if (r->s->permits & BIT(i)) {
            struct guide_permit *gp = &out->permits[out->n_permits++];
            gp->listing = &r->ind->permits[i];
            gp->permit = gp->listing->permit;
            gp->maybe = !(r->certain & BIT(i));
            explain(r, gp);
            if (gp->maybe)
                explain_maybe(r, gp);
        }
    find_drops(r);
}

static bool has_related(const struct guide_result *out, const struct related *m)
{
    for (size_t i = 0; i < out->n_related; i++)
        if (out->related[i].related == m)
            return true;
    return false;
}

/* Scalars: the later answer wins; lists: all values, each once. */
static void merge_prefill(struct run *r, const json_t *from)
{
    const char *key;
    json_t *v, *one;
    size_t i, k;
    json_object_foreach((json_t *)(uintptr_t)from, key, v) {
        const struct field *f = catalog_field(r->c, sv_of(key));
        bool asked = f && (!f->owner || guide_index(r->ind, f->owner) < 0 ||
                           (r->s->permits & BIT(guide_index(r->ind, f->owner))));
        json_t *old = json_object_get(r->out->prefill, key);
        if (!asked)
            continue;
        if (!json_is_array(old) || !json_is_array(v)) {
            json_object_set_new(r->out->prefill, key, json_deep_copy(v));
            continue;
        }
        json_array_foreach(v, i, one) {
            for (k = 0; k < json_array_size(old) && !json_equal(json_array_get(old, k), one); k++)
                ;
            if (k == json_array_size(old))
                json_array_append_new(old, json_deep_copy(one));
        }
    }
}

struct collect {
    size_t n_related, n_redirects, n_notes;
};

static void take_option(struct run *r, const struct question *q, const struct guide_option *o,
                        struct guide_related *related, struct sv *redirects,
                        struct guide_reason *notes)
{
    struct guide_result *out = r->out;
    for (size_t i = 0; i < o->n_related; i++)
        if (!has_related(out, o->related[i]))
            related[out->n_related++] = (struct guide_related){ o->related[i], q, o };
    for (size_t i = 0; i < o->n_redirect; i++)
        redirects[out->n_redirects++] = o->redirect[i];
    if (!sv_empty(o->note) || o->warn || o->block)
        notes[out->n_notes++] = (struct guide_reason){
            q, o,
            !sv_empty(o->note) ? o->note
            : o->block         ? SV("按这个答案不能在此开办，请到“一业一证”窗口咨询")
                               : SV("请核对这个答案，有疑问请到“一业一证”窗口咨询")
        };
    if (!out->blocked)
        merge_prefill(r, o->prefill);
}

static struct collect count_effects(const struct run *r)
{
    struct collect n = { 0, 0, 1 }; /* one note for an empty result */
    for (size_t i = 0; i < r->ind->n_questions; i++)
        for (size_t k = 0; k < r->ind->questions[i].n_options; k++)
            if (r->s->selected[i] & BIT(k)) {
                n.n_related += r->ind->questions[i].options[k].n_related;
                n.n_redirects += r->ind->questions[i].options[k].n_redirect;
                n.n_notes++;
            }
    return n;
}

static void list_effects(struct run *r)
{
    struct guide_result *out = r->out;
    struct collect n = count_effects(r);
    struct sv *redirects = arena_array(r->a, n.n_redirects, sizeof *redirects);
    out->related = arena_array(r->a, n.n_related, sizeof *out->related);
    out->notes = arena_array(r->a, n.n_notes, sizeof *out->notes);
    out->redirects = redirects;
    for (size_t i = 0; i < r->ind->n_questions; i++)
        for (size_t k = 0; k < r->ind->questions[i].n_options; k++)
            if (r->s->selected[i] & BIT(k))
                take_option(r, &r->ind->questions[i], &r->ind->questions[i].options[k],
                            out->related, redirects, out->notes);
    if (out->complete && !out->n_permits && !out->blocked)
        out->notes[out->n_notes++] = (struct guide_reason){
            NULL, NULL,
            SV("按您的回答，本行业目录内的许可事项都不需要办理。以后经营内容有变化，请重新查询或到"
               "“一业一证”窗口咨询")
        };
}

int guide_run(const struct catalog *c, const struct industry *ind, const json_t *answers,
              const json_t *context, struct arena *a, struct guide_result *out, struct err *e)
{
    uint64_t masks[GUIDE_MAX] = { 0 };
    struct guide_state *s = arena_alloc(a, sizeof *s);
    *out = (struct guide_result){ .industry = ind };
    uint64_t unsure = 0;
    if (read_answers(ind, answers, masks, &unsure, e) != 0)
        return ERR_INVALID;
    json_t *merged = merged_context(c, context);
    struct run r = { c, ind, merged, a, out, s, 0, 0 };
    guide_solve(ind, masks, merged, s);
    r.unsure = unsure & s->visible;
    r.certain = s->permits;
    if (r.unsure) {
        struct guide_open open = { ind, masks, s, r.unsure, merged };
        guide_paths(c, &open, a, &out->paths, &out->n_paths);
        guide_span(&open, &s->permits, &r.certain);
    }
    out->prefill = json_object();
    list_questions(&r);
    list_permits(&r);
    list_effects(&r);
    json_decref(merged);
    return 0;
}

/* The group's permits in list[0..n-1], and the one with the shortest promised time (the last). */
static int64_t members_of(const struct group *g, const struct permit_type **list, size_t n,
                          size_t *least)
{
    int64_t found = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < g->n_permits; k++) {
            if (g->permits[k] != list[i])
                continue;
            if (found++ == 0 || list[i]->promised_days <= list[*least]->promised_days)
                *least = i;
        }
    return found;
}

size_t guide_at_once(const struct industry *ind, const struct permit_type **list, size_t n)
{
    for (size_t i = 0; i < ind->n_groups; i++) {
        size_t least = 0;
        while (members_of(&ind->groups[i], list, n, &least) > ind->groups[i].max) {
            const struct permit_type *out = list[least];
            for (size_t k = least; k + 1 < n; k++)
                list[k] = list[k + 1];
            list[--n] = out;
        }
    }
    return n;
}
