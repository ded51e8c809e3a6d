/* notice_permit: what the notice says of one permit. */
#include "domain/catalog/json_parts.h"

json_t *texts_json(const struct sv *list, size_t n)
{
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++)
        json_push_sv(out, list[i]);
    return out;
}

void put_certainty(json_t *o, const char *key, enum certainty v)
{
    json_put_sv(o, key, sv_of(certainty_text(v)));
}

json_t *basis_json(const struct basis *b)
{
    json_t *o = json_object();
    json_put_sv(o, "law", b->law->title);
    json_put_sv(o, "law_code", b->law->code);
    json_put_sv(o, "doc_no", b->law->doc_no);
    json_put_sv(o, "version", b->law->version);
    json_put_sv(o, "article", b->article);
    json_put_sv(o, "summary", b->summary);
    put_certainty(o, "certainty", b->certainty);
    return o;
}

static json_t *limits_json(const struct permit_type *p)
{
    json_t *o = json_object();
    json_put_i64(o, "statutory_days", p->statutory_days);
    json_put_sv(o, "statutory_text", p->statutory_text);
    json_put_i64(o, "promised_days", p->promised_days);
    json_put_sv(o, "promised_certainty", p->promised_certainty);
    json_put(o, "promised_by_mode",
             p->promised_by_mode ? json_deep_copy(p->promised_by_mode) : json_object());
    json_put(o, "excludes", texts_json(p->limit_excludes, p->n_limit_excludes));
    json_put_sv(o, "note", p->limit_note);
    put_certainty(o, "certainty", p->limit_certainty);
    return o;
}

static json_t *validity_json(const struct permit_type *p)
{
    json_t *o = json_object();
    json_put_i64(o, "years", p->validity_years);
    json_put_sv(o, "text", p->validity_text);
    json_put_sv(o, "renewal", p->renewal_text);
    json_put_sv(o, "annual", p->annual_text);
    put_certainty(o, "certainty", p->validity_certainty);
    return o;
}

static json_t *inspection_json(const struct permit_type *p)
{
    json_t *o = json_object();
    json_put_bool(o, "required", p->inspection_required);
    json_put_sv(o, "phase", p->inspection_phase);
    json_put_sv(o, "text", p->inspection_text);
    put_certainty(o, "certainty", p->inspection_certainty);
    return o;
}

static json_t *tolerance_json(const struct permit_type *p)
{
    json_t *o = json_object();
    json_put_bool(o, "allowed", p->tolerance_allowed);
    json_put_sv(o, "reason", p->tolerance_reason);
    json_put(o, "sensitive", texts_json(p->sensitive, p->n_sensitive));
    put_certainty(o, "certainty", p->tolerance_certainty);
    return o;
}

static json_t *publicity_json(const struct permit_type *p)
{
    json_t *o = json_object();
    json_put_i64(o, "days", p->publicity_days);
    json_put_sv(o, "hearing", p->hearing_text);
    json_put_sv(o, "basis", p->publicity_basis);
    put_certainty(o, "certainty", p->publicity_certainty);
    return o;
}

json_t *notice_permit_json(const struct guide_permit *gp, struct sv region)
{
    const struct permit_type *p = gp->permit;
    json_t *o = json_object(), *bases = json_array();
    json_put_sv(o, "code", p->code);
    json_put_sv(o, "name", p->name);
    json_put_sv(o, "formal_name", p->formal_name);
    json_put_sv(o, "certificate_name", p->certificate_name);
    json_put_sv(o, "kind", sv_of(permit_kind_code(p->kind)));
    json_put_sv(o, "kind_text", sv_of(permit_kind_text(p->kind)));
    json_put_sv(o, "mode", sv_of(permit_mode_code(gp->listing->mode)));
    json_put_sv(o, "mode_text", sv_of(permit_mode_text(gp->listing->mode)));
    json_put_sv(o, "mode_annex", gp->listing->mode_annex);
    json_put_sv(o, "mode_source", gp->listing->mode_source);
    put_certainty(o, "certainty", gp->listing->certainty);
    json_put_sv(o, "level", p->level);
    put_certainty(o, "level_certainty", p->level_certainty);
    json_put_sv(o, "scope", p->scope);
    json_put(o, "department", department_ref_json(catalog_decider(p, region)));
    json_put(o, "supervisor", department_ref_json(catalog_supervisor(p, region)));
    for (size_t i = 0; i < p->n_bases; i++)
        json_push(bases, basis_json(&p->bases[i]));
    json_put(o, "bases", bases);
    json_put(o, "limits", limits_json(p));
    json_put(o, "validity", validity_json(p));
    json_put(o, "inspection", inspection_json(p));
    json_put(o, "tolerance", tolerance_json(p));
    json_put(o, "publicity", publicity_json(p));
    json_put(o, "quantity_control",
             p->quantity_control ? json_deep_copy(p->quantity_control) : json_null());
    json_put(o, "why", reasons_to_json(gp->why, gp->n_why));
    json_put(o, "drops_out", reasons_to_json(gp->drops_out, gp->n_drops_out));
    json_put(o, "notes", texts_json(p->notes, p->n_notes));
    return o;
}
