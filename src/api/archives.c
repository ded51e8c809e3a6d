/* archives: the archive of a closed case (P31): how it stands, the act, its package, the list. */
#include "api/api.h"
#include "service/archive.h"

static json_t *problems_json(const struct archive_state *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->n_problems; i++) {
        const struct archive_problem *p = &s->problems[i];
        json_t *o = json_object();
        json_put_sv(o, "code", sv_of(p->code));
        json_put_sv(o, "message", p->text);
        json_put_sv(o, "where", sv_of(p->where));
        json_push(list, o);
    }
    return list;
}

static json_t *files_json(const struct archive_state *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->n_files; i++) {
        const struct archive_file *f = &s->files[i];
        json_t *o = json_object();
        json_put_sv(o, "piece", f->piece);
        json_put_sv(o, "piece_text", f->piece_text);
        json_put_sv(o, "title", f->title);
        put_date(o, "date", f->date);
        json_push(list, o);
    }
    return list;
}

static json_t *package_json(const struct archive_row *p)
{
    json_t *o = json_object();
    json_put_sv(o, "sm3", p->sm3);
    json_put_i64(o, "size", p->size);
    json_put_i64(o, "files", p->files);
    put_time(o, "archived_at", p->archived_at);
    json_put_sv(o, "by", p->by_name);
    json_put_i64(o, "ledger_seq", p->ledger_seq);
    return o;
}

static json_t *state_json(const struct view *v, const struct archive_state *s)
{
    const struct industry *ind = catalog_industry(v->app->catalog, s->row.industry);
    const struct region *region = catalog_region(v->app->catalog, s->row.region);
    json_t *o = json_object();
    put_id(o, "case_id", s->row.id);
    json_put_sv(o, "number", s->row.number);
    json_put_sv(o, "holder", s->row.holder_name.n ? s->row.holder_name : s->row.applicant_name);
    put_pair(o, "industry", s->row.industry, ind ? ind->name : s->row.industry);
    put_pair(o, "region", s->row.region, region ? region->name : s->row.region);
    json_put_sv(o, "state", sv_of(case_state_key(s->row.state)));
    json_put_sv(o, "state_text", sv_of(case_state_text(s->row.state)));
    json_put_i64(o, "version", s->row.version);
    put_time(o, "closed_at", s->row.closed_at);
    put_time(o, "due_at", s->archived || !s->row.closed_at || v->app->archive_days <= 0
                              ? 0 : s->row.closed_at + v->app->archive_days * INT64_C(86400000));
    json_put_bool(o, "closed", s->closed);
    json_put_bool(o, "complete", s->archived || (s->closed && s->n_problems == 0));
    json_put(o, "problems", problems_json(s));
    json_put(o, "package", s->archived ? package_json(&s->package) : json_null());
    return o;
}

static int answer(struct request *rq, struct response *rs, int64_t id, struct err *e)
{
    struct archive_state s;
    struct view v = api_view(rq);
    int rc = archive_state_of(app_of(rq), actor_of(rq), id, caller_of(rq)->now, rq->arena, &s, e);
    if (rc != 0)
        return rc;
    json_t *o = state_json(&v, &s);
    json_put(o, "files", files_json(&s));
    api_etag(rq, rs, s.row.version);
    return api_json(rq, rs, 200, o);
}

int get_archive(struct request *rq, struct response *rs, struct err *e)
{
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    return rc == 0 ? answer(rq, rs, id, e) : rc;
}

int archive_case(struct request *rq, struct response *rs, struct err *e)
{
    struct command cmd;
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = case_archive(app_of(rq), &cmd, id, e);
    return rc == 0 ? answer(rq, rs, id, e) : rc;
}

int get_archive_package(struct request *rq, struct response *rs, struct err *e)
{
    struct sv name;
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = archive_open(app_of(rq), actor_of(rq), id, caller_of(rq)->now, rq->arena, &rs->fd,
                          &rs->fd_size, &name, e);
    if (rc != 0)
        return rc;
    rs->type = SV("application/zip");
    response_header(rs, "Cache-Control", SV("private, no-store"));
    response_header(rs, "X-Content-Type-Options", SV("nosniff"));
    response_header(rs, "Content-Disposition",
                    arena_printf_sv(rq->arena, "attachment; filename=\"%s\"", name.p));
    return 0;
}

int list_archives(struct request *rq, struct response *rs, struct err *e)
{
    const struct actor *who = actor_of(rq);
    struct sv state = http_query(rq, "state");
    struct view v = api_view(rq);
    struct archive_filter f = { .q = api_like(rq), .archived = sv_is(state, "archived") };
    struct archive_state *rows;
    size_t n;
    int64_t total;
    if (state.n && !f.archived && !sv_is(state, "waiting"))
        err_problem(e, SV("/state"), "out_of_range", "state 应为 waiting 或 archived");
    if (who->role == ROLE_CLERK)
        f.hall = who->hall.n ? who->hall : SV("-");
    else
        f.region = api_region(rq);
    int rc = api_page(rq, INT64_MAX, &f.before, &f.limit, e);
    if (rc == 0)
        rc = archive_states(app_of(rq), &f, caller_of(rq)->now, rq->arena, &rows, &n, &total, e);
    if (rc != 0)
        return rc;
    json_t *o = json_object(), *items = json_array();
    for (size_t i = 0; i < n; i++)
        json_push(items, state_json(&v, &rows[i]));
    json_put(o, "items", items);
    json_put_i64(o, "total", total);
    if ((int64_t)n == f.limit)
        put_id(o, "next_cursor", rows[n - 1].row.id);
    else
        json_put(o, "next_cursor", json_null());
    return api_json(rq, rs, 200, o);
}
