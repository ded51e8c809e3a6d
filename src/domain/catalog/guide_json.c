/* guide_json: the result of the guide for clients (docs/catalog-format.md). */
#include "domain/catalog/guide_paths.h"

#include "domain/catalog/effect.h"
#include "domain/catalog/json_parts.h"

static json_t *question_codes(const struct question **list, size_t n)
{
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++)
        json_push_sv(out, list[i]->code);
    return out;
}

json_t *reason_to_json(const struct guide_reason *r)
{
    json_t *o = json_object();
    json_put_sv(o, "text", r->text);
    json_put(o, "question", r->question ? json_string(r->question->code.p) : json_null());
    json_put(o, "option", r->option ? json_string(r->option->code.p) : json_null());
    return o;
}

json_t *reasons_to_json(const struct guide_reason *list, size_t n)
{
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++)
        json_push(out, reason_to_json(&list[i]));
    return out;
}

json_t *code_name_json(struct sv code, struct sv name)
{
    json_t *o = json_object();
    json_put_sv(o, "code", code);
    json_put_sv(o, "name", name);
    return o;
}

json_t *department_ref_json(const struct department *d)
{
    return d ? code_name_json(d->code, d->name) : json_null();
}

static json_t *permit_json(const struct guide_permit *gp, struct sv region)
{
    const struct permit_type *p = gp->permit;
    json_t *o = json_object();
    json_t *bases = json_array();
    for (size_t i = 0; i < p->n_bases; i++)
        json_push(bases, basis_json(&p->bases[i]));
    json_put_sv(o, "code", p->code);
    json_put_sv(o, "name", p->name);
    json_put_sv(o, "formal_name", p->formal_name);
    json_put_sv(o, "certificate_name", p->certificate_name);
    json_put_sv(o, "kind", sv_of(permit_kind_code(p->kind)));
    json_put_sv(o, "kind_text", sv_of(permit_kind_text(p->kind)));
    json_put_sv(o, "mode", sv_of(permit_mode_code(gp->listing->mode)));
    json_put_sv(o, "mode_text", sv_of(permit_mode_text(gp->listing->mode)));
    json_put_sv(o, "mode_source", gp->listing->mode_source);
    json_put_sv(o, "certainty", sv_of(certainty_text(gp->listing->certainty)));
    json_put_i64(o, "statutory_days", p->statutory_days);
    json_put_i64(o, "promised_days", p->promised_days);
    json_put(o, "department", department_ref_json(catalog_decider(p, region)));
    json_put_bool(o, "maybe", gp->maybe);
    json_put(o, "bases", bases);
    json_put(o, "why", reasons_to_json(gp->why, gp->n_why));
    json_put(o, "drops_out", reasons_to_json(gp->drops_out, gp->n_drops_out));
    return o;
}

/* The nearest department with the role: the region's, else that of the city above. */
static const struct department *seat_near(const struct catalog *c, struct sv role, struct sv region)
{
    const struct department *d = catalog_seat(c, role, region);
    const struct region *r = catalog_region(c, region);
    return d || !r ? d : catalog_seat(c, role, r->parent);
}

json_t *related_to_json(const struct catalog *c, const struct guide_related *gr, struct sv region)
{
    const struct related *m = gr->related;
    json_t *o = json_object();
    json_put_sv(o, "code", m->code);
    json_put_sv(o, "name", m->name);
    json_put_sv(o, "kind", m->kind);
    json_put_sv(o, "relation", m->relation);
    json_put_sv(o, "note", m->note);
    json_put(o, "department", department_ref_json(seat_near(c, m->department_role, region)));
    json_put(o, "question", gr->question ? json_string(gr->question->code.p) : json_null());
    json_put(o, "option", gr->option ? json_string(gr->option->code.p) : json_null());
    return o;
}

/* What kind of note it is decides how loudly a client shows it. */
json_t *note_to_json(const struct guide_reason *r)
{
    json_t *o = reason_to_json(r);
    const char *level = !r->option ? "info" : r->option->block ? "block" : r->option->warn ? "warn"
                                                                                           : "info";
    json_put_sv(o, "level", sv_of(level));
    return o;
}

static json_t *permits_json(const struct permit_type **list, size_t n)
{
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++)
        json_push(out, code_name_json(list[i]->code, list[i]->name));
    return out;
}

static json_t *materials_json(const struct material **list, size_t n)
{
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++)
        json_push(out, code_name_json(list[i]->code, list[i]->name));
    return out;
}

static json_t *paths_json(const struct guide_result *g)
{
    json_t *out = json_array();
    for (size_t i = 0; i < g->n_paths; i++) {
        const struct guide_path *x = &g->paths[i];
        json_t *o = json_object();
        json_put_sv(o, "question", x->question->code);
        json_put_sv(o, "option", x->option->code);
        json_put_bool(o, "blocked", x->blocked);
        json_put_i64(o, "opens", (int64_t)x->opens);
        json_put(o, "permits", permits_json(x->permits, x->n_permits));
        json_put_i64(o, "materials", (int64_t)x->n_materials);
        json_put_i64(o, "days", x->days);
        json_push(out, o);
    }
    return out;
}

json_t *guide_changes_json(const struct guide_change *list, size_t n)
{
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct guide_change *x = &list[i];
        json_t *o = json_object();
        json_put_sv(o, "question", x->question->code);
        json_put_sv(o, "option", x->option->code);
        json_put_bool(o, "on", x->on);
        json_put_bool(o, "blocked", x->blocked);
        json_put_i64(o, "opens", (int64_t)x->opens);
        json_put(o, "permits_added", permits_json(x->added, x->n_added));
        json_put(o, "permits_removed", permits_json(x->removed, x->n_removed));
        json_put(o, "materials_added", materials_json(x->asked, x->n_asked));
        json_put(o, "materials_removed", materials_json(x->spared, x->n_spared));
        json_put_i64(o, "days", x->days);
        json_push(out, o);
    }
    return out;
}

/* Whom to ask: who advises in the region, else in the city above it, else any window there. */
static const struct window *advice(const struct catalog *c, struct sv region)
{
    const struct region *r = catalog_region(c, region);
    const struct sv places[] = { region, r ? r->parent : SV("") };
    const struct window *any = NULL;
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < c->n_windows; i++) {
            const struct window *w = &c->windows[i];
            if (!sv_eq(w->region, places[k]))
                continue;
            if (sv_is(w->type, "ZX"))
                return w;
            any = any ? any : w;
        }
    return any;
}

json_t *guide_to_json(const struct catalog *c, const struct guide_result *g, struct sv region)
{
    json_t *o = json_object(), *permits = json_array(), *related = json_array(),
           *redirects = json_array(), *notes = json_array();
    for (size_t i = 0; i < g->n_permits; i++)
        json_push(permits, permit_json(&g->permits[i], region));
    for (size_t i = 0; i < g->n_related; i++)
        json_push(related, related_to_json(c, &g->related[i], region));
    for (size_t i = 0; i < g->n_redirects; i++) {
        const struct industry *to = catalog_industry(c, g->redirects[i]);
        json_push(redirects, code_name_json(g->redirects[i], to ? to->name : SV("")));
    }
    for (size_t i = 0; i < g->n_notes; i++)
        json_push(notes, note_to_json(&g->notes[i]));
    json_put(o, "industry", code_name_json(g->industry->code, g->industry->name));
    json_put_sv(o, "region", region);
    json_put_sv(o, "catalog_version", c->version);
    json_put_bool(o, "complete", g->complete);
    json_put_bool(o, "blocked", g->blocked);
    json_put(o, "visible", question_codes(g->visible, g->n_visible));
    json_put(o, "missing", question_codes(g->missing, g->n_missing));
    const struct window *ask = advice(c, region);
    json_put(o, "ask", ask ? window_json(ask) : json_null());
    json_put(o, "unsure", question_codes(g->unsure, g->n_unsure));
    json_put(o, "paths", paths_json(g));
    json_put(o, "permits", permits);
    json_put(o, "related", related);
    json_put(o, "redirects", redirects);
    json_put(o, "notes", notes);
    json_put(o, "effect", effect_guide_json(c, g));
    json_put(o, "prefill", g->prefill ? json_deep_copy(g->prefill) : json_object());
    return o;
}
