/* share_read: see share_read.h. */
#include "service/share_read.h"

#include "base/utf8.h"
#include "share/share.h"
#include "sys/clock.h"

enum { NAME_MAX_CHARS = 200, ITEMS_MAX = 50 };

/* What the register calls it, and the form. Kept in step with docs/data-sharing.md. */
static const struct { const char *theirs, *ours; } REGISTER_FIELDS[] = {
    { "name", F_ENT_NAME },     { "uscc", F_USCC },
    { "type", "F_ENT_TYPE" },   { "legal_person", F_LEGAL_NAME },
    { "capital", "F_REG_CAPITAL" }, { "established_on", "F_FOUND_DATE" },
    { "scope", "F_BIZ_SCOPE" }, { "address", "F_DOMICILE" },
};
enum { N_REGISTER_FIELDS = sizeof REGISTER_FIELDS / sizeof REGISTER_FIELDS[0] };

static enum source_status status_of(enum share_outcome o)
{
    static const enum source_status OF[] = { [SHARE_OK] = SOURCE_OK,
                                             [SHARE_NOT_FOUND] = SOURCE_NOT_FOUND,
                                             [SHARE_UNAVAILABLE] = SOURCE_UNAVAILABLE };
    return OF[o];
}

/* Over HTTP. New reference with SOURCE_OK. */
static json_t *ask(struct share_client *client, const char *path, const struct share_question *q,
                   struct source_report *r)
{
    json_t *answer = NULL;
    int64_t from = clock_monotonic_us();
    r->asked = true;
    r->status = status_of(share_get(client, path,
                                    arena_printf(q->arena, "comprehensive-licence case %lld",
                                                 (long long)q->case_id), &answer, &r->why));
    r->us = clock_monotonic_us() - from;
    return answer;
}

/* The sample source has no timeout to speak of. */
static void sampled(struct source_report *r, const json_t *answer)
{
    r->asked = true;
    r->status = answer ? SOURCE_OK : SOURCE_NOT_FOUND;
}

/* An answer is there: is it believed? */
static void judge(struct share_client *client, bool sound, struct source_report *r)
{
    if (client)
        share_judge(client, sound);
    if (sound)
        return;
    r->status = SOURCE_UNAVAILABLE;
    r->why = "content";
}

static bool line_ok(struct sv s, bool required)
{
    return s.n == 0 ? !required : utf8_clean(s) && utf8_count(s) <= NAME_MAX_CHARS;
}

static bool day_ok(const json_t *o, const char *key, bool required, int32_t *out)
{
    struct sv s = json_sv(o, key);
    *out = DATE_NONE;
    return s.n == 0 ? !required : date_parse(s, out);
}

/* ---- the register ---- */

/* About whom we asked, by name, for a day that has come. */
static bool register_sound(const struct share_question *q, const json_t *answer, int32_t *on)
{
    return sv_eq(json_sv(answer, "uscc"), q->uscc) && line_ok(json_sv(answer, "name"), true) &&
           line_ok(json_sv(answer, "status"), false) && day_ok(answer, "as_of", false, on) &&
           (*on == DATE_NONE || *on <= q->today);
}

void share_ask_register(const struct share_question *q, struct register_answer *out,
                        struct source_report *r)
{
    struct share_client *client = q->app->enterprises;
    json_t *answer = NULL;
    *out = (struct register_answer){ .on = q->today };
    r->status = SOURCE_NOT_CONFIGURED;
    if (client) {
        answer = ask(client, arena_printf(q->arena, "/enterprises/%.*s", (int)q->uscc.n,
                                          q->uscc.p), q, r);
    } else if (q->app->demo) {
        answer = sample_enterprise(q->uscc);
        sampled(r, answer);
    }
    if (answer)
        judge(client, register_sound(q, answer, &out->on), r);
    if (r->status == SOURCE_OK) {
        out->on = out->on == DATE_NONE ? q->today : out->on;
        out->standing = arena_sv(q->arena, json_sv(answer, "status"));
        out->values = json_object();
        for (size_t i = 0; i < N_REGISTER_FIELDS; i++) {
            json_t *v = json_object_get(answer, REGISTER_FIELDS[i].theirs);
            if (v)
                json_put(out->values, REGISTER_FIELDS[i].ours, json_incref(v));
        }
    }
    json_decref(answer);
}

/* ---- the library ---- */

static bool hex_ok(struct sv s)
{
    struct sm3_hash h;
    return sm3_from_hex(s, &h);
}

static bool named(const struct sv *names, size_t n, struct sv name)
{
    for (size_t i = 0; i < n; i++)
        if (sv_eq(names[i], name))
            return true;
    return false;
}

static bool item_sound(const struct share_question *q, const json_t *o, const struct sv *names,
                       size_t n)
{
    int32_t issued, until;
    return json_is_object(o) && named(names, n, json_sv(o, "name")) &&
           sv_eq(json_sv(o, "holder"), q->uscc) && line_ok(json_sv(o, "number"), true) &&
           line_ok(json_sv(o, "issuer"), true) && line_ok(json_sv(o, "reference"), true) &&
           hex_ok(json_sv(o, "digest")) && day_ok(o, "issued_on", true, &issued) &&
           day_ok(o, "valid_until", false, &until) && issued <= q->today;
}

static bool library_sound(const struct share_question *q, const json_t *answer,
                          const struct sv *names, size_t n)
{
    const json_t *items = json_object_get(answer, "items");
    bool good = json_is_array(items) && json_array_size(items) <= ITEMS_MAX;
    for (size_t i = 0; good && i < json_array_size(items); i++)
        good = item_sound(q, json_array_get(items, i), names, n);
    return good;
}

static const char *library_path(const struct share_question *q, const struct sv *names, size_t n)
{
    char *path = arena_printf(q->arena, "/certificates?holder=%.*s&names=", (int)q->uscc.n,
                              q->uscc.p);
    for (size_t i = 0; i < n; i++)
        path = arena_printf(q->arena, "%s%s%s", path, i ? "," : "",
                            share_escape(names[i], q->arena));
    return path;
}

void share_ask_library(const struct share_question *q, const struct sv *names, size_t n,
                       json_t **items, struct source_report *r)
{
    struct share_client *client = q->app->licences;
    json_t *answer = NULL;
    *items = NULL;
    r->status = SOURCE_NOT_CONFIGURED;
    if (client) {
        answer = ask(client, library_path(q, names, n), q, r);
    } else if (q->app->demo) {
        answer = sample_certificates(q->uscc, names, n);
        sampled(r, answer);
    }
    if (answer)
        judge(client, library_sound(q, answer, names, n), r);
    if (r->status == SOURCE_OK)
        *items = json_incref(json_object_get(answer, "items"));
    json_decref(answer);
}
