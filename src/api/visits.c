/* visits: the joint inspection over HTTP: schedule, plan, answer, photos. Results are acts on
 * items (items.c), guarded by the version of the visit's part. */
#include "api/api.h"

#define N(table) table, sizeof table / sizeof table[0]

struct visit_in { struct sv on, time, place, note, reason, officer_a, officer_b, counter_on; };
#define TEXT(name, label, max)                                                                    \
    { #name, label, JSON_K_TEXT, false, offsetof(struct visit_in, name), 0, max }
static const struct json_field VISIT_FIELDS[] = {
    TEXT(on, "日期", 10), TEXT(time, "时间", 20), TEXT(place, "地点", 120),
    TEXT(note, "说明", 300), TEXT(reason, "理由", 300), TEXT(officer_a, "核查人员", 20),
    TEXT(officer_b, "核查人员", 20), TEXT(counter_on, "可以的日期", 10),
};

static void read_officer(struct sv text, const char *pointer, int64_t *out, struct err *e)
{
    *out = 0;
    if (text.n && (!sv_to_i64(text, out) || *out <= 0))
        err_problem(e, sv_of(pointer), "unknown_officer", "人员编号不正确");
}

/* Text borrowed from body. */
static int read_input(const json_t *body, struct visit_input *out, struct err *e)
{
    struct visit_in in = { 0 };
    int rc = json_decode(body, N(VISIT_FIELDS), &in, e);
    if (rc != 0)
        return rc;
    *out = (struct visit_input){ .time = in.time, .place = in.place, .note = in.note,
                                 .reason = in.reason };
    api_date(in.on, "/on", &out->on, e);
    api_date(in.counter_on, "/counter_on", &out->counter_on, e);
    read_officer(in.officer_a, "/officer_a", &out->officer_a, e);
    read_officer(in.officer_b, "/officer_b", &out->officer_b, e);
    return e->code;
}

static int answer(struct request *rq, struct response *rs, int status, int64_t id, struct err *e)
{
    struct bundle b = { 0 };
    struct view v = api_view(rq);
    struct visit_row *visit;
    int rc = visit_open_for(app_of(rq), actor_of(rq), id,
                            WITH_FORM | WITH_FILES | WITH_COMMITMENTS | WITH_PROCESS, rq->arena,
                            &b, &visit, e);
    if (rc == 0)
        rc = bundle_resolve(&b, rq->arena, e);
    if (rc == 0) {
        api_etag(rq, rs, visit->version);
        rc = api_json(rq, rs, status, json_visit(&v, &b, visit));
    }
    bundle_done(&b);
    return rc;
}

int propose_visit(struct request *rq, struct response *rs, struct err *e)
{
    struct visit_input in = { .on = DATE_NONE, .counter_on = DATE_NONE };
    struct command cmd;
    int64_t id, visit = 0;
    json_t *body = api_body(rq, e);
    int rc = body ? read_input(body, &in, e) : e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = visit_propose(app_of(rq), &cmd, id, &in, &visit, e);
    json_decref(body);
    return rc == 0 ? answer(rq, rs, 201, visit, e) : rc;
}

int get_visit(struct request *rq, struct response *rs, struct err *e)
{
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    return rc == 0 ? answer(rq, rs, 200, id, e) : rc;
}

static const struct { const char *key; enum act act; } VISIT_ACTS[] = {
    { "agree", ACT_AGREE_VISIT }, { "decline", ACT_DECLINE_VISIT },
    { "cancel", ACT_CANCEL_VISIT },
};

static bool visit_act_of(struct sv key, enum act *out)
{
    for (size_t i = 0; i < sizeof VISIT_ACTS / sizeof VISIT_ACTS[0]; i++)
        if (sv_is(key, VISIT_ACTS[i].key)) {
            *out = VISIT_ACTS[i].act;
            return true;
        }
    return false;
}

int act_on_visit(struct request *rq, struct response *rs, struct err *e)
{
    struct visit_input in = { .on = DATE_NONE, .counter_on = DATE_NONE };
    struct command cmd;
    enum act act = ACT_AGREE_VISIT;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? read_input(body, &in, e) : e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0 && !visit_act_of(rq->params[1], &act))
        rc = err_set(e, ERR_NOT_FOUND, "核查没有这种动作");
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = visit_act(app_of(rq), &cmd, id, act, &in, e);
    json_decref(body);
    return rc == 0 ? answer(rq, rs, 200, id, e) : rc;
}

/* ---- the schedule ---- */

struct list_ctx { struct request *rq; struct visit_filter filter; json_t *items; int64_t last;
                  int64_t n; };

static int list_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct list_ctx *x = ctx;
    struct view v = api_view(x->rq);
    struct visit_entry *list;
    size_t n;
    int rc = visit_schedule(c, &x->filter, x->rq->arena, &list, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct bundle b = { 0 };
        rc = bundle_load(app_of(x->rq), c, list[i].visit.case_id, WITH_ITEMS | WITH_VISITS,
                         x->rq->arena, &b, e);
        for (size_t k = 0; rc == 1 && k < b.n_visits; k++)
            if (b.visits[k].id == list[i].visit.id)
                json_push(x->items, json_visit(&v, &b, &b.visits[k]));
        rc = rc < 0 ? rc : 0;
        x->last = list[i].visit.id;
        bundle_done(&b);
    }
    x->n = (int64_t)n;
    return rc;
}

int list_visits(struct request *rq, struct response *rs, struct err *e)
{
    const struct actor *who = actor_of(rq);
    struct list_ctx x = { .rq = rq };
    struct visit_filter *f = &x.filter;
    api_page(rq, 0, &f->after_id, &f->limit, e);
    api_date(http_query(rq, "from"), "/from", &f->from, e);
    api_date(http_query(rq, "to"), "/to", &f->to, e);
    if (e->code != 0)
        return e->code;
    f->from = f->from == DATE_NONE ? 0 : f->from;
    f->to = f->to == DATE_NONE ? 1000000 : f->to;
    f->open_only = sv_is(http_query(rq, "open"), "1");
    if (who->role == ROLE_REVIEWER) {
        f->department = who->department.n ? who->department : SV("-");
        f->officer_id = sv_is(http_query(rq, "mine"), "1") ? who->id : 0;
    } else if (who->role == ROLE_CLERK) {
        f->hall = who->hall.n ? who->hall : SV("-");
    } else {
        f->region = api_region(rq);
    }
    x.items = json_array();
    int rc = db_read(app_of(rq)->db, list_tx, &x, e);
    if (rc != 0) {
        json_decref(x.items);
        return rc;
    }
    json_t *o = json_object();
    json_put(o, "items", x.items);
    if (x.n == f->limit)
        put_id(o, "next_cursor", x.last);
    else
        json_put(o, "next_cursor", json_null());
    return api_json(rq, rs, 200, o);
}

/* ---- photos ---- */

/* A number in the query, or a problem. */
static void read_number(struct request *rq, const char *name, const char *pointer, int64_t *out,
                        struct err *e)
{
    struct sv text = http_query(rq, name);
    *out = 0;
    if (text.n && !sv_to_i64(text, out))
        err_problem(e, sv_of(pointer), "out_of_range", "应为数字");
}

int add_photo(struct request *rq, struct response *rs, struct err *e)
{
    struct new_file f = { .material = SV("") };
    struct new_photo in = { .check_code = http_query(rq, "check") };
    struct command cmd;
    int64_t id, photo = 0;
    int rc = api_id(rq, 0, &id, e);
    read_number(rq, "item", "/item", &in.item_id, e);
    read_number(rq, "taken_at", "/taken_at", &in.taken_at, e);
    if (in.check_code.n > 60)
        err_problem(e, SV("/check"), "too_long", "核查项编号过长");
    if (rc == 0)
        rc = api_upload_name(rq, &f, e);
    if (rc == 0)
        rc = e->code;
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = api_upload_type(rq, &f, e);
    if (rc == 0)
        rc = api_upload_keep(rq, &f, e);
    if (rc != 0)
        return rc;
    in.name = f.name;
    in.size = f.size;
    in.hash = f.hash;
    in.media_type = f.media_type;
    rc = visit_add_photo(app_of(rq), &cmd, id, &in, &photo, e);
    if (rc != 0)
        return rc;
    json_t *o = json_object();
    put_id(o, "id", photo);
    put_id(o, "item_id", in.item_id);
    json_put_sv(o, "check", in.check_code);
    json_put_sv(o, "name", in.name);
    json_put_sv(o, "media_type", sv_of(in.media_type));
    json_put_i64(o, "size", in.size);
    return api_json(rq, rs, 201, o);
}

int get_photo(struct request *rq, struct response *rs, struct err *e)
{
    struct bundle b = { 0 };
    struct visit_row *visit;
    struct sm3_hash hash;
    int64_t id, photo;
    const struct photo_row *found = NULL;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_id(rq, 1, &photo, e);
    if (rc == 0)
        rc = visit_open_for(app_of(rq), actor_of(rq), id, WITH_PROCESS, rq->arena, &b, &visit, e);
    for (size_t k = 0; rc == 0 && k < b.n_photos; k++) {
        const struct part_row *part = bundle_part(&b, id, b.photos[k].item_id);
        bool mine = actor_of(rq)->role != ROLE_REVIEWER ||
                    (part && sv_eq(part->department, actor_of(rq)->department));
        if (b.photos[k].id == photo && b.photos[k].visit_id == id && mine)
            found = &b.photos[k];
    }
    bundle_done(&b);
    if (rc == 0 && (!found || !sm3_from_hex(found->sm3, &hash)))
        return err_set(e, ERR_NOT_FOUND, "没有这张照片");
    if (rc != 0)
        return rc;
    rs->type = found->media_type;
    response_header(rs, "Cache-Control", SV("private, no-store"));
    response_header(rs, "X-Content-Type-Options", SV("nosniff"));
    response_header(rs, "Content-Disposition", SV("inline"));
    response_header(rs, "Content-Security-Policy", SV("default-src 'none'; sandbox"));
    return blob_open(app_of(rq)->data_dir.p, &hash, &rs->fd, &rs->fd_size, e);
}
