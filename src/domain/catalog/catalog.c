/* catalog: loading a whole catalogue and looking things up in it. */
#include "domain/catalog/catalog.h"

#include "base/date.h"
#include "domain/catalog/load.h"

enum { FILE_MAX = 32 * 1024 * 1024 };

static void load_all(struct load *l, const json_t *doc)
{
    struct at root = { NULL, NULL, 0 }, list;
    struct catalog *c = l->c;
    if (!sv_is(json_sv(doc, "format"), "yizheng-catalog/1")) {
        struct at here = at_key(&root, "format");
        load_problem(l, &here, "unknown_format", "“format”应为“yizheng-catalog/1”");
    }
    load_basics(l, &root, doc);
    struct permit_type *p =
        load_list(l, &root, doc, "permits", sizeof *p, &c->n_permits, load_permit);
    c->permits = p;
    list = at_key(&root, "permits");
    for (size_t i = 0; i < c->n_permits; i++) {
        struct at here = at_index(&list, i);
        load_permit_links(l, &here, &p[i]);
    }
    c->industries = load_list(l, &root, doc, "industries", sizeof *c->industries, &c->n_industries,
                              load_industry);
    load_conds(l);
    check_catalog(l);
}

struct catalog *catalog_load(struct sv text, struct sv name, struct err *e)
{
    if (text.n > FILE_MAX) {
        err_set(e, ERR_TOO_LARGE, "目录文件“%.*s”超过32MB", (int)name.n, name.p ? name.p : "");
        return NULL;
    }
    json_t *doc = json_parse(text, e);
    return doc ? catalog_load_tree(doc, name, e) : NULL;
}

struct catalog *catalog_load_tree(json_t *doc, struct sv name, struct err *e)
{
    struct arena *a = arena_new();
    struct catalog *c = arena_alloc(a, sizeof *c);
    struct load l = { .c = c, .a = a, .e = e };
    c->arena = a;
    c->source = doc;
    map_init(&c->by_code, a);
    if (json_is_object(doc)) {
        load_all(&l, doc);
    } else {
        err_problem(e, SV(""), "wrong_type", "目录文件的最外层应为对象");
    }
    if (e->n_problems == 0)
        return c;
    err_set(e, ERR_INVALID, "目录文件“%.*s”有%zu处问题", (int)name.n, name.p ? name.p : "",
            e->n_problems);
    catalog_free(c);
    return NULL;
}

void catalog_free(struct catalog *c)
{
    if (!c)
        return;
    load_free_patterns(c->fields, c->n_fields);
    for (size_t i = 0; i < c->n_permits; i++)
        load_free_patterns(c->permits[i].fields, c->permits[i].n_fields);
    json_decref(c->source);
    arena_free(c->arena);
}

const struct region *catalog_region(const struct catalog *c, struct sv code)
{
    return load_find(c, "region", code);
}

const struct department *catalog_department(const struct catalog *c, struct sv code)
{
    return load_find(c, "department", code);
}

const struct material *catalog_material(const struct catalog *c, struct sv code)
{
    return load_find(c, "material", code);
}

const struct permit_type *catalog_permit(const struct catalog *c, struct sv code)
{
    return load_find(c, "permit", code);
}

const struct industry *catalog_industry(const struct catalog *c, struct sv code)
{
    return load_find(c, "industry", code);
}

const struct batch *catalog_batch(const struct catalog *c, struct sv code)
{
    return load_find(c, "batch", code);
}

/* A day that has come; no day at all counts as come. */
static bool come(struct sv day, int32_t today)
{
    int32_t on;
    return sv_empty(day) || (date_parse(day, &on) && on <= today);
}

enum industry_offer catalog_offer(const struct catalog *c, const struct industry *i, int32_t today)
{
    const struct batch *b = catalog_batch(c, i->batch);
    if (i->retired && come(i->retired_on, today))
        return INDUSTRY_RETIRED;
    return b && !come(b->published_on, today) ? INDUSTRY_NOT_YET : INDUSTRY_OFFERED;
}

struct sv catalog_offer_text(const struct catalog *c, const struct industry *i, int32_t today,
                             struct arena *a)
{
    const struct batch *b = catalog_batch(c, i->batch);
    switch (catalog_offer(c, i, today)) {
    case INDUSTRY_RETIRED:
        return arena_printf_sv(a, "“%.*s”已退出“一业一证”目录，不再接受新的申请：%.*s；"
                                  "已受理的办件和已发的证不受影响",
                               (int)i->name.n, i->name.p, (int)i->retired_reason.n,
                               i->retired_reason.p ? i->retired_reason.p : "");
    case INDUSTRY_NOT_YET:
        return arena_printf_sv(a, "“%.*s”属于%.*s，自%.*s起可以申请", (int)i->name.n, i->name.p,
                               (int)b->name.n, b->name.p, (int)b->published_on.n,
                               b->published_on.p);
    default:
        return SV("");
    }
}

const struct field *catalog_field(const struct catalog *c, struct sv code)
{
    return load_find(c, "field", code);
}

const struct department *catalog_decider(const struct permit_type *p, struct sv region)
{
    return map_find(&p->deciders, region);
}

const struct department *catalog_supervisor(const struct permit_type *p, struct sv region)
{
    return map_find(&p->supervisors, region);
}

const struct department *catalog_seat(const struct catalog *c, struct sv role, struct sv region)
{
    char key[80];
    if (role.n + region.n + 1 > sizeof key || sv_empty(role) || sv_empty(region))
        return NULL;
    memcpy(key, role.p, role.n);
    key[role.n] = '@';
    memcpy(key + role.n + 1, region.p, region.n);
    return load_find(c, "seat", sv_make(key, role.n + 1 + region.n));
}

const struct department *catalog_bureau(const struct catalog *c, struct sv region)
{
    return catalog_seat(c, SV("SPJ"), region);
}

/* ---- words ---- */

const char *certainty_text(enum certainty v)
{
    return WORDS_CERTAINTY[v];
}

const char *permit_kind_text(enum permit_kind v)
{
    return WORDS_KIND[v];
}

const char *permit_mode_text(enum permit_mode v)
{
    return WORDS_MODE[v];
}

const char *necessity_text(enum necessity v)
{
    return WORDS_NECESSITY[v];
}

const char *material_form_text(enum material_form v)
{
    return WORDS_FORM[v];
}

const char *field_type_text(enum field_type v)
{
    return WORDS_FIELD[v];
}

const char *rule_kind_text(enum rule_kind v)
{
    return WORDS_RULE[v];
}

const char *permit_kind_code(enum permit_kind v)
{
    static const char *const CODES[] = { "licence", "filing", "registration" };
    return CODES[v];
}

const char *permit_mode_code(enum permit_mode v)
{
    static const char *const CODES[] = { "required", "on_demand", "one_of" };
    return CODES[v];
}
