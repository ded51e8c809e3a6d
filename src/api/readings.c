/* readings: officers who were shown telephone or identity numbers in full, and the list of them. */
#include "api/api.h"
#include "service/personal.h"
#include "sys/log.h"

int api_read_personal(struct request *rq, int64_t case_id, const char *place, json_t *fields,
                      const char *why, struct err *e)
{
    const struct personal_read read = { actor_of(rq), case_id, place, fields, sv_of(why) };
    int rc = personal_log(app_of(rq), &read, caller_of(rq)->now, e);
    json_decref(fields);
    if (rc == PERSONAL_WAITS)
        LOG(LOG_WARN, "reading_waits", LOG_N("officer", read.actor->id), LOG_N("case", case_id),
            LOG_T("place", sv_of(place)));
    return rc < 0 ? rc : 0;
}

json_t *personal_labels(const struct bundle *b, const json_t *values, const struct permit_type *only)
{
    json_t *list = json_array();
    for (size_t i = 0; i < b->form.n_fields; i++) {
        const struct form_field *f = &b->form.fields[i];
        const json_t *value = json_object_get(values, f->field->code.p);
        bool asked = !only;
        for (size_t k = 0; !asked && k < f->n_permits; k++)
            asked = f->permits[k] == only;
        if (asked && value && !json_is_null(value) && personal_field(f->field))
            json_push_sv(list, f->field->label);
    }
    return list;
}

void personal_add_parties(json_t *labels, const struct bundle *b, int64_t item_id)
{
    for (size_t i = 0; i < b->n_hearings; i++)
        if ((item_id == 0 || b->hearings[i].item_id == item_id) && b->hearings[i].parties.n > 2) {
            json_push_sv(labels, SV("听证利害关系人联系方式"));
            return;
        }
}

static json_t *reading_json(const struct catalog *c, const struct access_row *x)
{
    const struct department *d = catalog_department(c, x->department);
    json_t *o = json_object();
    json_t *fields = json_parse(x->fields, NULL);
    put_id(o, "id", x->id);
    put_time(o, "at", x->at);
    put_id(o, "officer_id", x->actor_id);
    json_put_sv(o, "officer", x->actor_name);
    json_put_sv(o, "role", x->actor_role);
    json_put_sv(o, "role_text", sv_of(role_text(role_of(x->actor_role))));
    put_text_or_null(o, "department", d ? d->name : x->department);
    struct sv place = x->place;
    json_put_sv(o, "place", sv_cut(&place, ':'));
    json_put(o, "fields", fields ? fields : json_array());
    json_put_sv(o, "why", x->why);
    return o;
}

/* The bureau only sees cases of its own region; who administers sees the record but no case. */
static int may_see(struct request *rq, int64_t id, struct err *e)
{
    struct bundle b = { 0 };
    if (actor_of(rq)->role == ROLE_ADMIN)
        return 0;
    int rc = bundle_open(app_of(rq), actor_of(rq), id, 0, rq->arena, &b, e);
    bundle_done(&b);
    return rc;
}

int list_readings(struct request *rq, struct response *rs, struct err *e)
{
    struct access_row *rows;
    int64_t id, cursor, limit;
    size_t n = 0;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_page(rq, INT64_MAX, &cursor, &limit, e);
    if (rc == 0)
        rc = may_see(rq, id, e);
    if (rc == 0)
        rc = personal_readings(app_of(rq), actor_of(rq), id, cursor, limit, rq->arena, &rows, &n,
                               e);
    if (rc != 0)
        return rc;
    json_t *o = json_object();
    json_t *items = json_array();
    for (size_t i = 0; i < n; i++)
        json_push(items, reading_json(app_of(rq)->catalog, &rows[i]));
    json_put(o, "items", items);
    if ((int64_t)n == limit)
        put_id(o, "next_cursor", rows[n - 1].id);
    else
        json_put(o, "next_cursor", json_null());
    return api_json(rq, rs, 200, o);
}
