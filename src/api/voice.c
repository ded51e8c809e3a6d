/* voice: questions to the hall and their answers; ratings and their replies (src/service/voice.h). */
#include "api/api.h"
#include "service/personal.h"
#include "domain/law/ids.h"
#include "service/voice.h"

#define N(table) table, sizeof table / sizeof table[0]

/* ---- questions ---- */

/* whole: for the hall and whoever asked; else what everybody may read. */
static json_t *json_consultation(const struct catalog *c, const struct consultation_row *q,
                                 bool whole)
{
    const struct industry *ind = q->industry.n ? catalog_industry(c, q->industry) : NULL;
    const struct region *r = catalog_region(c, q->region);
    json_t *o = json_object();
    put_id(o, "id", q->id);
    put_pair(o, "region", q->region, r ? r->name : q->region);
    if (ind)
        put_pair(o, "industry", ind->code, ind->name);
    else
        json_put(o, "industry", json_null());
    json_put_sv(o, "question", q->question);
    put_text_or_null(o, "answer", q->answer);
    put_time(o, "asked_at", q->asked_at);
    put_time(o, "answered_at", q->answered_at);
    if (!whole)
        return o;
    json_put_sv(o, "channel", q->channel);
    json_put_sv(o, "asker", q->asker_name);
    json_put_sv(o, "phone", q->asker_phone);
    put_text_or_null(o, "answered_by", q->answered_name);
    json_put_bool(o, "public", q->open_to_all);
    json_put_i64(o, "version", q->version);
    return o;
}

struct ask_in { struct sv region, industry, channel, name, phone, question, answer; };
static const struct json_field ASK[] = {
    { "region", "区域", JSON_K_TEXT, true, offsetof(struct ask_in, region), 0, 12 },
    { "industry", "行业", JSON_K_TEXT, false, offsetof(struct ask_in, industry), 0, 40 },
    { "channel", "方式", JSON_K_TEXT, false, offsetof(struct ask_in, channel), 0, 10 },
    { "name", "称呼", JSON_K_TEXT, false, offsetof(struct ask_in, name), 0, 40 },
    { "phone", "电话", JSON_K_TEXT, false, offsetof(struct ask_in, phone), 0, 20 },
    { "question", "问题", JSON_K_TEXT, true, offsetof(struct ask_in, question), 0, QUESTION_MAX },
    { "answer", "答复", JSON_K_TEXT, false, offsetof(struct ask_in, answer), 0, ANSWER_MAX },
};

static int answer_one(struct request *rq, struct response *rs, int status, int64_t id,
                      struct err *e)
{
    struct consultation_row row;
    int rc = consultation_open(app_of(rq), actor_of(rq), id, rq->arena, &row, e);
    if (rc != 0)
        return rc;
    api_etag(rq, rs, row.version);
    return api_json(rq, rs, status, json_consultation(app_of(rq)->catalog, &row, true));
}

int ask_question(struct request *rq, struct response *rs, struct err *e)
{
    struct ask_in in = { 0 };
    struct command cmd;
    int64_t id = 0;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(ASK), &in, e) : e->code;
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0) {
        struct question_input q = { in.region, in.industry, in.channel, sv_trim(in.name),
                                    sv_trim(in.phone), sv_trim(in.question), sv_trim(in.answer) };
        rc = consultation_ask(app_of(rq), &cmd, &q, &id, e);
    }
    json_decref(body);
    return rc == 0 ? answer_one(rq, rs, 201, id, e) : rc;
}

struct reply_in { struct sv answer; bool open; };
static const struct json_field REPLY[] = {
    { "answer", "答复", JSON_K_TEXT, true, offsetof(struct reply_in, answer), 0, ANSWER_MAX },
    { "public", "公开", JSON_K_BOOL, false, offsetof(struct reply_in, open), 0, 0 },
};

int answer_question(struct request *rq, struct response *rs, struct err *e)
{
    struct reply_in in = { 0 };
    struct command cmd;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(REPLY), &in, e) : e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = consultation_reply(app_of(rq), &cmd, id, sv_trim(in.answer), in.open, e);
    json_decref(body);
    return rc == 0 ? answer_one(rq, rs, 200, id, e) : rc;
}

struct rows_ctx { struct consultation_filter f; struct arena *arena; struct consultation_row *list;
                  size_t n; };

static int rows_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct rows_ctx *x = ctx;
    return consultation_rows(c, &x->f, x->arena, &x->list, &x->n, e);
}

/* Whose numbers a page of the list gives away. */
static json_t *phones_shown(const struct rows_ctx *x, struct arena *a)
{
    json_t *out = json_array();
    for (size_t i = 0; i < x->n; i++)
        if (x->list[i].asker_phone.n)
            json_push_sv(out, arena_printf_sv(a, "咨询 %lld 的电话", (long long)x->list[i].id));
    return out;
}

static int list(struct request *rq, struct response *rs, struct rows_ctx *x, struct err *e)
{
    bool oldest = x->f.which == CONSULTATIONS_OPEN;
    int rc = api_page(rq, oldest ? 0 : INT64_MAX, &x->f.cursor, &x->f.limit, e);
    x->arena = rq->arena;
    x->f.q = api_like(rq);
    if (rc == 0)
        rc = db_peek(app_of(rq)->db, rows_tx, x, e);
    if (rc == 0 && x->f.which != CONSULTATIONS_PUBLIC)
        rc = api_read_personal(rq, 0, arena_printf(rq->arena, PERSONAL_CONSULTATION ":%lld",
                                                   (long long)(x->n ? x->list[0].id : 0)),
                               phones_shown(x, rq->arena), "答复咨询", e);
    if (rc != 0)
        return rc;
    json_t *o = json_object();
    json_t *items = json_array();
    for (size_t i = 0; i < x->n; i++)
        json_push(items, json_consultation(app_of(rq)->catalog, &x->list[i],
                                           x->f.which != CONSULTATIONS_PUBLIC));
    json_put(o, "items", items);
    if ((int64_t)x->n == x->f.limit)
        put_id(o, "next_cursor", x->list[x->n - 1].id);
    else
        json_put(o, "next_cursor", json_null());
    return api_json(rq, rs, 200, o);
}

/* One's own; of the hall all of its region, ?open=1 those that wait. */
int list_questions(struct request *rq, struct response *rs, struct err *e)
{
    const struct actor *who = actor_of(rq);
    struct rows_ctx x = { 0 };
    if (who->role == ROLE_APPLICANT)
        x.f = (struct consultation_filter){ .which = CONSULTATIONS_ASKER, .asker_id = who->id };
    else
        x.f = (struct consultation_filter){
            .which = sv_is(http_query(rq, "open"), "1") ? CONSULTATIONS_OPEN
                                                        : CONSULTATIONS_REGION,
            .region = api_region(rq) };
    return list(rq, rs, &x, e);
}

int list_public_questions(struct request *rq, struct response *rs, struct err *e)
{
    struct rows_ctx x = { .f = { .which = CONSULTATIONS_PUBLIC,
                                 .industry = http_query(rq, "industry") } };
    return list(rq, rs, &x, e);
}

/* ---- ratings ---- */

static json_t *tags_json(struct sv kept)
{
    json_t *out = json_array();
    json_t *codes = json_parse(kept, NULL);
    size_t i;
    json_t *one;
    json_array_foreach(codes, i, one)
        for (size_t k = 0; k < RATING_N_TAGS; k++)
            if (sv_is(json_text(one), RATING_TAGS[k].code)) {
                json_t *o = json_object();
                put_pair(o, "tag", sv_of(RATING_TAGS[k].code), sv_of(RATING_TAGS[k].text));
                json_push(out, json_incref(json_object_get(o, "tag")));
                json_decref(o);
            }
    json_decref(codes);
    return out;
}

static json_t *json_rating(const struct rating_row *r)
{
    json_t *o = json_object();
    put_id(o, "case_id", r->case_id);
    json_put_sv(o, "number", r->number);
    json_put_sv(o, "holder", r->holder);
    json_put_i64(o, "stars", r->stars);
    json_put_sv(o, "word", sv_of(rating_word(r->stars)));
    json_put(o, "tags", tags_json(r->tags));
    json_put_sv(o, "note", r->note);
    put_time(o, "rated_at", r->rated_at);
    put_text_or_null(o, "reply", r->reply);
    put_time(o, "replied_at", r->replied_at);
    put_text_or_null(o, "replied_by", r->replied_name);
    json_put_bool(o, "waits", r->stars <= LOW_STARS && r->replied_at == 0);
    return o;
}

static json_t *choices_json(void)
{
    json_t *out = json_array();
    for (size_t k = 0; k < RATING_N_TAGS; k++) {
        json_t *o = json_object();
        json_put_sv(o, "code", sv_of(RATING_TAGS[k].code));
        json_put_sv(o, "name", sv_of(RATING_TAGS[k].text));
        json_put_bool(o, "good", RATING_TAGS[k].good);
        json_push(out, o);
    }
    return out;
}

struct one_ctx { int64_t case_id; struct arena *arena; struct rating_row row; };

static int one_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct one_ctx *x = ctx;
    return rating_find(c, x->case_id, x->arena, &x->row, e);
}

static int answer_rating(struct request *rq, struct response *rs, int64_t case_id, struct err *e)
{
    struct one_ctx x = { .case_id = case_id, .arena = rq->arena };
    struct bundle b = { 0 };
    int rc = bundle_open(app_of(rq), actor_of(rq), case_id, 0, rq->arena, &b, e);
    bundle_done(&b);
    if (rc == 0)
        rc = db_peek(app_of(rq)->db, one_tx, &x, e);
    if (rc < 0)
        return rc;
    json_t *o = json_object();
    json_put(o, "rating", rc == 1 ? json_rating(&x.row) : json_null());
    json_put(o, "tags", choices_json());
    return api_json(rq, rs, 200, o);
}

int get_rating(struct request *rq, struct response *rs, struct err *e)
{
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    return rc == 0 ? answer_rating(rq, rs, id, e) : rc;
}

struct rate_in { int64_t stars; json_t *tags; struct sv note; };
static const struct json_field RATE[] = {
    { "stars", "星级", JSON_K_INT, true, offsetof(struct rate_in, stars), 0, 0 },
    { "tags", "选项", JSON_K_ARRAY, false, offsetof(struct rate_in, tags), 0, 0 },
    { "note", "意见", JSON_K_TEXT, false, offsetof(struct rate_in, note), 0, NOTE_MAX },
};

int rate_case(struct request *rq, struct response *rs, struct err *e)
{
    struct rate_in in = { 0 };
    struct command cmd;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(RATE), &in, e) : e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = rating_give(app_of(rq), &cmd, id, in.stars, in.tags, sv_trim(in.note), e);
    json_decref(body);
    return rc == 0 ? answer_rating(rq, rs, id, e) : rc;
}

struct respond_in { struct sv reply; };
static const struct json_field RESPOND[] = {
    { "reply", "答复", JSON_K_TEXT, true, offsetof(struct respond_in, reply), 0, NOTE_MAX },
};

int reply_rating(struct request *rq, struct response *rs, struct err *e)
{
    struct respond_in in = { 0 };
    struct command cmd;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(RESPOND), &in, e) : e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = rating_answer(app_of(rq), &cmd, id, sv_trim(in.reply), e);
    json_decref(body);
    return rc == 0 ? answer_rating(rq, rs, id, e) : rc;
}

struct ratings_ctx { struct sv region; bool waiting; int64_t before, limit, since;
                     struct arena *arena; struct rating_row *list; size_t n;
                     struct rating_sum *sums; size_t n_sums; };

static int ratings_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct ratings_ctx *x = ctx;
    int rc = rating_rows(c, x->region, x->waiting, x->before, x->limit, x->arena, &x->list, &x->n,
                         e);
    return rc < 0 ? rc : rating_sums(c, x->region, x->since, x->arena, &x->sums, &x->n_sums, e);
}

int list_ratings(struct request *rq, struct response *rs, struct err *e)
{
    struct ratings_ctx x = { .region = api_region(rq), .arena = rq->arena,
                             .waiting = sv_is(http_query(rq, "waiting"), "1"),
                             .since = caller_of(rq)->now - 365 * MS_PER_DAY };
    int rc = api_page(rq, INT64_MAX, &x.before, &x.limit, e);
    if (rc == 0)
        rc = db_read(app_of(rq)->db, ratings_tx, &x, e);
    if (rc < 0)
        return rc;
    json_t *o = json_object();
    json_t *items = json_array();
    json_t *sums = json_array();
    for (size_t i = 0; i < x.n; i++)
        json_push(items, json_rating(&x.list[i]));
    for (size_t i = 0; i < x.n_sums; i++) {
        json_t *s = json_object();
        json_put_i64(s, "stars", x.sums[i].stars);
        json_put_i64(s, "n", x.sums[i].n);
        json_push(sums, s);
    }
    json_put(o, "items", items);
    json_put(o, "year", sums);
    if ((int64_t)x.n == x.limit)
        put_id(o, "next_cursor", x.list[x.n - 1].rated_at);
    else
        json_put(o, "next_cursor", json_null());
    return api_json(rq, rs, 200, o);
}
