/* notice: everything an applicant must know, once (R2.2).
 *
 * A condition, a legal clause or a material that several permits share stands once, with
 * the permits that ask for it. What is not confirmed carries its certainty, and all of it is
 * listed again under to_verify, so that a page can show 待核定 where it matters.
 */
#include "domain/catalog/effect.h"
#include "domain/catalog/json_parts.h"

/* Law that holds for every joint handling: 行政许可法 art. 42 (P16). */
enum { JOINT_DAYS = 45, JOINT_EXTENSION = 15 };

struct remedy {
    const char *kind, *limit, *basis, *text;
};

static const struct remedy REMEDIES[] = { /* P8 */
    { "行政复议", "60日", "《中华人民共和国行政许可法》第三十八条、《中华人民共和国行政复议法》第二十条",
      "对许可决定不服的，可以自知道该决定之日起60日内申请行政复议" },
    { "行政诉讼", "6个月", "《中华人民共和国行政许可法》第三十八条、《中华人民共和国行政诉讼法》第四十六条",
      "对许可决定不服的，也可以自知道或者应当知道该决定之日起6个月内提起行政诉讼" },
};

/* ---- what several permits share ---- */

/* Adds one text with the permit that asks for it; the worst certainty stays. */
static void add_condition(json_t *list, struct map *seen, struct sv text,
                          const struct permit_type *p)
{
    json_t *o = map_find(seen, text);
    if (!o) {
        o = json_object();
        json_put_sv(o, "text", text);
        json_put(o, "permits", json_array());
        put_certainty(o, "certainty", p->conditions_certainty);
        json_push(list, o);
        map_put(seen, text, o);
    } else if (p->conditions_certainty == TO_BE_VERIFIED ||
               (p->conditions_certainty == FAIRLY_CERTAIN &&
                sv_is(json_sv(o, "certainty"), certainty_text(CERTAIN)))) {
        put_certainty(o, "certainty", p->conditions_certainty);
    }
    json_push_sv(json_object_get(o, "permits"), p->code);
}

static json_t *conditions_json(const struct guide_result *g, struct arena *a)
{
    json_t *out = json_array();
    struct map seen;
    map_init(&seen, a);
    for (size_t i = 0; i < g->n_permits; i++) {
        const struct permit_type *p = g->permits[i].permit;
        for (size_t k = 0; k < p->n_conditions; k++)
            add_condition(out, &seen, p->conditions[k], p);
    }
    return out;
}

/* Same clause once: the joint ones first (no permits), then by permit. */
static json_t *bases_json(const struct catalog *c, const struct guide_result *g, struct arena *a)
{
    json_t *out = json_array();
    struct map seen;
    map_init(&seen, a);
    for (size_t i = 0; i < c->n_bases; i++) {
        json_t *o = basis_json(&c->bases[i]);
        json_put(o, "permits", json_array());
        json_push(out, o);
    }
    for (size_t i = 0; i < g->n_permits; i++) {
        const struct permit_type *p = g->permits[i].permit;
        for (size_t k = 0; k < p->n_bases; k++) {
            const struct basis *b = &p->bases[k];
            struct sv key = arena_printf_sv(a, "%.*s|%.*s|%.*s", (int)b->law->code.n,
                                            b->law->code.p, (int)b->article.n, b->article.p,
                                            (int)b->summary.n, b->summary.p ? b->summary.p : "");
            json_t *o = map_find(&seen, key);
            if (!o) {
                o = basis_json(b);
                json_put(o, "permits", json_array());
                json_push(out, o);
                map_put(&seen, key, o);
            }
            json_push_sv(json_object_get(o, "permits"), p->code);
        }
    }
    return out;
}

static json_t *material_json(const struct form_material *m)
{
    json_t *o = form_material_json(m);
    struct form_demand d = form_material_demand(m);
    json_put_sv(o, "necessity", sv_of(necessity_text(d.strictest)));
    json_put_bool(o, "tolerable", d.tolerable);
    json_put_bool(o, "conditional", d.conditional);
    json_put_bool(o, "on_site", d.on_site);
    return o;
}

static json_t *materials_json(const struct form *f)
{
    json_t *out = json_array();
    for (size_t i = 0; i < f->n_materials; i++)
        json_push(out, material_json(&f->materials[i]));
    return out;
}

static json_t *fields_json(const struct form *f)
{
    json_t *out = json_array();
    for (size_t i = 0; i < f->n_fields; i++) {
        const struct form_field *ff = &f->fields[i];
        json_t *o = json_object(), *permits = json_array();
        for (size_t k = 0; k < ff->n_permits; k++)
            json_push_sv(permits, ff->permits[k]->code);
        json_put_sv(o, "code", ff->field->code);
        json_put_sv(o, "label", ff->field->label);
        json_put_sv(o, "group", ff->owner ? ff->owner->name : ff->field->group);
        json_put_bool(o, "required", ff->field->required);
        json_put_bool(o, "shared", ff->owner == NULL);
        json_put(o, "permits", permits);
        json_push(out, o);
    }
    return out;
}

/* ---- limits, windows, remedies ---- */

static json_t *joint_limits_json(const struct guide_result *g, struct arena *a)
{
    json_t *o = json_object(), *joint = json_object(), *critical = json_object(),
           *slowest = json_array();
    int64_t longest = 0, one_by_one = 0;
    for (size_t i = 0; i < g->n_permits; i++) {
        const struct permit_type *p = g->permits[i].permit;
        longest = p->promised_days > longest ? p->promised_days : longest;
        one_by_one += p->statutory_days;
    }
    for (size_t i = 0; i < g->n_permits; i++)
        if (g->permits[i].permit->promised_days == longest)
            json_push_sv(slowest, g->permits[i].permit->code);
    json_put_i64(joint, "days", JOINT_DAYS);
    json_put_i64(joint, "extension_days", JOINT_EXTENSION);
    json_put_sv(joint, "basis", SV("《中华人民共和国行政许可法》第四十二条第二款"));
    json_put_sv(joint, "text", SV("统一、联合办理的，全部事项自受理之日起45个工作日内办结；经本级政府"
                                  "负责人批准可以延长15个工作日，并告知延长的理由"));
    json_put_i64(critical, "days", longest);
    json_put(critical, "permits", slowest);
    json_put_sv(critical, "text",
                arena_printf_sv(a, "各部门同时审批，按承诺最长%lld个工作日办结", (long long)longest));
    json_put(o, "joint", joint);
    json_put(o, "critical_path", critical);
    json_put_i64(o, "statutory_total", one_by_one);
    return o;
}

json_t *window_json(const struct window *w)
{
    json_t *o = json_object();
    json_put_sv(o, "code", w->code);
    json_put_sv(o, "name", w->name);
    json_put_sv(o, "type", w->type);
    json_put_sv(o, "region", w->region);
    json_put_sv(o, "center", w->center);
    json_put_sv(o, "department", w->department);
    json_put_sv(o, "duty", w->duty);
    json_put_sv(o, "counter_no", w->counter_no);
    json_put_sv(o, "address", w->address);
    json_put_sv(o, "phone", w->phone);
    json_put_sv(o, "hours", w->hours);
    json_put_bool(o, "sample", w->sample);
    return o;
}

/* The region's own windows first, then those of the city above it. */
static json_t *windows_json(const struct catalog *c, struct sv region)
{
    const struct region *r = catalog_region(c, region);
    json_t *out = json_array();
    for (size_t i = 0; i < c->n_windows; i++)
        if (sv_eq(c->windows[i].region, region))
            json_push(out, window_json(&c->windows[i]));
    for (size_t i = 0; r && i < c->n_windows; i++)
        if (sv_eq(c->windows[i].region, r->parent))
            json_push(out, window_json(&c->windows[i]));
    return out;
}

static json_t *remedies_json(void)
{
    json_t *out = json_array();
    for (size_t i = 0; i < sizeof REMEDIES / sizeof *REMEDIES; i++) {
        json_t *o = json_object();
        json_put_sv(o, "kind", sv_of(REMEDIES[i].kind));
        json_put_sv(o, "limit", sv_of(REMEDIES[i].limit));
        json_put_sv(o, "basis", sv_of(REMEDIES[i].basis));
        json_put_sv(o, "text", sv_of(REMEDIES[i].text));
        json_push(out, o);
    }
    return out;
}

static json_t *to_verify_json(const struct guide_result *g, struct arena *a)
{
    json_t *out = json_array();
    for (size_t i = 0; i < g->n_permits; i++) {
        const struct permit_type *p = g->permits[i].permit;
        const struct {
            enum certainty certainty;
            const char *what;
        } ROWS[] = {
            { g->permits[i].listing->certainty, "是否必办" }, { p->level_certainty, "实施部门和层级" },
            { p->limit_certainty, "法定时限" },               { p->validity_certainty, "有效期" },
            { p->inspection_certainty, "现场核查要求" },      { p->tolerance_certainty, "能否容缺受理" },
            { p->conditions_certainty, "许可条件" },          { p->materials_certainty, "申请材料" },
        };
        for (size_t k = 0; k < sizeof ROWS / sizeof *ROWS; k++)
            if (ROWS[k].certainty == TO_BE_VERIFIED)
                json_push_sv(out, arena_printf_sv(a, "%.*s：%s待核定", (int)p->name.n, p->name.p,
                                                  ROWS[k].what));
    }
    return out;
}

static json_t *industry_json(const struct catalog *c, const struct industry *i, struct sv region)
{
    json_t *o = code_name_json(i->code, i->name), *lead = json_object();
    json_put_i64(o, "seq", i->seq);
    json_put_sv(o, "annex_text", i->annex_text);
    json_put_sv(o, "annex_remark", i->annex_remark);
    json_put_sv(o, "scope", i->scope);
    json_put_sv(o, "gbt4754", i->gbt4754);
    json_put(lead, "department", department_ref_json(catalog_seat(c, i->lead_role, region)));
    put_certainty(lead, "certainty", i->lead_certainty);
    json_put_sv(lead, "note", i->lead_note);
    json_put(o, "lead", lead);
    json_put(o, "notes", texts_json(i->notes, i->n_notes));
    return o;
}

static json_t *fee_json(void)
{
    json_t *o = json_object();
    json_put_bool(o, "charged", false);
    json_put_sv(o, "text", SV("不收费"));
    return o;
}

static void put_guide_parts(json_t *o, const struct catalog *c, const struct guide_result *g,
                            struct sv region)
{
    json_t *permits = json_array(), *related = json_array(), *notes = json_array();
    for (size_t i = 0; i < g->n_permits; i++)
        json_push(permits, notice_permit_json(&g->permits[i], region));
    for (size_t i = 0; i < g->n_related; i++)
        json_push(related, related_to_json(c, &g->related[i], region));
    for (size_t i = 0; i < g->n_notes; i++)
        json_push(notes, note_to_json(&g->notes[i]));
    json_put(o, "permits", permits);
    json_put(o, "related", related);
    json_put(o, "notes", notes);
}

json_t *notice_to_json(const struct catalog *c, const struct guide_result *g, struct sv region)
{
    struct arena *a = arena_new();
    const struct permit_type **permits = arena_array(a, g->n_permits, sizeof *permits);
    const struct region *r = catalog_region(c, region);
    struct form form;
    json_t *o = json_object();
    for (size_t i = 0; i < g->n_permits; i++)
        permits[i] = g->permits[i].permit;
    form_build(c, permits, g->n_permits, a, &form);
    json_put_sv(o, "title", arena_printf_sv(a, "%.*s“一业一证”一次告知书",
                                            (int)g->industry->name.n, g->industry->name.p));
    json_put_sv(o, "catalog_version", c->version);
    json_put_sv(o, "disclaimer", c->disclaimer);
    json_put_bool(o, "complete", g->complete);
    json_put_bool(o, "blocked", g->blocked);
    json_put(o, "industry", industry_json(c, g->industry, region));
    json_put(o, "region", r ? code_name_json(r->code, r->name) : json_null());
    json_put(o, "bureau", department_ref_json(catalog_bureau(c, region)));
    put_guide_parts(o, c, g, region);
    json_put(o, "bases", bases_json(c, g, a));
    json_put(o, "conditions", conditions_json(g, a));
    json_put(o, "materials", materials_json(&form));
    json_put(o, "fields", fields_json(&form));
    json_put(o, "limits", joint_limits_json(g, a));
    json_put(o, "effect", effect_guide_json(c, g));
    json_put(o, "fee", fee_json());
    json_put(o, "windows", windows_json(c, region));
    json_put(o, "remedies", remedies_json());
    json_put(o, "to_verify", to_verify_json(g, a));
    arena_free(a);
    return o;
}
