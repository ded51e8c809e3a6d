/* guide_paths: see guide_paths.h. */
#include "domain/catalog/guide_paths.h"

#define BIT(i) (UINT64_C(1) << (i))

enum { SPAN_MAX = 2048 }; /* combinations of open answers tried together */

/* ---- weighing ---- */

/* A paper that everybody has to bring: not made by the platform, not shared by offices, not looked at on
 * site, not merely allowed, not only in some cases. The notice counts the same. */
static bool handed_in(const struct material_use *u)
{
    return !u->material->generated && !u->material->exempt_by_share && !u->on_site &&
           u->necessity != OPTIONAL && !u->when;
}

static struct guide_weight weigh(const struct catalog *c, const struct industry *ind,
                                 const struct guide_state *s, struct arena *a)
{
    struct guide_weight w = { .permits = s->blocked ? 0 : s->permits,
                              .materials = arena_array(a, c->n_materials, 1) };
    for (size_t i = 0; i < ind->n_permits; i++) {
        const struct permit_type *p = ind->permits[i].permit;
        if (!(w.permits & BIT(i)))
            continue;
        w.days = p->promised_days > w.days ? p->promised_days : w.days;
        for (size_t k = 0; k < p->n_materials; k++) {
            unsigned char *at = &w.materials[p->materials[k].material - c->materials];
            w.n_materials += !*at && handed_in(&p->materials[k]);
            *at |= handed_in(&p->materials[k]);
        }
    }
    return w;
}

static const struct permit_type **permits_of(const struct industry *ind, uint64_t bits, size_t *n,
                                             struct arena *a)
{
    const struct permit_type **out = arena_array(a, ind->n_permits, sizeof *out);
    *n = 0;
    for (size_t i = 0; i < ind->n_permits; i++)
        if (bits & BIT(i))
            out[(*n)++] = ind->permits[i].permit;
    return out;
}

/* Materials of `of` that `but` has not. */
static const struct material **materials_of(const struct catalog *c, const struct guide_weight *of,
                                            const struct guide_weight *but, size_t *n,
                                            struct arena *a)
{
    const struct material **out = arena_array(a, of->n_materials, sizeof *out);
    *n = 0;
    for (size_t i = 0; i < c->n_materials; i++)
        if (of->materials[i] && !but->materials[i])
            out[(*n)++] = &c->materials[i];
    return out;
}

static size_t opened(const struct guide_state *now, const struct guide_state *other, size_t qi)
{
    return (size_t)__builtin_popcountll(other->missing & ~now->missing & ~BIT(qi));
}

/* ---- one answer changed ---- */

static uint64_t flipped(const struct question *q, uint64_t now, size_t k)
{
    uint64_t exclusive = 0;
    for (size_t i = 0; i < q->n_options; i++)
        exclusive |= q->options[i].exclusive ? BIT(i) : 0;
    if (!q->multi || q->options[k].exclusive)
        return BIT(k);
    return (now ^ BIT(k)) & ~exclusive;
}

void guide_changes(const struct catalog *c, const struct guide_result *g, const json_t *context,
                   struct arena *a, struct guide_change **out, size_t *n)
{
    const struct industry *ind = g->industry;
    uint64_t answers[GUIDE_MAX];
    struct guide_state now, other;
    size_t cap = 0;
    for (size_t q = 0; q < ind->n_questions; q++)
        cap += ind->questions[q].n_options;
    memcpy(answers, g->selected, sizeof answers);
    guide_solve(ind, answers, context, &now);
    struct guide_weight before = weigh(c, ind, &now, a);
    *out = arena_array(a, cap, sizeof **out);
    *n = 0;
    for (size_t q = 0; q < ind->n_questions; q++)
        for (size_t k = 0; (now.visible & BIT(q)) && k < ind->questions[q].n_options; k++) {
            struct guide_change *x = &(*out)[*n];
            answers[q] = flipped(&ind->questions[q], now.selected[q], k);
            if (answers[q] == now.selected[q])
                continue;
            guide_solve(ind, answers, context, &other);
            struct guide_weight after = weigh(c, ind, &other, a);
            *x = (struct guide_change){ .question = &ind->questions[q],
                                        .option = &ind->questions[q].options[k],
                                        .on = answers[q] & BIT(k), .blocked = other.blocked,
                                        .opens = opened(&now, &other, q),
                                        .days = after.days - before.days };
            x->added = permits_of(ind, after.permits & ~before.permits, &x->n_added, a);
            x->removed = permits_of(ind, before.permits & ~after.permits, &x->n_removed, a);
            x->asked = materials_of(c, &after, &before, &x->n_asked, a);
            x->spared = materials_of(c, &before, &after, &x->n_spared, a);
            answers[q] = now.selected[q];
            (*n)++;
        }
}

/* ---- open questions ---- */

void guide_paths(const struct catalog *c, const struct guide_open *o, struct arena *a,
                 struct guide_path **out, size_t *n)
{
    const struct industry *ind = o->ind;
    uint64_t answers[GUIDE_MAX];
    struct guide_state other;
    size_t cap = 0;
    for (size_t q = 0; q < ind->n_questions; q++)
        cap += o->unsure & BIT(q) ? ind->questions[q].n_options : 0;
    memcpy(answers, o->answers, sizeof answers);
    *out = arena_array(a, cap, sizeof **out);
    *n = 0;
    for (size_t q = 0; q < ind->n_questions; q++)
        for (size_t k = 0; (o->unsure & BIT(q)) && k < ind->questions[q].n_options; k++) {
            struct guide_path *x = &(*out)[(*n)++];
            answers[q] = BIT(k);
            guide_solve(ind, answers, o->context, &other);
            struct guide_weight w = weigh(c, ind, &other, a);
            *x = (struct guide_path){ &ind->questions[q], &ind->questions[q].options[k],
                                      other.blocked, opened(o->now, &other, q), NULL, 0,
                                      w.n_materials, w.days };
            x->permits = permits_of(ind, w.permits, &x->n_permits, a);
            answers[q] = 0;
        }
}

struct span { const struct guide_open *o; uint64_t answers[GUIDE_MAX]; uint64_t any, all;
              size_t left; /* combinations that may still be tried */ };

static void span_from(struct span *s, uint64_t unsure)
{
    const struct guide_open *o = s->o;
    struct guide_state other;
    if (s->left == 0)
        return;
    if (!unsure) {
        s->left--;
        guide_solve(o->ind, s->answers, o->context, &other);
        uint64_t further = other.missing & ~o->now->missing & ~o->unsure;
        if (further && !other.blocked) {
            span_from(s, further);
            return;
        }
        s->any |= other.blocked ? 0 : other.permits;
        s->all &= other.blocked ? 0 : other.permits;
        return;
    }
    size_t q = (size_t)__builtin_ctzll(unsure);
    uint64_t before = s->answers[q];
    for (size_t k = 0; k < o->ind->questions[q].n_options; k++) {
        s->answers[q] = BIT(k);
        span_from(s, unsure & ~BIT(q));
    }
    s->answers[q] = before;
}

void guide_span(const struct guide_open *o, uint64_t *any, uint64_t *all)
{
    struct span s = { .o = o, .all = UINT64_MAX, .left = SPAN_MAX };
    size_t combinations = 1;
    memcpy(s.answers, o->answers, sizeof s.answers);
    for (size_t q = 0; q < o->ind->n_questions && combinations <= SPAN_MAX; q++)
        combinations *= o->unsure & BIT(q) ? o->ind->questions[q].n_options : 1;
    if (combinations <= SPAN_MAX)
        span_from(&s, o->unsure);
    else /* too many together: each for itself, the others left open */
        for (size_t q = 0; q < o->ind->n_questions; q++)
            if (o->unsure & BIT(q))
                span_from(&s, BIT(q));
    *any = s.any;
    *all = s.all & s.any;
}
