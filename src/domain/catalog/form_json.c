/* form_json: the definition of a form for clients (docs/catalog-format.md). */
#include "domain/catalog/cond.h"
#include "domain/catalog/form.h"
#include "domain/catalog/json_parts.h"

static json_t *codes(const struct permit_type **permits, size_t n)
{
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++)
        json_push_sv(out, permits[i]->code);
    return out;
}

static void put_text(json_t *o, const char *key, struct sv text)
{
    if (!sv_empty(text))
        json_put_sv(o, key, text);
}

static void put_cond(json_t *o, const char *key, const struct cond *c)
{
    if (c)
        json_put(o, key, cond_to_json(c));
}

/* options only says which are offered: all, or with by_mode those of some permit. */
static json_t *options_json(const struct form *f, const struct field *field,
                            const struct choice *options, size_t n)
{
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++) {
        bool offered = !field || !field->by_mode;
        for (size_t p = 0; !offered && p < f->n_permits; p++)
            for (size_t k = 0; k < f->permits[p]->n_modes; k++)
                offered = offered || sv_eq(f->permits[p]->modes[k], options[i].value);
        if (!offered)
            continue;
        json_t *o = json_object();
        json_put_sv(o, "value", options[i].value);
        json_put_sv(o, "label", options[i].label);
        json_push(out, o);
    }
    return out;
}

static json_t *columns_json(const struct form *f, const struct field *field)
{
    json_t *out = json_array();
    for (size_t i = 0; i < field->n_columns; i++) {
        const struct column *c = &field->columns[i];
        json_t *o = json_object();
        json_put_sv(o, "code", c->code);
        json_put_sv(o, "label", c->label);
        json_put_sv(o, "type", sv_of(field_type_text(c->type)));
        json_put_bool(o, "required", c->required);
        if (c->any_document)
            json_put_bool(o, "any_document", true);
        if (c->n_options)
            json_put(o, "options", options_json(f, NULL, c->options, c->n_options));
        json_push(out, o);
    }
    return out;
}

/* limit: hundredths for min and max, rows for min_rows. */
static json_t *rules_json(const struct field *field)
{
    json_t *out = json_array();
    for (size_t i = 0; i < field->n_rules; i++) {
        const struct rule *r = &field->rules[i];
        json_t *o = json_object();
        json_put_sv(o, "kind", sv_of(rule_kind_text(r->kind)));
        if (r->kind == RULE_MIN || r->kind == RULE_MAX || r->kind == RULE_MIN_ROWS)
            json_put_i64(o, "limit", r->limit);
        else
            put_text(o, "arg", r->arg);
        put_text(o, "by", r->by);
        put_text(o, "column", r->column);
        put_cond(o, "when", r->when);
        put_cond(o, "test", r->test);
        json_put_sv(o, "message", r->message);
        json_push(out, o);
    }
    return out;
}

static json_t *id_type_json(const struct id_type *t)
{
    json_t *o = json_object(), *kinds = json_object();
    for (size_t i = 0; i < t->n_kinds; i++)
        json_put_sv(kinds, t->kinds[i].value.p, t->kinds[i].label);
    json_put_sv(o, "field", t->field);
    json_put(o, "kinds", kinds);
    return o;
}

static json_t *field_json(const struct form *f, const struct form_field *ff)
{
    const struct field *field = ff->field;
    json_t *o = json_object();
    json_put_sv(o, "code", field->code);
    json_put_sv(o, "label", field->label);
    json_put_sv(o, "group", ff->owner ? ff->owner->name : field->group);
    json_put_sv(o, "type", sv_of(field_type_text(field->type)));
    json_put_bool(o, "required", field->required);
    json_put_bool(o, "shared", ff->owner == NULL);
    json_put(o, "owner", ff->owner ? json_string(ff->owner->code.p) : json_null());
    json_put(o, "permits", codes(ff->permits, ff->n_permits));
    if (field->sensitive)
        json_put_bool(o, "sensitive", true);
    put_text(o, "unit", field->unit);
    put_text(o, "note", field->note);
    put_text(o, "prefill_source", field->prefill_source);
    put_cond(o, "show_if", field->show_if);
    put_cond(o, "required_if", field->required_if);
    if (field->max_length)
        json_put_i64(o, "max_length", field->max_length);
    if (field->n_options)
        json_put(o, "options", options_json(f, field, field->options, field->n_options));
    if (field->n_columns)
        json_put(o, "columns", columns_json(f, field));
    if (field->n_rules)
        json_put(o, "rules", rules_json(field));
    if (field->id_type.n_kinds)
        json_put(o, "id_type", id_type_json(&field->id_type));
    return o;
}

static json_t *use_json(const struct permit_type *p, const struct material_use *u)
{
    json_t *o = json_object();
    json_put_sv(o, "code", p->code);
    json_put_sv(o, "name", p->name);
    json_put_sv(o, "necessity", sv_of(necessity_text(u->necessity)));
    json_put_sv(o, "form", sv_of(material_form_text(u->form)));
    json_put_i64(o, "copies", u->copies);
    json_put_bool(o, "before", u->before);
    json_put_bool(o, "on_site", u->on_site);
    put_text(o, "original_name", u->original_name);
    put_text(o, "annotate", u->annotate);
    put_text(o, "tolerance", u->tolerance);
    put_text(o, "when_text", u->when_text);
    put_text(o, "note", u->note);
    put_cond(o, "when", u->when);
    return o;
}

/* Also used by the notice. New reference. */
json_t *form_material_json(const struct form_material *m)
{
    const struct material *mat = m->material;
    json_t *o = json_object(), *permits = json_array();
    json_put_sv(o, "code", mat->code);
    json_put_sv(o, "name", mat->name);
    put_text(o, "source", mat->source);
    put_text(o, "issuer", mat->issuer);
    put_text(o, "note", mat->note);
    put_text(o, "validity_hint", mat->validity_hint);
    put_text(o, "e_cert_name", mat->e_cert_name);
    json_put_bool(o, "shareable", mat->shareable);
    json_put_bool(o, "exempt_by_share", mat->exempt_by_share);
    json_put_bool(o, "generated", mat->generated);
    json_put_bool(o, "template", mat->n_blank > 0);
    json_put_bool(o, "sample", mat->n_sample > 0);
    for (size_t i = 0; i < m->n_permits; i++)
        json_push(permits, use_json(m->permits[i], m->uses[i]));
    json_put(o, "permits", permits);
    return o;
}

json_t *form_to_json(const struct form *f)
{
    json_t *o = json_object(), *fields = json_array(), *materials = json_array(),
           *groups = json_array();
    struct sv last = { NULL, 0 };
    for (size_t i = 0; i < f->n_fields; i++) {
        const struct form_field *ff = &f->fields[i];
        struct sv group = ff->owner ? ff->owner->name : ff->field->group;
        if (!sv_eq(group, last) || i == 0) {
            json_t *g = json_object();
            json_put_sv(g, "name", group);
            json_put(g, "permit", ff->owner ? json_string(ff->owner->code.p) : json_null());
            json_push(groups, g);
            last = group;
        }
        json_push(fields, field_json(f, ff));
    }
    for (size_t i = 0; i < f->n_materials; i++)
        json_push(materials, form_material_json(&f->materials[i]));
    json_put_sv(o, "catalog_version", f->catalog->version);
    json_put(o, "permits", codes(f->permits, f->n_permits));
    json_put(o, "groups", groups);
    json_put(o, "fields", fields);
    json_put(o, "materials", materials);
    const json_t *context = f->context ? f->context : f->catalog->context;
    json_put(o, "context", context ? json_deep_copy(context) : json_object());
    json_put(o, "tolerance_when", cond_to_json(f->catalog->tolerance_when));
    return o;
}
