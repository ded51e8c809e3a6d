/* describe: see describe.h. */
#include "service/describe.h"

#include "domain/case/transition.h"

static json_t *needs_json(const struct transition *t)
{
    json_t *list = json_array();
    for (int f = 0; f < FACTS; f++) {
        json_t *o;
        if (!(t->needs >> f & 1))
            continue;
        o = json_object();
        json_put_sv(o, "fact", sv_of(fact_key((enum fact)f)));
        json_put_sv(o, "otherwise", sv_of(fact_text((enum fact)f)));
        json_push(list, o);
    }
    return list;
}

static json_t *row_json(const struct transition_table *table, const struct transition *t)
{
    char actors[160];
    json_t *o = json_object();
    json_put_sv(o, "from", sv_of(table->state_key(t->from)));
    json_put_sv(o, "from_text", sv_of(table->state_text(t->from)));
    json_put_sv(o, "act", sv_of(act_key(t->act)));
    json_put_sv(o, "act_text", sv_of(act_text(t->act)));
    json_put_sv(o, "who", sv_of(actors_text(t->actors, actors)));
    json_put_sv(o, "kind", t->kind == FILING_ONLY ? SV("filing")
                           : t->kind == NOT_FILING ? SV("not_filing") : SV("any"));
    json_put(o, "needs", needs_json(t));
    json_put_sv(o, "to", sv_of(table->state_key(t->to)));
    json_put_sv(o, "to_text", sv_of(table->state_text(t->to)));
    json_put_sv(o, "effect", sv_of(effect_key(t->effect)));
    json_put_sv(o, "effect_text", sv_of(effect_text(t->effect)));
    json_put_sv(o, "rule", sv_of(t->rule));
    json_put_sv(o, "article", sv_of(t->article));
    return o;
}

json_t *process_describe(void)
{
    const struct transition_table *tables[] = { &ITEM_TABLE, &CASE_TABLE, &VISIT_TABLE,
                                                &PERMIT_TABLE, &SUPERVISION_TABLE };
    json_t *o = json_object();
    for (size_t k = 0; k < sizeof tables / sizeof tables[0]; k++) {
        json_t *list = json_array();
        for (size_t i = 0; i < tables[k]->n; i++)
            json_push(list, row_json(tables[k], &tables[k]->rows[i]));
        json_put(o, tables[k]->name, list);
    }
    return o;
}
