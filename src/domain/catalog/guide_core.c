/* guide_core: see guide_core.h. */
#include "domain/catalog/guide_core.h"

int guide_index(const struct industry *ind, const struct permit_type *p)
{
    for (size_t i = 0; i < ind->n_permits; i++)
        if (ind->permits[i].permit == p)
            return (int)i;
    return -1;
}

static uint64_t mask_of(const struct industry *ind, const struct permit_type **list, size_t n)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < n; i++) {
        int at = guide_index(ind, list[i]);
        if (at >= 0)
            mask |= UINT64_C(1) << at;
    }
    return mask;
}

/* show_if looks only at earlier questions (checked on load), so one pass is enough. */
static void see_questions(const struct industry *ind, const uint64_t *answers,
                          const struct cond_env *env, struct guide_state *out)
{
    for (size_t i = 0; i < ind->n_questions; i++) {
        if (!cond_true(ind->questions[i].show_if, env))
            continue;
        out->visible |= UINT64_C(1) << i;
        out->selected[i] = answers[i];
        if (!answers[i])
            out->missing |= UINT64_C(1) << i;
    }
}

void guide_solve(const struct industry *ind, const uint64_t *answers, const json_t *context,
                 struct guide_state *out)
{
    uint64_t add = 0, drop = 0;
    *out = (struct guide_state){ 0 };
    struct cond_env env = { .context = context, .industry = ind, .selected = out->selected };
    see_questions(ind, answers, &env, out);
    for (size_t i = 0; i < ind->n_permits; i++)
        if (ind->permits[i].mode == MODE_REQUIRED)
            add |= UINT64_C(1) << i;
    for (size_t i = 0; i < ind->n_questions; i++) {
        const struct question *q = &ind->questions[i];
        for (size_t k = 0; out->selected[i] && k < q->n_options; k++) {
            if (!(out->selected[i] >> k & 1))
                continue;
            add |= mask_of(ind, q->options[k].add, q->options[k].n_add);
            drop |= mask_of(ind, q->options[k].drop, q->options[k].n_drop);
            out->blocked = out->blocked || q->options[k].block;
        }
    }
    out->permits = add & ~drop;
    for (size_t i = 0; i < ind->n_system_rules; i++) {
        const struct system_rule *r = &ind->system_rules[i];
        if (!cond_true(r->when, &env))
            continue;
        out->permits |= mask_of(ind, r->add, r->n_add);
        out->permits &= ~mask_of(ind, r->drop, r->n_drop);
    }
}

int guide_group_count(const struct industry *ind, const struct group *g, const json_t *context,
                      const struct guide_state *s)
{
    struct cond_env env = { .context = context, .industry = ind, .selected = s->selected };
    if (g->unless && cond_true(g->unless, &env))
        return -1;
    return __builtin_popcountll(s->permits & mask_of(ind, g->permits, g->n_permits));
}
