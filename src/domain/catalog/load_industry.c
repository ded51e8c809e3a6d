/* load_industry: one row of the annex with its permits, alternatives, guide and rules. */
#include "base/date.h"
#include "domain/catalog/load.h"

static void each_listing(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        OTHER("permit", true), WORD(industry_permit, mode, true, WORDS_MODE),
        TEXT(industry_permit, group, false), TEXT(industry_permit, mode_source, false),
        TEXT(industry_permit, mode_annex, false), CERTAINTY(industry_permit, true),
    };
    struct industry_permit *p = out;
    if (load_members(l, at, obj, TABLE, COUNT(TABLE), p))
        p->permit = load_ref(l, at, "permit", "permit", "许可事项", json_sv(obj, "permit"));
}

#define PERMITS(key, member, count)                                                         \
    do {                                                                                    \
        size_t n_;                                                                          \
        member = (const struct permit_type **)load_refs(l, at, obj, key, "permit", "许可事项", \
                                                        &n_);                               \
        count = n_;                                                                         \
    } while (0)

static void each_group(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        CODE(group, code), { "min", M_INT, true, AT(group, min), 0, NULL, 0 },
        { "max", M_INT, true, AT(group, max), 0, NULL, 0 }, COND(group, unless),
        OTHER("permits", true),
    };
    struct group *g = out;
    if (!load_members(l, at, obj, TABLE, COUNT(TABLE), g))
        return;
    PERMITS("permits", g->permits, g->n_permits);
    if (g->min > g->max || g->max < 1 || g->min > (int64_t)g->n_permits)
        load_problem(l, at, "impossible_group",
                     "组“%.*s”要求至少%lld个、至多%lld个，但只有%zu个事项，无法满足", (int)g->code.n,
                     g->code.p ? g->code.p : "", (long long)g->min, (long long)g->max,
                     g->n_permits);
}

static void each_option(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        CODE(guide_option, code), TEXT(guide_option, label, true), TEXT(guide_option, note, false),
        BOOL(guide_option, warn), BOOL(guide_option, block), BOOL(guide_option, exclusive),
        { "redirects", M_TEXTS, false, AT(guide_option, redirect), AT(guide_option, n_redirect),
          NULL, 0 },
        { "prefill", M_JSON, false, AT(guide_option, prefill), 0, NULL, 0 }, OTHER("add", false),
        OTHER("drop", false), OTHER("related", false),
    };
    struct guide_option *o = out;
    if (!load_members(l, at, obj, TABLE, COUNT(TABLE), o))
        return;
    PERMITS("add", o->add, o->n_add);
    PERMITS("drop", o->drop, o->n_drop);
    o->related = (const struct related **)load_refs(l, at, obj, "related", "related", "关联事项",
                                                    &o->n_related);
}

static void each_question(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        CODE(question, code), TEXT(question, text, true), TEXT(question, help, false),
        BOOL(question, multi), COND(question, show_if), OTHER("options", true),
    };
    struct question *q = out;
    if (!load_members(l, at, obj, TABLE, COUNT(TABLE), q))
        return;
    q->options = load_list(l, at, obj, "options", sizeof *q->options, &q->n_options, each_option);
    struct at options = at_key(at, "options");
    if (q->n_options == 0 || q->n_options > 60)
        load_problem(l, &options, "options_missing", "问题应有1到60个选项");
    for (size_t i = 0; i < q->n_options; i++)
        for (size_t k = 0; k < i; k++)
            if (sv_eq(q->options[i].code, q->options[k].code)) {
                struct at here = at_index(&options, i);
                load_problem(l, &here, "duplicate_code", "选项代码“%.*s”重复",
                             (int)q->options[i].code.n, q->options[i].code.p);
            }
    load_register(l, at, "question", q->code, q);
}

static void each_system_rule(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        CODE(system_rule, code), TEXT(system_rule, note, true),
        { "when", M_COND, true, AT(system_rule, when), 0, NULL, 0 }, OTHER("add", false),
        OTHER("drop", false),
    };
    struct system_rule *r = out;
    if (!load_members(l, at, obj, TABLE, COUNT(TABLE), r))
        return;
    PERMITS("add", r->add, r->n_add);
    PERMITS("drop", r->drop, r->n_drop);
}

static void read_lead(struct load *l, const struct at *up, const json_t *obj, struct industry *i)
{
    static const struct member TABLE[] = {
        { "role", M_TEXT, true, AT(industry, lead_role), 0, NULL, 0 },
        { "certainty", M_WORD, false, AT(industry, lead_certainty), 0, WORDS_CERTAINTY, 3 },
        { "note", M_TEXT, false, AT(industry, lead_note), 0, NULL, 0 },
    };
    struct at at = at_key(up, "lead"), co = at_key(up, "co_roles");
    if (load_members(l, &at, json_object_get(obj, "lead"), TABLE, COUNT(TABLE), i))
        load_ref(l, &at, "role", "role", "部门职能", i->lead_role);
    for (size_t k = 0; k < i->n_co_roles; k++) {
        struct at here = at_index(&co, k);
        if (!load_find(l->c, "role", i->co_roles[k]))
            load_problem(l, &here, "unknown_reference", "没有代码为“%.*s”的部门职能",
                         (int)i->co_roles[k].n, i->co_roles[k].p);
    }
}

/* Whoever is turned away is told why. */
static void read_retired(struct load *l, const struct at *at, const struct industry *i)
{
    struct at on = at_key(at, "retired_on"), reason = at_key(at, "retired_reason");
    int32_t day;
    if (i->retired && sv_empty(i->retired_reason))
        load_problem(l, &reason, "missing", "行业退出目录应写明理由");
    if (!i->retired && (i->retired_on.n || i->retired_reason.n))
        load_problem(l, i->retired_on.n ? &on : &reason, "not_retired",
                     "没有退出的行业不写退出日期和理由");
    if (i->retired_on.n && !date_parse(i->retired_on, &day))
        load_problem(l, &on, "bad_date", "退出日期应写成2026-01-31的样子");
}

void load_industry(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        CODE(industry, code), TEXT(industry, name, true), TEXT(industry, annex_text, false),
        TEXT(industry, annex_remark, false), TEXT(industry, scope, false),
        TEXT(industry, gbt4754, false), { "seq", M_INT, true, AT(industry, seq), 0, NULL, 0 },
        TEXT(industry, batch, true), TEXTS(industry, co_roles), TEXTS(industry, notes),
        BOOL(industry, retired), TEXT(industry, retired_on, false),
        TEXT(industry, retired_reason, false), OTHER("lead", true), OTHER("permits", true),
        OTHER("groups", false), OTHER("questions", false), OTHER("system_rules", false),
    };
    struct industry *i = out;
    if (!load_members(l, at, obj, TABLE, COUNT(TABLE), i))
        return;
    load_register(l, at, "industry", i->code, i);
    load_ref(l, at, "batch", "batch", "批次", i->batch);
    read_lead(l, at, obj, i);
    read_retired(l, at, i);
    i->permits =
        load_list(l, at, obj, "permits", sizeof *i->permits, &i->n_permits, each_listing);
    i->groups = load_list(l, at, obj, "groups", sizeof *i->groups, &i->n_groups, each_group);
    i->questions =
        load_list(l, at, obj, "questions", sizeof *i->questions, &i->n_questions, each_question);
    i->system_rules = load_list(l, at, obj, "system_rules", sizeof *i->system_rules,
                                &i->n_system_rules, each_system_rule);
}
