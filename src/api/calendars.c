/* calendars: which years of holidays are known, their days, and importing one.
 *
 * Anybody may see them: deadlines are counted by them. "nation" stands for the whole country; a
 * region's year shows the marks that count there, each with the layer it comes from.
 */
#include "api/api.h"
#include "service/calendar.h"
#include "sys/log.h"

#define NATION "nation"

static void put_layer_region(json_t *o, const char *key, const struct catalog *c,
                             struct sv region)
{
    const struct region *r = catalog_region(c, region);
    if (region.n == 0)
        put_pair(o, key, SV(NATION), SV("全国"));
    else
        put_pair(o, key, region, r ? r->name : region);
}

static void put_facts(json_t *o, bool published, struct sv source, int64_t imported_at)
{
    json_put_sv(o, "certainty", published ? SV("published") : SV("provisional"));
    json_put_sv(o, "source", source);
    put_time(o, "imported_at", imported_at);
}

int list_calendars(struct request *rq, struct response *rs, struct err *e)
{
    const struct calendar_set *s = calendars_now(app_of(rq));
    json_t *o = json_object();
    json_t *list = json_array();
    (void)e;
    for (size_t i = 0; i < s->n_layers; i++) {
        const struct calendar_layer *l = &s->layers[i];
        json_t *row = json_object();
        put_layer_region(row, "region", app_of(rq)->catalog, l->region);
        json_put_i64(row, "year", l->year.year);
        put_facts(row, l->year.published, l->source, l->imported_at);
        json_put_i64(row, "days", (int64_t)l->year.n_days);
        json_push(list, row);
    }
    json_put(o, "items", list);
    return api_json(rq, rs, 200, o);
}

/* {region}/{year} of the path; region "" for the nation. */
static int read_place(struct request *rq, struct sv *region, int64_t *year, struct err *e)
{
    *region = sv_is(rq->params[0], NATION) ? SV("") : rq->params[0];
    if (region->n && !catalog_region(app_of(rq)->catalog, *region))
        return err_set(e, ERR_NOT_FOUND, "没有这个地区");
    if (!sv_to_i64(rq->params[1], year) || *year < CALENDAR_FIRST || *year > CALENDAR_LAST)
        return err_set(e, ERR_NOT_FOUND, "年份应在%d到%d之间", CALENDAR_FIRST, CALENDAR_LAST);
    return 0;
}

static json_t *marks_of(struct request *rq, const struct calendar_set *s, struct sv region,
                        int year)
{
    json_t *list = json_array();
    for (int32_t d = date_of(year, 1, 1); d <= date_of(year, 12, 31); d++) {
        struct sv from;
        const struct calendar_day *mark = calendar_mark_of(s, region, d, &from);
        if (!mark)
            continue;
        json_t *o = json_object();
        put_date(o, "date", d);
        json_put_sv(o, "kind", mark->works ? SV("work") : SV("off"));
        json_put_sv(o, "name", mark->name);
        put_layer_region(o, "layer", app_of(rq)->catalog, from);
        json_push(list, o);
    }
    return list;
}

int get_calendar(struct request *rq, struct response *rs, struct err *e)
{
    const struct calendar_set *s = calendars_now(app_of(rq));
    struct sv region;
    int64_t year;
    int rc = read_place(rq, &region, &year, e);
    if (rc != 0)
        return rc;
    const struct calendar_layer *nation = calendar_layer_find(s, SV(""), (int)year);
    const struct calendar_layer *own = calendar_layer_find(s, region, (int)year);
    if (!nation && !own)
        return err_set(e, ERR_NOT_FOUND, "还没有%lld年的放假安排，按周一至周五上班计算",
                       (long long)year);
    const struct calendar_layer *l = own ? own : nation;
    bool published = calendar_published(app_calendar(app_of(rq), region),
                                        date_of((int)year, 1, 1));
    json_t *o = json_object();
    put_layer_region(o, "region", app_of(rq)->catalog, region);
    json_put_i64(o, "year", year);
    put_facts(o, published, l->source, l->imported_at);
    json_put(o, "days", marks_of(rq, s, region, (int)year));
    return api_json(rq, rs, 200, o);
}

static bool text_body(struct request *rq)
{
    struct sv type = http_header(rq, "Content-Type");
    return sv_starts(type, SV("application/json")) || sv_starts(type, SV("text/csv")) ||
           sv_starts(type, SV("text/plain"));
}

int import_calendar(struct request *rq, struct response *rs, struct err *e)
{
    struct calendar_import in = { .source = http_query(rq, "source"), .text = rq->body,
                                  .by = actor_of(rq)->login };
    struct calendar_imported done;
    int rc = read_place(rq, &in.region, &in.year, e);
    if (rc == 0 && !text_body(rq))
        rc = err_set(e, ERR_MEDIA_TYPE, "请求内容应为 application/json 或 text/csv");
    if (rc == 0)
        rc = calendar_import(app_of(rq), &in, caller_of(rq)->now, rq->arena, &done, e);
    if (rc != 0)
        return rc;
    LOG(LOG_INFO, "calendar_imported", LOG_T("region", rq->params[0]), LOG_N("year", in.year),
        LOG_N("days", (int64_t)done.year.n_days), LOG_N("moved", done.moved),
        LOG_N("user", actor_of(rq)->id));
    json_t *o = json_object();
    put_layer_region(o, "region", app_of(rq)->catalog, in.region);
    json_put_i64(o, "year", in.year);
    put_facts(o, done.year.published, done.source, caller_of(rq)->now);
    json_put_i64(o, "days", (int64_t)done.year.n_days);
    json_put_i64(o, "moved", done.moved);
    return api_json(rq, rs, 200, o);
}
